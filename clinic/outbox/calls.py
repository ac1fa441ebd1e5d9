"""Call tasks: what cannot be sent becomes a call that a named colleague owes by a due time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from clinic.audit.recording import DISPATCHER, Actor, record
from clinic.audit.recording import about as pair
from clinic.lifecycle import Conflict, Workflow
from clinic.outbox.codes import CallChannel, CallReason, CallState
from clinic.outbox.models import CallTask
from clinic.people import requests
from clinic.people.models import Person, User
from clinic.people.models.asking import PersonRequest

CALL: Final = Workflow(
    "call task",
    moves={
        CallState.OPEN: frozenset({CallState.DONE, CallState.VOID}),
        CallState.DONE: frozenset(),
        CallState.VOID: frozenset(),
    },
)


@dataclass(frozen=True, slots=True)
class Call:
    """Who would have to call about what, and by when."""

    about: PersonRequest
    assigned_to: User
    due_at: datetime


def owe_call(
    call: Call,
    *,
    person: Person,
    reason: CallReason,
    at: datetime,
    key: str = "",
    by: Actor = DISPATCHER,
) -> None:
    """Write the task, unless what it is about has ended; owing it twice is owing it once.

    Urgent words are called about all the same: her body does not end with her request.
    `key` tells two occasions of one reason apart, such as two notes with urgent words.
    """
    about_kind, about_id = pair(call.about)
    with transaction.atomic():
        if reason != CallReason.URGENT and _has_ended(call.about):
            return
        task, made = CallTask.rows.get_or_create(
            about_id=about_id,
            reason=reason,
            key=key,
            defaults={
                "about_kind": about_kind,
                "person": person,
                "assigned_to": call.assigned_to,
                "channel": CallChannel.PHONE if person.phone else CallChannel.POST,
                "due_at": call.due_at,
                "created_at": at,
            },
        )
        if made:
            record("owe_call", about=task, by=by, at=at, reason=reason)


def call_about(about_kind: str, about_id: uuid.UUID, *, due_at: datetime) -> Call | None:
    """Who would have to call about a request: its owner, else one of the team.

    Nobody is None: the wing is left out, or no colleague of the team is active.
    """
    kind = requests.find(about_kind)
    if kind is None:
        return None
    caller = who_calls(kind, about_id)
    request = kind.model._default_manager.get(pk=about_id)
    return Call(request, caller, due_at) if caller else None


def who_calls(
    kind: requests.RequestKind, about_id: uuid.UUID, *, without: uuid.UUID | None = None
) -> User | None:
    """The request's owner, else one of the team who is here, else any of the team.

    `without` is who gives her calls away. An owner who cannot sign in would never see the call.
    """
    owner = kind.holder(about_id).owner
    if owner is not None and owner.can_sign_in and owner.pk != without:
        return owner
    team = User.objects.with_role(kind.team).filter(~Q(pk=without))
    return team.present(at=Now()).first() or team.first()


def _has_ended(request: PersonRequest) -> bool:
    # Locked: she may be changing her mind at this moment, and must not be called after that.
    rows = type(request)._default_manager.select_for_update(no_key=True)
    return rows.get(pk=request.pk).ended_at is not None


def hand_over(*, about_kind: str, about_id: uuid.UUID, to: User) -> None:
    """The calls about this are somebody else's now. Call inside the caller's transaction."""
    CallTask.rows.about(about_kind, about_id).open().update(assigned_to=to)


def make(task: CallTask, *, by: User, at: datetime) -> None:
    """The call was made, or the letter sent; raises `NotMoved` when it was ended before."""
    CALL.move(
        task,
        to=CallState.DONE,
        by=Actor.staff(by),
        at=at,
        verb="called",
        values={"ended_at": at},
    )


def settle(*, about_kind: str, about_id: uuid.UUID, by: Actor, at: datetime) -> None:
    """She was reached: the calls about this are done. Call inside the caller's transaction."""
    rows = CallTask.rows.about(about_kind, about_id)
    _end(rows.open(), CallState.DONE, "called", by=by, at=at)


def void(
    *,
    about_kind: str,
    about_id: uuid.UUID,
    by: Actor,
    at: datetime,
    sparing: Collection[CallReason] = (),
) -> None:
    """Nobody owes these calls any more, but those for a spared reason.

    Call inside the caller's transaction.
    """
    rows = CallTask.rows.about(about_kind, about_id).exclude(reason__in=sparing)
    _end(rows.open(), CallState.VOID, "void_call", by=by, at=at)


def _end(tasks: Iterable[CallTask], to: CallState, verb: str, *, by: Actor, at: datetime) -> None:
    for task in tasks:
        # Somebody may have ended it in between; then nobody owes it any more, either.
        with suppress(Conflict):
            CALL.move(task, to=to, by=by, at=at, verb=verb, values={"ended_at": at})
