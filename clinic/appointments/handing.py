"""Giving what one scheduler looks after to another: one request, or all that she holds.

Her page and the calls owed name the new colleague from the same commit on. Refuses to choose:
routing does, or a colleague.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.appointments import routing
from clinic.appointments.codes import TELL, WORKFLOW
from clinic.appointments.models import AppointmentRequest, AppointmentRequestQuerySet
from clinic.audit.recording import Actor, about
from clinic.lifecycle import Conflict, MoveRefused
from clinic.outbox import calls
from clinic.outbox.ledger import Owed
from clinic.people.colleagues import accounts
from clinic.people.colleagues.hand_over import nudging
from clinic.people.models import User
from clinic.people.requests import NobodyElse


def take_over(request: AppointmentRequest, *, by: User, at: datetime) -> None:
    """It is hers from now on; raises `Conflict` when somebody was faster."""
    _give(request, to_id=by.pk, verb="take_over", by=by, at=at)


def hand_over(request: AppointmentRequest, *, to: User, by: User, at: datetime) -> None:
    """Give it to another scheduler who is here; raises `MoveRefused` for anybody else."""
    if not routing.takers(at).filter(pk=to.pk).exists():
        raise MoveRefused(f"{to.pk} cannot look after request {request.pk}.", last=None)
    _give(request, to_id=to.pk, verb="hand_over", by=by, at=at)


def _give(
    request: AppointmentRequest,
    *,
    to_id: uuid.UUID,
    verb: str,
    by: User,
    at: datetime,
    values: Mapping[str, Any] | None = None,
) -> None:
    if request.owner_id is None:
        # The router would give it to somebody else a moment later.
        raise MoveRefused(f"Request {request.pk} is in nobody's hands yet.", last=None)
    kind, request_id = about(request)
    with transaction.atomic():
        to = accounts.keep(to_id)
        WORKFLOW.assign(
            request,
            column="owner",
            to=to_id,
            by=Actor.staff(by),
            at=at,
            verb=verb,
            values=values,
            owing=[*nudging(to, by=by, at=at), *_word(request, at=at)],
        )
        calls.hand_over(about_kind=kind, about_id=request_id, to=to)


def _word(request: AppointmentRequest, *, at: datetime) -> list[Owed]:
    # Another name only matters to her while the promised call is still to come.
    waits = request.due_at > at and request.waits_for_contact
    return [Owed(TELL, request, key=at.isoformat())] if waits else []


def held(user: User) -> int:
    """How many open requests are in a colleague's hands."""
    return _requests(user).count()


def hand_over_all(user: User, to: User | None, by: User, at: datetime) -> int:
    """Give all she holds to `to`, if he is a scheduler, else to whom the router chooses.

    Call inside a transaction that holds every account (`accounts.keep_all`).
    """
    if to is not None and not routing.takers(at).filter(pk=to.pk).exists():
        to = None
    return sum(_pass_on(request, to=to, by=by, at=at) for request in list(_requests(user)))


def _requests(user: User) -> AppointmentRequestQuerySet:
    rows = AppointmentRequest.rows.waiting().filter(owner=user)
    return rows.select_related("person").order_by("pk")


def _pass_on(request: AppointmentRequest, *, to: User | None, by: User, at: datetime) -> bool:
    values: dict[str, Any] = {}
    to_id = to.pk if to else None
    if to_id is None:
        choice = routing.Router(at=at, without=request.owner_id).choose(request)
        if choice is None:
            raise NobodyElse("appointment request")
        to_id, values = choice.user_id, {"routing": choice.as_codes()}
    try:
        _give(request, to_id=to_id, verb="hand_over", by=by, at=at, values=values)
    except Conflict:
        # It ended, or a colleague took it, in between: it is in nobody's way.
        return False
    return True
