"""One lifecycle: every pair of states, every stale row, every rollback."""

from __future__ import annotations

import itertools
import sys
import uuid
from dataclasses import dataclass

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q

from clinic.appointments import codes as appointment_codes
from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import AppendOnlyError, Event
from clinic.audit.recording import Actor, about, record_reads
from clinic.lifecycle import Conflict, MoveRefused, Workflow
from clinic.outbox.calls import CALL, Call, owe_call
from clinic.outbox.codes import CallReason, EffectState
from clinic.outbox.dispatch import EFFECT, LEASE
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.messages import MESSAGE
from clinic.outbox.models import CallTask, Effect, Message
from clinic.people import roles
from referrals.desk import codes as desk_codes
from referrals.trials import publishing
from tests import builders
from tests.builders import NOON, later


class Broken(Exception):
    """Something fails in the middle."""


@dataclass
class Subject:
    """A workflow, how a row of it comes into being, and what its table demands of each state."""

    workflow: Workflow
    make: object
    demands: object = lambda _state: {}

    def standing(self, state) -> Model:
        """A row in `state`, put there past the verbs, because some states are hard to reach."""
        row = self.make()
        values = {self.workflow.column: state, **self.demands(state)}
        type(row)._default_manager.filter(pk=row.pk).update(**values)
        row.refresh_from_db()
        return row


def _request_demands(state):
    given = state in (RequestStatus.RECEIVED, RequestStatus.ACCEPTED)
    return {
        "owner": builders.colleague("sam", roles.SCHEDULER) if given else None,
        "outcome": "booked" if state == RequestStatus.COMPLETED else "",
        "ended_at": NOON if state in appointment_codes.WORKFLOW.final else None,
    }


def _referral_demands(state):
    return {
        "coordinator": builders.colleague("ana", roles.COORDINATOR),
        "outcome": "joined" if state == "completed" else "",
        "ended_at": NOON if state in desk_codes.REFERRAL.final else None,
    }


def _effect_demands(state):
    is_leased = state == EffectState.LEASED
    return {
        "lease_until": NOON + LEASE if is_leased else None,
        "lease_token": uuid.uuid4() if is_leased else None,
    }


def _set_demands(state):
    is_published = state == "published"
    return {
        "reviewer": builders.colleague("reviewer", roles.REVIEWER) if is_published else None,
        "published_at": NOON if is_published else None,
    }


def _ended(state):
    return {"ended_at": None if state == "open" else NOON}


def _effect():
    with transaction.atomic():
        owe(Owed("test.lifecycle", builders.colleague("sam")), at=NOON)
    return Effect.objects.get()


def _message():
    return Message.rows.create(
        effect=_effect(), user=builders.colleague("sam"), text_kind="test", created_at=NOON
    )


def _call():
    request = builders.appointment_request()
    call = Call(request, builders.colleague("sam", roles.SCHEDULER), NOON)
    owe_call(call, person=request.person, reason=CallReason.CONFIRM, at=NOON)
    return CallTask.rows.get()


def _criteria_set():
    cohort = builders.study().cohorts.get()
    return publishing.draft_criteria(cohort, by=builders.colleague("lena"), at=NOON)


SUBJECTS = {
    one.workflow.name: one
    for one in (
        Subject(appointment_codes.WORKFLOW, builders.appointment_request, _request_demands),
        Subject(desk_codes.CASE, lambda: builders.case(builders.study()), _ended),
        Subject(
            desk_codes.REFERRAL, lambda: builders.referral(builders.study()), _referral_demands
        ),
        Subject(EFFECT, _effect, _effect_demands),
        Subject(MESSAGE, _message),
        Subject(CALL, _call, _ended),
        Subject(publishing.SETS, _criteria_set, _set_demands),
    )
}
PAIRS = [
    (name, str(state), str(to))
    for name, one in SUBJECTS.items()
    for state, to in itertools.product(one.workflow.moves, repeat=2)
]
ALLOWED = [pair for pair in PAIRS if SUBJECTS[pair[0]].workflow.allows(*pair[1:])]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]
SAM = Actor("staff", "3b9d0e1c-7a53-4f6b-9a43-0d5a3a1f7c11")


def written():
    """How many events and effects there are."""
    return Event.objects.count(), Effect.objects.count()


# -- The tables ------------------------------------------------------------------------------------
def test_every_workflow_of_the_project_is_tried_here():
    rooms = ("clinic.", "education.", "referrals.")
    modules = [one for name, one in sys.modules.items() if name.startswith(rooms)]
    found = {
        value.name
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Workflow)
    }
    assert found == set(SUBJECTS)


@pytest.mark.parametrize("name", SUBJECTS)
def test_moves_lead_to_states_that_the_table_knows(name):
    workflow = SUBJECTS[name].workflow
    targets = set().union(*workflow.moves.values())
    assert targets <= set(workflow.moves)
    assert workflow.final
    assert workflow.open | workflow.final == set(workflow.moves)
    assert not workflow.open & workflow.final


@pytest.mark.django_db
@pytest.mark.parametrize("name", SUBJECTS)
def test_the_table_has_exactly_the_states_of_the_column(name):
    subject = SUBJECTS[name]
    column = subject.make()._meta.get_field(subject.workflow.column)
    assert {value for value, _label in column.choices} == set(subject.workflow.moves)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "state", "to"), ALLOWED)
def test_an_allowed_move_leaves_who_what_and_when(name, state, to):
    subject = SUBJECTS[name]
    row = subject.standing(state)

    event = subject.workflow.move(
        row, to=to, by=SAM, at=later(hours=1), verb="try", values=subject.demands(to)
    )

    stored = type(row)._default_manager.get(pk=row.pk)
    assert getattr(stored, subject.workflow.column) == getattr(row, subject.workflow.column) == to
    event.refresh_from_db()
    assert (event.about_kind, event.about_id) == about(row)
    assert event.codes == {"from": state, "to": to}
    assert (event.actor_kind, event.actor_id) == ("staff", SAM.id)
    assert (event.verb, event.at) == ("try", later(hours=1))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "state", "to"), REFUSED)
def test_any_other_move_is_refused_and_leaves_nothing(name, state, to):
    subject = SUBJECTS[name]
    row, other = subject.standing(state), builders.colleague("sam")
    before = written()

    with pytest.raises(MoveRefused):
        subject.workflow.move(
            row,
            to=to,
            by=SAM,
            at=NOON,
            verb="try",
            values=subject.demands(to),
            owing=[Owed("test.refused", other)],
        )

    assert written() == before
    stored = type(row)._default_manager.get(pk=row.pk)
    assert getattr(stored, subject.workflow.column) == getattr(row, subject.workflow.column)
    assert getattr(stored, subject.workflow.column) == state


@pytest.mark.django_db
def test_a_state_that_the_table_does_not_know_is_refused():
    request = builders.appointment_request()
    with pytest.raises(MoveRefused, match="no move from requested to elsewhere"):
        appointment_codes.WORKFLOW.move(request, to="elsewhere", by=SAM, at=NOON, verb="try")


# -- Somebody was faster ---------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_stale_row_is_a_conflict_that_names_who_was_faster():
    request = builders.appointment_request()
    stale = AppointmentRequest.rows.get(pk=request.pk)
    ana, ben = builders.colleague("ana"), builders.colleague("ben")
    appointment_verbs.take(request, by=ana, at=NOON)
    before = written()

    with pytest.raises(Conflict, match="is accepted, not requested") as refusal:
        appointment_verbs.take(stale, by=ben, at=later(minutes=1))

    assert refusal.value.last.verb == "take"
    assert refusal.value.last.actor_id == str(ana.pk)
    assert refusal.value.last.at == NOON
    assert written() == before
    assert AppointmentRequest.rows.get().owner == ana
    assert stale.status == RequestStatus.REQUESTED, "a lost move must not look like a won one"


@pytest.mark.django_db
def test_who_only_looked_was_not_faster():
    request = builders.appointment_request()
    stale = AppointmentRequest.rows.get(pk=request.pk)
    ana = builders.colleague("ana")
    appointment_verbs.take(request, by=ana, at=NOON)
    record_reads([request], by=SAM, at=later(minutes=1), place="list")

    with pytest.raises(Conflict) as refusal:
        appointment_verbs.take(stale, by=builders.colleague("ben"), at=later(minutes=2))

    assert refusal.value.last.actor_id == str(ana.pk)


@pytest.mark.django_db
def test_a_row_that_is_gone_is_a_conflict():
    effect = _effect()
    Effect.objects.all().delete()
    with pytest.raises(Conflict, match="is gone") as refusal:
        EFFECT.move(effect, to=EffectState.VOID, by=SAM, at=NOON, verb="try")
    assert refusal.value.last is None


@pytest.mark.django_db
def test_a_further_condition_that_does_not_hold_is_a_conflict():
    request = builders.appointment_request()
    with pytest.raises(Conflict):
        appointment_codes.WORKFLOW.move(
            request,
            to=RequestStatus.CANCELLED,
            by=SAM,
            at=NOON,
            verb="try",
            values={"ended_at": NOON},
            where=Q(channel="fax"),
        )
    assert AppointmentRequest.rows.get().status == RequestStatus.REQUESTED


@pytest.mark.django_db
def test_a_refusal_says_ids_and_states_and_no_name():
    request = builders.appointment_request()
    with pytest.raises(MoveRefused) as refusal:
        appointment_verbs.close(request, outcome="booked", by=builders.colleague("sam"), at=NOON)
    assert "Zzyzx" not in str(refusal.value)
    assert "Maria" not in str(refusal.value)


# -- All or nothing --------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoiled",
    [
        {"codes": {"not a code": object()}},
        {"owing": [Owed("test.good", Session()), Owed("test.bad", Session(session_key="x"))]},
        {"values": {"ended_at": None}},
    ],
    ids=["event", "second effect", "constraint"],
)
def test_whatever_fails_in_the_middle_leaves_nothing(spoiled):
    request, good = builders.appointment_request(), builders.colleague("sam")
    if "owing" in spoiled:
        spoiled = {"owing": [Owed("test.good", good), spoiled["owing"][1]]}
    before = written()
    arguments = {"values": {"ended_at": NOON}} | spoiled

    with pytest.raises(Exception, match=r"JSON serializable|valid UUID|ends_when_it_ends"):
        appointment_codes.WORKFLOW.move(
            request, to=RequestStatus.CANCELLED, by=SAM, at=NOON, verb="try", **arguments
        )

    assert written() == before
    assert AppointmentRequest.rows.get().status == RequestStatus.REQUESTED


@pytest.mark.django_db(transaction=True)
def test_a_caller_that_fails_takes_status_event_and_effect_with_it():
    request, sam = builders.appointment_request(), builders.colleague("sam")
    before = written()

    def take_and_fail():
        with transaction.atomic():
            appointment_verbs.take(request, by=sam, at=NOON)
            assert Effect.objects.filter(kind=appointment_codes.TELL).exists()
            raise Broken

    with pytest.raises(Broken):
        take_and_fail()

    assert written() == before
    stored = AppointmentRequest.rows.get()
    assert (stored.status, stored.owner) == (RequestStatus.REQUESTED, None)


@pytest.mark.django_db
def test_events_are_never_changed():
    builders.appointment_request()
    event = Event.objects.first()
    event.verb = "nothing"
    for change in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(verb="nothing"),
    ):
        with pytest.raises(AppendOnlyError):
            change()
