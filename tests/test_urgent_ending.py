"""Urgent words outlive a request: who changes her mind is called about them, and nothing else."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.recording import Actor
from clinic.outbox import calls
from clinic.outbox.codes import CallReason, CallState, EffectState
from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import CallTask, Effect
from clinic.people.urgency.alarms import URGENT
from referrals.desk import verbs
from referrals.desk.models import Case
from tests.builders import (
    NOON,
    appointment_request,
    case,
    cast,
    intake,
    later,
    pay,
    referral,
)
from tests.journeys import begin_appointment, send, signed_in, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

TEXT = "I can't breathe"
FOR_COLLEAGUES = "What she wrote may be urgent"
MAY_CALL = "A nurse may still call you about what you wrote"
STAYS_OWED = "One call stays owed all the same"
ONLY_THIS = "Speak only about what she wrote"


@pytest.fixture
def play():
    return cast()


def urgent_calls(row):
    return list(CallTask.rows.filter(about_id=row.pk, reason=CallReason.URGENT))


def change_mind(made, *, at):
    room = verbs if isinstance(made, Case) else appointment_verbs
    room.change_mind(made, by=Actor.person(made.person), at=at)


@pytest.mark.parametrize("minutes", [0, 5])
@pytest.mark.parametrize("room", ["desk", "appointments"])
def test_who_changes_her_mind_is_called_about_what_she_wrote_and_nothing_else(play, room, minutes):
    """Before the call is owed, and after: each time it is owed to somebody who sees it."""
    made = case(play.study, note=TEXT) if room == "desk" else appointment_request(note=TEXT)
    if minutes:
        pay(NOON)
        pay(later(minutes=1))
    change_mind(made, at=later(minutes=minutes))
    pay(later(minutes=10))
    (task,) = urgent_calls(made)
    assert task.status == CallState.OPEN
    assert [one.to for one in mail.outbox if one.to == [task.assigned_to.email]]
    shown = words(signed_in(task.assigned_to).get(reverse("calls:list")))
    assert "What was written may be urgent" in shown
    assert ONLY_THIS in shown
    assert not CallTask.rows.about(task.about_kind, made.pk).open().exclude(pk=task.pk).exists()
    left = Effect.objects.about(task.about_kind, made.pk).exclude(state__in=["done", "void"])
    assert not left.exists()


def test_a_colleague_who_opens_what_has_ended_still_reads_that_it_may_be_urgent(play):
    made = appointment_request(note=TEXT)
    pay(NOON)
    pay(later(minutes=1))
    made.refresh_from_db()
    change_mind(made, at=later(minutes=1))
    shown = words(signed_in(play.sam).get(reverse("appointments:detail", args=[made.pk])))
    assert FOR_COLLEAGUES in shown
    assert ONLY_THIS in shown


def test_a_colleague_who_closes_it_ends_the_call(play):
    made = appointment_request(note=TEXT)
    appointment_verbs.take(made, by=play.sam, at=NOON)
    appointment_verbs.close(made, outcome="answered", by=play.sam, at=later(seconds=1))
    pay(later(minutes=1))
    assert urgent_calls(made) == []
    assert Effect.objects.get(kind=URGENT).state == EffectState.VOID


def test_a_closed_referral_ends_the_call_about_its_case(play):
    row = referral(play.study, note=TEXT)
    pay(NOON)
    pay(later(minutes=1))
    row.refresh_from_db()
    verbs.accept(row, by=play.ana, at=later(minutes=2))
    verbs.close(row, outcome="criteria", by=play.ana, at=later(minutes=3))
    (task,) = urgent_calls(row.case)
    assert task.status == CallState.VOID


def test_her_page_says_that_a_nurse_may_still_call(client, play):
    send(client, begin_appointment(client), note=TEXT)
    assert MAY_CALL not in words(client.get(reverse("requests:detail"))), "it is open"
    assert MAY_CALL in words(client.get(reverse("requests:change_mind")))
    client.post(reverse("requests:change_mind"))
    assert MAY_CALL in words(client.get(reverse("requests:detail")))


@pytest.mark.parametrize("minutes", [0, 5])
def test_who_writes_it_down_for_her_reads_that_the_call_stays_owed(play, minutes):
    """Before the call is owed, and after; once it was made, no more."""
    made = appointment_request(note=TEXT)
    url = reverse("staff:change_mind", args=[made.person_id])
    pay(later(minutes=minutes))
    browser = signed_in(play.sam)
    assert STAYS_OWED in words(browser.get(url))
    pay(later(minutes=10))
    (task,) = urgent_calls(made)
    calls.make(task, by=task.assigned_to, at=later(minutes=11))
    assert STAYS_OWED not in words(browser.get(url))


def test_nothing_is_said_to_stay_owed_to_who_wrote_nothing_urgent(play):
    made = appointment_request()
    pay()
    asked = words(signed_in(play.sam).get(reverse("staff:change_mind", args=[made.person_id])))
    assert "This ends:" in asked
    assert STAYS_OWED not in asked


def test_who_wrote_nothing_urgent_reads_that_nobody_calls(client, play):
    send(client, begin_appointment(client))
    assert MAY_CALL not in words(client.get(reverse("requests:change_mind")))
    client.post(reverse("requests:change_mind"))
    assert MAY_CALL not in words(client.get(reverse("requests:detail")))


def test_her_given_name_is_no_cry_for_help(play):
    made = appointment_request(people=intake(given_name="Socorro", family_name="Díaz"))
    assert made.urgent_words_at is None


@pytest.mark.django_db(transaction=True)
def test_paying_it_and_changing_her_mind_at_once_is_one_call():
    cast()
    made = appointment_request(note=TEXT)
    pay(NOON)
    effect = Effect.objects.get(kind=URGENT)
    rows = [AppointmentRequest.rows.get(pk=made.pk) for _number in range(8)]

    def work(number):
        if number % 2:
            dispatch(effect.pk, at=later(minutes=1))
        else:
            change_mind(rows[number], at=later(minutes=1))

    at_once(work, threads=8)
    pay(later(hours=2))
    (task,) = urgent_calls(made)
    assert task.status == CallState.OPEN
    made.refresh_from_db()
    assert made.ended_at


def test_a_write_that_is_rolled_back_leaves_all_that_was_owed(play, monkeypatch):
    made = appointment_request(note=TEXT)
    owed = list(Effect.objects.values_list("kind", "state").order_by("kind"))

    class Away(Exception):
        pass

    def fail(*_args, **_kwargs):
        raise Away

    monkeypatch.setattr(calls, "void", fail)
    with pytest.raises(Away):
        change_mind(made, at=later(minutes=1))
    made.refresh_from_db()
    assert made.ended_at is None
    assert list(Effect.objects.values_list("kind", "state").order_by("kind")) == owed
