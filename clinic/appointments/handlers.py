"""Paying what appointment requests owe: a colleague, word to the person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from clinic.appointments import routing, verbs
from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.outbox import receipts
from clinic.outbox.calls import Call
from clinic.outbox.handlers import TryLater
from clinic.outbox.models import Effect
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Reference
from clinic.places.models import ContactRole


def route(*, about_ids: Sequence[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Give new requests to the schedulers with the most room; those that need nobody any more."""
    rows = AppointmentRequest.rows.filter(pk__in=about_ids).select_related("person")
    # What choosing asks for; the rest of what she told us stays sealed.
    waiting = rows.filter(status=RequestStatus.REQUESTED).only("status", "person__language")
    router = routing.Router(at=at)
    asked = [(request, router.choose(request)) for request in waiting.order_by("created_at", "pk")]
    try:
        verbs.receive([(request, choice) for request, choice in asked if choice], at=at)
    except HasLeft as error:
        raise TryLater("left") from error
    return set(about_ids) - {request.pk for request, choice in asked if choice is None}


def tell(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the person who will call and by when; a later word says it better."""
    if Effect.objects.waiting().after(effect_id).exists():
        return
    request = AppointmentRequest.rows.select_related("person", "owner").get(pk=about_id)
    if request.is_open and request.owner:
        receipts.tell_received(
            Reference.rows.select_related("person").get(about_id=about_id),
            call=Call(about=request, assigned_to=request.owner, due_at=request.due_at),
            phone_role=ContactRole.APPOINTMENTS,
            effect_id=effect_id,
            at=at,
        )
