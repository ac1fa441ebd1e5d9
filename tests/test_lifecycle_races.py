"""Many who move one row at once: one has it, and the others are told who."""

from __future__ import annotations

import pytest

from clinic.appointments import codes as appointment_codes
from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR, about
from clinic.lifecycle import Conflict
from clinic.outbox.models import Effect
from clinic.people import roles
from referrals.desk import codes as desk_codes
from referrals.desk import verbs as desk_verbs
from referrals.desk.codes import Outcome
from referrals.desk.models import Case, Referral
from tests import builders
from tests.builders import NOON, later
from tests.races import THREADS, at_once


def _lost(results):
    return [one for one in results if isinstance(one, Conflict)]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_a_request_one_has_it():
    request = builders.appointment_request()
    people = [builders.colleague(f"sam{number}") for number in range(THREADS)]
    loaded = [AppointmentRequest.rows.get(pk=request.pk) for _number in people]

    results = at_once(
        lambda number: appointment_verbs.take(loaded[number], by=people[number], at=NOON), Conflict
    )

    winner = people[results.index(None)]
    assert len(_lost(results)) == THREADS - 1
    assert {one.last.actor_id for one in _lost(results)} == {str(winner.pk)}
    assert AppointmentRequest.rows.get().owner == winner
    event = Event.objects.get(verb="take")
    assert event.actor_id == str(winner.pk)
    assert Effect.objects.filter(kind=appointment_codes.TELL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_a_referral_one_has_it():
    referral = builders.referral(builders.study())
    people = [builders.colleague(f"ana{number}", roles.COORDINATOR) for number in range(THREADS)]
    loaded = [Referral.rows.select_related("case").get(pk=referral.pk) for _number in people]

    results = at_once(
        lambda number: desk_verbs.accept(loaded[number], by=people[number], at=NOON), Conflict
    )

    winner = people[results.index(None)]
    assert len(_lost(results)) == THREADS - 1
    stored = Referral.rows.select_related("case").get()
    assert stored.coordinator == stored.case.owner == winner
    assert Event.objects.get(verb="accept").actor_id == str(winner.pk)
    assert Effect.objects.filter(kind=desk_codes.TELL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_cancelled_while_it_is_taken_ends_as_she_said():
    request = builders.appointment_request()
    sam = builders.colleague("sam", roles.SCHEDULER)
    loaded = [AppointmentRequest.rows.get(pk=request.pk) for _number in range(2)]

    def act(number):
        if number:
            return appointment_verbs.take(loaded[number], by=sam, at=NOON)
        return appointment_verbs.change_mind(loaded[number], by=VISITOR, at=NOON)

    at_once(act, Conflict, threads=2)

    assert AppointmentRequest.rows.get().status == RequestStatus.CANCELLED
    assert not Effect.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_a_case_closes_when_its_last_referrals_end_at_once(_round):
    studies = [builders.study(f"study {number}") for number in range(4)]
    case = builders.case(*studies)
    ana = builders.colleague("ana", roles.COORDINATOR)
    for referral in case.referrals.all():
        desk_verbs.accept(referral, by=ana, at=NOON)
    loaded = list(Referral.rows.select_related("case").all())

    results = at_once(
        lambda number: desk_verbs.close(
            loaded[number], outcome=Outcome.NOT_WANTED, by=ana, at=later(hours=1)
        ),
        threads=4,
    )

    assert results == [None] * 4
    assert Case.rows.get().status == "closed"
    assert Event.objects.about(*about(case)).filter(verb="close").count() == 1
    assert not Effect.objects.waiting().exists()
