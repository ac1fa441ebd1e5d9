"""Paying what appointment requests owe: a colleague, word to the person, a nudge."""

from __future__ import annotations

import uuid
from datetime import datetime

from clinic.appointments import routing, verbs
from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.lifecycle import NotMoved
from clinic.outbox import receipts
from clinic.outbox.calls import Call
from clinic.outbox.handlers import TryLater
from clinic.outbox.models import Effect
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Reference, User
from clinic.places.models import ContactRole


def route(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Give a new request to the scheduler with the most room; away only if nobody is there."""
    request = AppointmentRequest.rows.select_related("person").get(pk=about_id)
    if request.status != RequestStatus.REQUESTED:
        return
    choice = routing.route(request, at=at)
    if choice is None:
        raise TryLater("no scheduler")
    try:
        verbs.receive(request, choice=choice, at=at)
    except HasLeft as error:
        raise TryLater("left") from error
    except NotMoved:
        # A scheduler took it, or she changed her mind, while we were choosing.
        return


def _open_with_owner(about_id: uuid.UUID) -> tuple[AppointmentRequest, User] | None:
    request = AppointmentRequest.rows.select_related("person", "owner").get(pk=about_id)
    return (request, request.owner) if request.is_open and request.owner else None


def tell(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the person who will call and by when; a later word says it better."""
    if Effect.objects.waiting().after(effect_id).exists():
        return
    if found := _open_with_owner(about_id):
        request, owner = found
        receipts.tell_received(
            Reference.rows.select_related("person").get(about_id=about_id),
            call=Call(about=request, assigned_to=owner, due_at=request.due_at),
            phone_role=ContactRole.APPOINTMENTS,
            effect_id=effect_id,
            at=at,
        )


def nudge(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the scheduler that something waits."""
    if found := _open_with_owner(about_id):
        receipts.nudge(found[1], effect_id=effect_id, at=at)
