"""How an appointment request stands, in the words its person reads."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.appointments import handing, routing, verbs
from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.audit.recording import Actor
from clinic.people import roles
from clinic.people.intake import people_to_reach
from clinic.people.models import User
from clinic.people.requests import Holder, RequestKind, Standing
from clinic.places.models import ContactRole


def standing(request_id: uuid.UUID, at: datetime) -> Standing:
    """Who calls, by when, and what was asked for."""
    request = AppointmentRequest.rows.select_related("person", "owner").get(pk=request_id)
    happened, next_step = _words(request)
    return Standing(
        happened=happened,
        next_step=next_step,
        caller=_caller(request),
        phone_role=ContactRole.APPOINTMENTS,
        due_at=request.due_at if request.waits_for_contact else None,
        is_open=request.is_open,
        people=people_to_reach(request.person),
        at=at,
        asked_for=(_("An appointment"),),
    )


def _caller(request: AppointmentRequest) -> str:
    # Nobody is promised a call from somebody who has left.
    if request.owner is None or not request.owner.is_active:
        return _("A colleague from appointments")
    return request.owner.full_name


def _words(request: AppointmentRequest) -> tuple[str, str]:
    if request.status == RequestStatus.CANCELLED:
        return (
            _("You have changed your mind"),
            _("We will not call you about this request. You can send a new one at any time."),
        )
    if request.status == RequestStatus.COMPLETED:
        return (
            _("We have finished with this request"),
            _("Please call us if anything is still open for you."),
        )
    return (
        _("We have your request for an appointment"),
        _("We find a time together with you. You do not need to do anything until then."),
    )


def _change_mind(request_id: uuid.UUID, by: Actor, at: datetime) -> None:
    verbs.change_mind(AppointmentRequest.rows.get(pk=request_id), by=by, at=at)


def _staff_url(request_id: uuid.UUID, _reader: User) -> str:
    return reverse("appointments:detail", kwargs={"request_id": request_id})


def _holder(request_id: uuid.UUID) -> Holder:
    request = AppointmentRequest.rows.select_related("owner").get(pk=request_id)
    return Holder(request.owner, request.next_at, request.is_open)


KIND = RequestKind(
    model=AppointmentRequest,
    standing=standing,
    change_mind=_change_mind,
    staff_url=_staff_url,
    holder=_holder,
    team=roles.SCHEDULER,
    label=_lazy("Appointment requests"),
    held=handing.held,
    takers=routing.takers,
    hand_over=handing.hand_over_all,
)
