"""Urgent words that were saved: numbers shown, row marked, one call owed at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import NotMoved
from clinic.outbox import handlers
from clinic.outbox.codes import CallReason, CallState
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.attempts import Try
from clinic.people.intake import correct_contact
from clinic.people.models import Person, Reference
from clinic.people.urgency import alarms
from clinic.people.urgency.alarms import FRESH, ROUTING, URGENT, wrote_urgently
from clinic.places.models import ContactPoint
from referrals.desk import verbs
from referrals.desk.models import Case, Referral
from tests.builders import NOON, appointment_request, case, cast, colleague, later, pay, referral
from tests.journeys import begin_appointment, page, send, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

WORDS = ("I can't breathe", "No puedo respirar")
FOR_COLLEAGUES = "What she wrote may be urgent"
TAG = "may be urgent"


@pytest.fixture
def play():
    return cast(at=timezone.now())


# -- What colleagues log ---------------------------------------------------------------------------
def logged(browser, row, text):
    is_referral = isinstance(row, Referral)
    address = reverse("desk:log" if is_referral else "appointments:log", args=[row.pk])
    values = {"key": str(uuid.uuid4()), "channel": "phone", "result": "reached", "note": text}
    return browser.post(address, values, follow=True), values, address


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("desk", ["desk", "appointments"])
def test_a_colleagues_note_shows_her_what_to_say(play, desk, text):
    row = referral(play.study) if desk == "desk" else appointment_request()
    browser = signed_in(play.ana if desk == "desk" else play.sam)
    shown, _values, _address = logged(browser, row, text)
    assert FOR_COLLEAGUES in words(shown)
    assert "tell her these numbers" in words(shown)
    assert ContactPoint.objects.get(role="night").display in page(shown)
    assert ">988</a>" in page(shown)
    about = row.case if desk == "desk" else row
    about.refresh_from_db()
    assert about.urgent_words_at
    pay(timezone.now())
    # The call after which it was logged settles nothing that was said in it.
    assert CallTask.rows.get(about_id=about.pk, reason=CallReason.URGENT).status == CallState.OPEN


def test_the_same_note_sent_twice_is_one_call(play):
    row = appointment_request()
    browser = signed_in(play.sam)
    _shown, values, address = logged(browser, row, WORDS[0])
    browser.post(address, values)
    assert Effect.objects.filter(kind=URGENT).count() == 1
    assert Event.objects.filter(verb="urgent_words").count() == 1


def pay_again(effect, *, at):
    """What a worker does whose lease ran out under it, or who was faster than the router."""
    handlers.run(effect.kind, effect_id=effect.pk, about_id=effect.about_id, at=at)


# -- One occasion is one call ----------------------------------------------------------------------
def asked(text=WORDS[0], *, at=NOON, **changes):
    """An appointment request with a note, routed, and what urgent words owe paid."""
    made = appointment_request(at=at, note=text, **changes)
    pay(at)
    pay(at + ROUTING)
    made.refresh_from_db()
    return made


def urgent_calls(row):
    return list(CallTask.rows.filter(about_id=row.pk, reason=CallReason.URGENT))


def test_the_call_is_its_owners_within_half_an_hour_and_she_is_nudged(play):
    made = asked()
    (task,) = urgent_calls(made)
    assert task.assigned_to == made.owner
    assert task.due_at == later(minutes=30)
    assert task.person == made.person
    assert [letter.to for letter in mail.outbox].count([made.owner.email]) == 2


def test_while_closed_the_call_is_due_when_it_opens(play):
    made = asked(at=later(days=2, hours=8))
    (task,) = urgent_calls(made)
    assert task.due_at == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_queue_that_is_late_does_not_put_the_call_off(play):
    made = appointment_request(note=WORDS[0])
    pay(later(hours=3))
    (task,) = urgent_calls(made)
    assert task.due_at == later(minutes=30)


def test_before_anybody_has_the_request_the_team_calls(play):
    made = case(play.study, note=WORDS[0])
    effect = Effect.objects.get(kind=URGENT)
    pay_again(effect, at=NOON)
    (task,) = urgent_calls(made)
    assert task.assigned_to == play.lena


def test_paying_twice_is_one_call_and_one_nudge(play):
    made = asked()
    effect = Effect.objects.get(kind=URGENT)
    pay_again(effect, at=later(minutes=1))
    pay(later(minutes=1))
    assert len(urgent_calls(made)) == 1
    assert Effect.objects.filter(kind=alarms.NUDGE).count() == 1


def test_where_nobody_is_left_it_waits():
    made = appointment_request(note=WORDS[0])
    pay(later(minutes=1))
    assert urgent_calls(made) == []
    colleague("sam", roles.SCHEDULER)
    pay(later(hours=2))
    assert len(urgent_calls(made)) == 1


def test_a_call_that_was_made_at_once_is_nudged_about_no_more(play):
    made = appointment_request(note=WORDS[0])
    pay(NOON)
    effect = Effect.objects.get(kind=URGENT)
    pay_again(effect, at=later(seconds=10))
    CallTask.rows.filter(about_id=made.pk).update(status=CallState.DONE, ended_at=NOON)
    before = len(mail.outbox)
    pay(later(seconds=10))
    assert len(mail.outbox) == before


def test_refused_mail_changes_nothing_about_the_call(play, settings):
    settings.EMAIL_BACKEND = "tests.test_urgent.Refusing"
    assert len(urgent_calls(asked())) == 1


class Refusing:
    """A mail server that takes nothing now."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise OSError

    def open(self):
        return False

    def close(self):
        pass


def test_the_first_time_is_kept_and_each_note_is_a_call(play):
    made = asked()
    for hours in (1, 2):
        note = Try(uuid.uuid4(), "phone", "reached", note=WORDS[1])
        appointment_verbs.log_attempt(made, note, by=play.sam, at=later(hours=hours))
        pay(later(hours=hours))
    made.refresh_from_db()
    assert made.urgent_words_at == NOON
    assert len(urgent_calls(made)) == 3


def test_the_words_themselves_are_nowhere_but_where_they_were_typed(play):
    asked("Zzyzx-canary: I can't breathe")
    event = Event.objects.get(verb="urgent_words")
    assert event.codes == {}
    stored = [*Event.objects.values_list("codes", flat=True), *Effect.objects.values_list("key")]
    assert "canary" not in str(stored)
    assert all("canary" not in letter.body for letter in mail.outbox)


def test_the_event_names_who_wrote_it(play):
    made = asked()
    assert Event.objects.get(verb="urgent_words").actor_id == str(made.person.pk)


def test_a_write_that_is_rolled_back_marks_nothing(play, monkeypatch):
    made = appointment_request()
    row = Person.rows.get(pk=made.person_id)
    reference = Reference.rows.get(about_id=made.pk)

    class Away(Exception):
        pass

    def fail(*_args, **_kwargs):
        raise Away

    monkeypatch.setattr(alarms, "owe", fail)
    changes = {"contact_note": WORDS[0]}
    by = Actor.person(row)
    with pytest.raises(Away):
        correct_contact(row, changes, by=by, at=later(hours=1), reference=reference)
    made.refresh_from_db()
    assert made.urgent_words_at is None
    assert Person.rows.get(pk=row.pk).contact_note == ""
    assert not Event.objects.filter(verb__in=("urgent_words", "correct_contact")).exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_correction_in_many_tabs_is_one_call():
    cast()
    made = appointment_request()
    reference = Reference.rows.select_related("person").get(about_id=made.pk)
    people = [Person.rows.get(pk=made.person_id) for _number in range(8)]
    changes = {"contact_note": WORDS[0]}

    def save(number):
        by = Actor.person(reference.person)
        correct_contact(people[number], changes, by=by, at=later(hours=1), reference=reference)

    at_once(save, threads=8)
    assert Effect.objects.filter(kind=URGENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_note_and_a_closing_at_once_do_not_wait_for_each_other():
    play = cast()
    rows = [referral(play.study) for _number in range(4)]
    for row in rows:
        verbs.accept(row, by=play.ana, at=NOON)
    pairs = [
        (number, Referral.rows.select_related("case").get(pk=row.pk))
        for number, row in enumerate(rows * 2)
    ]

    def work(number):
        turn, row = pairs[number]
        if turn < len(rows):
            note = Try(uuid.uuid4(), "phone", "reached", note=WORDS[0])
            verbs.log_attempt(row, note, by=play.ana, at=later(minutes=1))
        else:
            verbs.close(row, outcome="criteria", by=play.ana, at=later(minutes=1))

    at_once(work, expected=(NotMoved,), threads=len(pairs))
    assert Case.rows.filter(urgent_words_at__isnull=False).count() == len(rows)


# -- How long it shows -----------------------------------------------------------------------------
def test_the_numbers_stand_for_a_day_and_the_mark_until_it_ends(play):
    made = asked()
    kind, pk = "appointments.appointmentrequest", made.pk
    assert wrote_urgently(kind, pk, at=NOON + FRESH / 2)
    assert not wrote_urgently(kind, pk, at=NOON + FRESH)
    # Asked on an earlier day than the one on which the suite runs, or later: both are shown here.
    browser = signed_in(play.sam)
    text = words(browser.get(reverse("appointments:detail", args=[pk])))
    assert FOR_COLLEAGUES in text
    appointment_verbs.take(made, by=play.sam, at=later(hours=1))
    appointment_verbs.close(made, outcome="answered", by=play.sam, at=later(hours=1))
    assert FOR_COLLEAGUES not in words(browser.get(reverse("appointments:detail", args=[pk])))
    assert TAG not in words(browser.get(reverse("appointments:list") + "?ended"))


def test_in_spanish_the_card_is_there_too(client, play):
    send(client, begin_appointment(client), note=WORDS[1])
    assert "988" in words(client.get("/es" + reverse("requests:detail")))
