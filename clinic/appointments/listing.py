"""The schedulers' list as its address asks for it.

Holds the columns. Refuses rows a reader may not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.appointments.models import AppointmentRequest
from clinic.people.models import User
from clinic.people.waiting_list import Desk

DESK: Final = Desk(
    owner="owner",
    language="person__language",
    orders={
        "language": ("person__language", "next_at"),
        "status": ("status", "next_at"),
        "with": ("owner__full_name", "next_at"),
    },
    labels={
        "name": _("Name"),
        "language": _("Language"),
        "status": _("Status"),
        "with": _("With"),
    },
)


def listing(request: HttpRequest, *, me: User, at: datetime) -> dict[str, Any]:
    """The context of the page; its rows are still to be cut into pages."""
    rows = AppointmentRequest.objects.visible_to(me).select_related("person", "owner")
    return DESK.listing(request, rows, me=me, at=at, choices={})
