"""Urgent words in any box: saved all the same, numbers shown, row marked, one call owed at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.design.forms import HouseForm, PlainText
from clinic.lifecycle import NotMoved
from clinic.outbox import handlers
from clinic.outbox.codes import CallReason, CallState
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.attempts import Try
from clinic.people.intake import correct_contact
from clinic.people.models import Person, Reference
from clinic.people.reading_times import when_read
from clinic.people.urgency import alarms
from clinic.people.urgency.alarms import FRESH, ROUTING, URGENT, wrote_urgently
from clinic.places import centre as places
from clinic.places.models import Closure, ContactPoint
from referrals.desk import verbs
from referrals.desk.models import Case, Referral
from tests.builders import (
    NOON,
    appointment_request,
    case,
    cast,
    colleague,
    later,
    pay,
    referral,
)
from tests.journeys import HELPER, begin_appointment, begin_search, page, send, signed_in, words
from tests.phone_calls import FOR_HER, form_address, save_call
from tests.races import at_once

pytestmark = pytest.mark.django_db

WORDS = ("I can't breathe", "No puedo respirar")
CARD = "Please get help now"
FOR_COLLEAGUES = "What she wrote may be urgent"
TAG = "may be urgent"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def boxes_of(form):
    """The names of what can be typed as one likes; a phone number or an e-mail is no such box."""
    return [name for name, field in form.fields.items() if type(field) is PlainText]


def boxes_on(response):
    return boxes_of(response.context["form"])


def kinds_of_form(base=HouseForm):
    """Every form of the house, once each of its pages can be opened; none that tests make."""
    assert get_resolver().url_patterns
    for one in base.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield one
        yield from kinds_of_form(one)


# -- Every box of every form -----------------------------------------------------------------------
def sent_appointment(browser, name, text, _play):
    return send(browser, begin_appointment(browser), **{name: text})


def sent_for_someone(browser, name, text, _play):
    url = begin_appointment(browser, who={"who": "someone"})
    return send(browser, url, **HELPER | {name: text})


def sent_interest(browser, name, text, play):
    return send(browser, begin_search(browser, play.study), **{name: text})


def sent_correction(browser, name, text, _play):
    send(browser, begin_appointment(browser))
    return browser.post(reverse("requests:contact"), {"phone": "212 555 0177", name: text})


def pages_that_send(browser, play):
    """Each page on which she types, and what it is to send it with one box filled."""
    yield browser.get(begin_appointment(browser)), sent_appointment
    url = begin_appointment(browser, who={"who": "someone"})
    yield browser.get(url), sent_for_someone
    yield browser.get(begin_search(browser, play.study)), sent_interest
    send(browser, begin_appointment(browser))
    yield browser.get(reverse("requests:contact")), sent_correction


def newest_request():
    made = [*AppointmentRequest.rows.all(), *Case.rows.all()]
    return max(made, key=lambda one: one.created_at)


def row_in_list(row, play):
    """What colleagues read in the list that has this request."""
    is_case = isinstance(row, Case)
    browser = signed_in(play.lena if is_case else play.sam)
    return words(browser.get(reverse("desk:list" if is_case else "appointments:list")))


@pytest.mark.parametrize("text", WORDS)
def test_in_every_box_it_is_saved_shown_marked_and_a_call_is_owed(client, play, text):
    tried = 0
    for shown, sends in list(pages_that_send(client, play)):
        for name in boxes_on(shown):
            browser = Client(REMOTE_ADDR=f"192.0.2.{tried}")
            response = sends(browser, name, text, play)
            assert response.status_code == 302, (sends.__name__, name)
            her_page = browser.get(reverse("requests:detail"))
            assert CARD in words(her_page), (sends.__name__, name)
            row = newest_request()
            assert row.urgent_words_at
            assert TAG in row_in_list(row, play)
            pay(timezone.now() + ROUTING)
            task = CallTask.rows.get(about_id=row.pk, reason=CallReason.URGENT)
            assert task.status == CallState.OPEN
            tried += 1
    assert tried >= 4 + 5 + 4 + 2


def test_no_form_has_a_box_that_is_not_looked_at():
    """A new form with a box is added above, or here with the reason why nothing is read in it."""
    looked_at = {
        "ChannelsForm",
        "PersonForm",
        "HelperForm",
        "AskMixin",
        "SendMixin",
        "SendForm",
        "HelperSendForm",
        "PhoneForm",
        "AttemptForm",
        # In tests/test_her_word.py.
        "CorrectForm",
    }
    # Nothing typed here is kept or read by anybody.
    never_kept = {"OpenRequestForm", "FindForm", "AgainForm"}
    has_boxes = {
        kind.__name__
        for kind in kinds_of_form()
        if any(type(field) is PlainText for field in kind.base_fields.values())
    }
    assert has_boxes - looked_at - never_kept == set()


@pytest.mark.parametrize("text", WORDS)
def test_in_every_box_that_a_colleague_fills_in_on_the_phone(play, text):
    browser = signed_in(play.sam)
    shown = browser.get(form_address())
    names = [*boxes_on(shown)]
    assert {"note", "contact_note", "postal_address", "given_name", "helper_name"} <= set(names)
    for name in names:
        saved = save_call(browser, **(FOR_HER | {name: text}))
        assert saved.status_code == 302, name
        assert newest_request().urgent_words_at, name


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


def test_ordinary_words_mark_nothing(client, play):
    send(client, begin_appointment(client), note="Please call after 4 pm.")
    assert CARD not in words(client.get(reverse("requests:detail")))
    assert newest_request().urgent_words_at is None
    assert not Effect.objects.filter(kind=URGENT).exists()
    assert TAG not in row_in_list(newest_request(), play)


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


# -- When it is read -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-11-18 12:00", "We read this by 11 a.m. on Thursday, November 19."),
        ("2026-11-20 16:59", "We read this by 3:59 p.m. on Monday, November 23."),
        ("2026-11-20 17:00", "Nobody reads this before 8 a.m. on Monday, November 23."),
        ("2026-11-22 00:10", "Nobody reads this before 8 a.m. on Monday, November 23."),
        ("2026-11-25 18:00", "Nobody reads this before 8 a.m. on Monday, November 30."),
        ("2026-12-24 20:00", "Nobody reads this before 8 a.m. on Monday, December 28."),
    ],
)
def test_a_box_says_when_it_is_read(play, at, sentence):
    Closure.objects.create(day="2026-11-27", reason="Day after Thanksgiving")
    instant = datetime.fromisoformat(at).replace(tzinfo=places.schedule().zone)
    number = ContactPoint.objects.get(role="night").display
    assert when_read(at=instant) == (
        f"{sentence} If you feel very ill, do not wait for us: call {number}."
    )


def test_without_a_night_line_it_names_the_emergency_number(play):
    ContactPoint.objects.filter(role="night").delete()
    assert when_read(at=NOON).endswith("call 911.")


def test_every_box_of_hers_says_when_it_is_read(client, play):
    """What her browser fills in by itself, a name or an address, is no place for a message."""
    for shown, _sends in pages_that_send(client, play):
        form = shown.context["form"]
        boxes = [
            name for name in boxes_of(form) if "autocomplete" not in form.fields[name].widget.attrs
        ]
        assert boxes
        for name in boxes:
            assert "do not wait for us: call" in form[name].help_text, name


def test_the_sentence_is_of_this_moment_and_not_kept_by_caches(client, play):
    shown = client.get(begin_appointment(client))
    assert "no-store" in shown["Cache-Control"]
