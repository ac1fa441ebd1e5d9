"""What happens to an appointment request."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.appointments.codes import (
    ROUTE,
    TELL,
    WORKFLOW,
    Outcome,
    PreferredTime,
    RequestStatus,
)
from clinic.appointments.models import AppointmentRequest, RequestAttempt
from clinic.audit.recording import ROUTER, Actor, about, record
from clinic.clock import in_the_afternoon
from clinic.lifecycle import NotMoved, Step
from clinic.outbox import calls, dispatch
from clinic.outbox.ledger import Owed, owe
from clinic.people.attempts import Try, columns_of, note_urgent_words
from clinic.people.changing_mind import at_her_word
from clinic.people.choosing import Choice
from clinic.people.colleagues import accounts
from clinic.people.colleagues.hand_over import word_to
from clinic.people.models import Reference, User
from clinic.people.models.attempt import keep_once
from clinic.people.references import make_reference
from clinic.people.submitting import Submission, columns, once, register
from clinic.people.urgency.ending import void_all_but_urgent
from clinic.places import centre


@dataclass(frozen=True, slots=True)
class Wish:
    """What she asks for, as codes."""

    reason: str
    preferred_time: str


def ask(submission: Submission, *, wish: Wish, at: datetime) -> Reference:
    """Make the request, its people, consents and reference, and owe its routing: all or nothing.

    The same submission again gives the reference of the first.
    """
    return once(AppointmentRequest, submission, lambda: _ask(submission, wish, at=at))


def _ask(submission: Submission, wish: Wish, *, at: datetime) -> Reference:
    who = register(submission, at=at)
    values = columns(submission, who, at=at)
    if wish.preferred_time == PreferredTime.AFTERNOON:
        values["due_at"] = in_the_afternoon(values["due_at"], centre.schedule())
    request = AppointmentRequest.rows.create(
        reason=wish.reason,
        preferred_time=wish.preferred_time,
        next_at=values["due_at"],
        **values,
    )
    record("ask", about=request, by=submission.actor(who), at=at, channel=submission.channel)
    owe(Owed(ROUTE, request), at=at)
    return make_reference(request, person=who.patient, at=at)


def receive(chosen: Sequence[tuple[AppointmentRequest, Choice]], *, at: datetime) -> None:
    """Put each request into a named colleague's hands and owe both word of it.

    One that a colleague took meanwhile, or that has ended, stays as it is. Raises `HasLeft` when an
    account has ended since it was chosen.
    """
    with transaction.atomic():
        users = accounts.keep_each({choice.user_id for _request, choice in chosen})
        steps = [
            _received(request, choice, word_to(users[choice.user_id], at=at))
            for request, choice in chosen
        ]
        WORKFLOW.move_all(steps, to=RequestStatus.RECEIVED, by=ROUTER, at=at, verb="receive")


def _received(request: AppointmentRequest, choice: Choice, word: Owed) -> Step:
    return Step(
        request,
        values={"owner_id": choice.user_id, "routing": choice.as_codes()},
        codes={"owner": str(choice.user_id)},
        owing=[Owed(TELL, request), word],
    )


def take(request: AppointmentRequest, *, by: User, at: datetime) -> None:
    """A scheduler takes the request; raises `Conflict` when somebody was faster."""
    _take(request, by=by, at=at, owing=[Owed(TELL, request)])


def _take(request: AppointmentRequest, *, by: User, at: datetime, owing: Sequence[Owed]) -> None:
    kind, request_id = about(request)
    with transaction.atomic():
        accounts.keep(by.pk)
        WORKFLOW.move(
            request,
            to=RequestStatus.ACCEPTED,
            by=Actor.staff(by),
            at=at,
            verb="take",
            values={"owner_id": by.pk},
            owing=owing,
        )
        calls.hand_over(about_kind=kind, about_id=request_id, to=by)


def log_attempt(request: AppointmentRequest, logged: Try, *, by: User, at: datetime) -> None:
    """Write down a try at reaching her and when the next is due; the same form twice is one.

    Who reached her has taken the request, and the calls owed about it are settled.
    """
    next_at = logged.next_at(at=at, schedule=centre.schedule())
    attempt = RequestAttempt(request=request, **columns_of(logged, next_at, by=by, at=at))
    with transaction.atomic():
        if not keep_once(attempt):
            return
        note_urgent_words(request, logged, by=by, at=at)
        record("attempt", about=request, by=Actor.staff(by), at=at, result=logged.result)
        if logged.reached:
            _reached(request, by=by, at=at)
        AppointmentRequest.rows.filter(pk=request.pk).update(next_at=next_at)


def _reached(request: AppointmentRequest, *, by: User, at: datetime) -> None:
    # Whoever moved it meanwhile, the attempt stays.
    with suppress(NotMoved):
        _take(request, by=by, at=at, owing=[])
    kind, request_id = about(request)
    calls.settle(about_kind=kind, about_id=request_id, by=Actor.staff(by), at=at)


def close(request: AppointmentRequest, *, outcome: Outcome, by: User, at: datetime) -> None:
    """End the request with its outcome; nothing more is owed about it."""
    with transaction.atomic():
        WORKFLOW.move(
            request,
            to=RequestStatus.COMPLETED,
            by=Actor.staff(by),
            at=at,
            verb="close",
            values={"outcome": outcome, "ended_at": at},
            codes={"outcome": outcome},
        )
        kind, request_id = about(request)
        dispatch.void(about_kind=kind, about_id=request_id, at=at)
        calls.void(about_kind=kind, about_id=request_id, by=Actor.staff(by), at=at)


def change_mind(request: AppointmentRequest, *, by: Actor, at: datetime) -> None:
    """She no longer wants it; everything owed is void but a call about urgent words.

    Asking again changes nothing.
    """
    at_her_word(request, lambda: _cancel(request, by=by, at=at), by=by, at=at)


def _cancel(request: AppointmentRequest, *, by: Actor, at: datetime) -> None:
    values = {"ended_at": at}
    WORKFLOW.move(
        request, to=RequestStatus.CANCELLED, by=by, at=at, verb="change_mind", values=values
    )
    kind, request_id = about(request)
    void_all_but_urgent(about_kind=kind, about_id=request_id, by=by, at=at)
