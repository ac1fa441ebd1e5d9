"""Whatever a verb writes, it writes whole: broken off at each of its writes, it leaves nothing.

Each verb runs once to count its statements that write, then once for each of them with that one
failing, and the whole database is compared with what it was before.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction

from clinic.appointments import handing as visit_handing
from clinic.appointments import verbs as visits
from clinic.appointments.codes import Outcome as VisitOutcome
from clinic.appointments.codes import PreferredTime, VisitReason
from clinic.appointments.models import AppointmentRequest
from clinic.appointments.phone import KIND
from clinic.audit.recording import Actor
from clinic.outbox import calls
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.people import intake
from clinic.people.choosing import Choice
from clinic.people.colleagues import hand_over, leaving
from clinic.people.models.person import ConsentKind
from clinic.people.phone import intake as phone_intake
from referrals.desk import asking, handing, verbs
from referrals.desk.asking import Interest
from referrals.desk.codes import Outcome
from referrals.desk.models import Referral
from referrals.desk.routing import Given
from referrals.screening.profile import Profile
from tests import builders
from tests.builders import (
    NOON,
    Cast,
    agreed,
    appointment_request,
    cast,
    helped,
    pay,
    referral,
    submission,
    tried,
)

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
Run = Callable[[], object]


class BrokenOff(Exception):
    """The process ends here, as far as the database knows."""


@contextmanager
def breaking_off(at_write: int | None):
    """Fail at the write of this number; gives a list that grows with each write."""
    seen: list[str] = []

    def look(execute, sql, params, many, context):
        if WRITES.match(sql):
            if len(seen) == at_write:
                raise BrokenOff(sql)
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield seen


def everything() -> dict[str, list]:
    """Every row of every table of ours."""
    ours = [one for one in apps.get_models() if one._meta.app_label != "sessions"]
    return {one._meta.label: list(one._default_manager.order_by("pk").values()) for one in ours}


def fresh(row):
    """The row as the database has it: a move that was undone stays on the object."""
    return type(row)._default_manager.get(pk=row.pk)


def choice(user) -> Choice:
    return Choice(user.pk, "coordinator", True, 0, 10, 1)


def the_call(play: Cast, **changes) -> CallTask:
    row = appointment_request(**changes)
    call = calls.Call(row, play.sam, NOON)
    calls.owe_call(call, person=row.person, reason=CallReason.CONFIRM, at=NOON)
    return CallTask.rows.get()


def routed(play: Cast) -> Referral:
    row = referral(play.study)
    pay()
    row.refresh_from_db()
    return row


def accepted(play: Cast) -> Referral:
    row = fresh(routed(play))
    verbs.accept(row, by=play.ana, at=NOON)
    return row


def on_hold(play: Cast) -> Referral:
    row = accepted(play)
    verbs.hold(row, by=play.ana, at=NOON)
    return row


def taken(play: Cast) -> AppointmentRequest:
    row = visit(play)
    visits.take(row, by=play.sam, at=NOON)
    return row


def visit(play: Cast) -> AppointmentRequest:
    row = appointment_request()
    pay()
    row.refresh_from_db()
    return row


def asked(play: Cast) -> Run:
    sent = submission(people=helped(), agreed=agreed(ConsentKind.CONTACT))
    wish = visits.Wish(VisitReason.NEW, PreferredTime.AFTERNOON)
    return lambda: visits.ask(sent, wish=wish, at=NOON)


def taken_down(play: Cast) -> Run:
    sent = submission(people=helped(), agreed=agreed(ConsentKind.CONTACT), witness=play.sam)
    answers, key = {"reason": VisitReason.NEW, "preferred_time": PreferredTime.ANY}, uuid.uuid4()
    return lambda: phone_intake.take_down(
        KIND, sent, answers, form_key=key, mine=True, by=play.sam, at=NOON
    )


def referred(play: Cast) -> Run:
    sent, wanted = submission(people=helped()), Interest((play.study,), Profile(on=NOON.date()))
    return lambda: asking.refer(sent, interest=wanted, at=NOON)


def received(play: Cast) -> Run:
    row = referral(play.study)
    return lambda: verbs.receive([(fresh(row), Given(choice(play.ana), None))], at=NOON)


def log(make, verb, result="reached"):
    def begin(play: Cast) -> Run:
        row, logged = make(play), tried(result)
        return lambda: verb(fresh(row), logged, by=play.ana, at=NOON)

    return begin


def moves(make, verb, **values):
    def begin(play: Cast) -> Run:
        row = make(play)
        return lambda: verb(fresh(row), by=play.ana, at=NOON, **values)

    return begin


def changed_her_mind(make, verb):
    def begin(play: Cast) -> Run:
        row = make(play)
        row = getattr(row, "case", row)
        return lambda: verb(fresh(row), by=Actor.person(row.person), at=NOON)

    return begin


def received_visit(play: Cast) -> Run:
    row = appointment_request()
    return lambda: visits.receive([(fresh(row), choice(play.sam))], at=NOON)


def owed_call(play: Cast) -> Run:
    row = appointment_request()
    call = calls.Call(row, play.sam, NOON)
    return lambda: calls.owe_call(call, person=row.person, reason=CallReason.CONFIRM, at=NOON)


def corrected(play: Cast) -> Run:
    person = appointment_request().person
    by = Actor.person(person)
    change = {"phone": "(212) 555-0188"}
    return lambda: intake.correct_contact(fresh(person), change, by=by, at=NOON)


def given(verb):
    """All that Ana holds: a case with its call, and one that only waits."""

    def begin(play: Cast) -> Run:
        accepted(play)
        referral(play.study, people=builders.intake(email=""))
        pay()
        return lambda: verb(fresh(play.ana), to=None, by=play.alex, at=NOON)

    return begin


VERBS = {
    "ask for an appointment": asked,
    "take down a call": taken_down,
    "refer": referred,
    "receive a referral": received,
    "accept": moves(routed, verbs.accept),
    "reach": log(routed, verbs.log_attempt),
    "miss": log(routed, verbs.log_attempt, "no_answer"),
    "hold": moves(accepted, verbs.hold),
    "resume": moves(on_hold, verbs.resume),
    "close": moves(accepted, verbs.close, outcome=Outcome.JOINED),
    "change her mind about studies": changed_her_mind(accepted, verbs.change_mind),
    "receive a request": received_visit,
    "take": moves(visit, visits.take),
    "reach about a visit": log(visit, visits.log_attempt),
    "close a request": moves(taken, visits.close, outcome=VisitOutcome.BOOKED),
    "change her mind about a visit": changed_her_mind(visit, visits.change_mind),
    "hand over a referral": lambda play: moves(accepted, handing.hand_over, to=play.ben)(play),
    "hand over a visit": lambda play: moves(taken, visit_handing.hand_over, to=play.tess)(play),
    "hand everything over": given(hand_over.hand_over),
    "leave": given(leaving.leave),
    "owe a call": owed_call,
    "make a call": moves(the_call, calls.make),
    "correct how she is reached": corrected,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", VERBS)
def test_broken_off_at_any_write_nothing_is_left(name):
    run = VERBS[name](cast())
    with breaking_off(None) as writes, transaction.atomic():
        run()
        transaction.set_rollback(True)
    assert writes, "a verb writes something"
    before = everything()
    for number in range(len(writes)):
        with breaking_off(number), pytest.raises(BrokenOff):
            run()
        assert everything() == before, writes[number]
