"""What the appointments room tells the others at start."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clinic.appointments import handlers, phone, standing
from clinic.appointments.codes import ROUTE, TELL
from clinic.appointments.models import AppointmentRequest
from clinic.appointments.sample import load
from clinic.demo import samples
from clinic.design import slots
from clinic.outbox import handlers as outbox_handlers
from clinic.people import desk, drafts, requests, roles
from clinic.people.models import User
from clinic.people.phone import intake as phone_intake


def _count(user: User) -> int:
    return AppointmentRequest.objects.visible_to(user).waiting().count()


def _due(user: User) -> list[datetime | None]:
    rows = AppointmentRequest.objects.visible_to(user).waiting()
    return list(rows.values_list("next_at", flat=True))


def register() -> None:
    """Handlers, her page, the schedulers' list, the call to action, sample requests."""
    chosen = _("Choosing a scheduler for a request")
    outbox_handlers.register(ROUTE, handlers.route, together=True, words=chosen)
    told = _("Telling a person who will call about an appointment")
    outbox_handlers.register(TELL, handlers.tell, slow=True, words=told)
    requests.register(standing.KIND)
    phone_intake.register(phone.KIND)
    drafts.register(phone.LOG)
    desk.register(
        desk.DeskRow(
            _("Appointment requests"),
            "appointments:list",
            (roles.SCHEDULER,),
            _count,
            order=10,
            due=_due,
            key="a",
        )
    )
    roles.grant(roles.SCHEDULER, "appointments.view_appointmentrequest")
    slots.fill("page-actions", "appointments/call_to_action.html", order=10)
    samples.register(50, load)
