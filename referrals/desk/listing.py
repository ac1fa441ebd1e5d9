"""The coordinators' list as its address asks for it.

Holds the columns, and which studies it can be narrowed to. Refuses rows a reader may not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.design.tables import Choice
from clinic.people.models import User
from clinic.people.waiting_list import Desk
from referrals.desk.models import Referral, ReferralQuerySet

DESK: Final = Desk(
    owner="coordinator",
    language="case__person__language",
    orders={
        "study": ("study__local_name", "next_at"),
        "language": ("case__person__language", "next_at"),
        "status": ("status", "next_at"),
        "with": ("coordinator__full_name", "next_at"),
    },
    labels={
        "name": _("Name"),
        "study": _("Study"),
        "language": _("Language"),
        "status": _("Status"),
        "with": _("With"),
    },
)


def listing(request: HttpRequest, *, me: User, at: datetime) -> dict[str, Any]:
    """The context of the page; its rows are still to be cut into pages."""
    visible = Referral.objects.visible_to(me)
    rows = visible.select_related("case__person", "study", "coordinator")
    studies = Choice.of(request, "study", _("Study"), _studies(visible))
    return DESK.listing(request, rows, me=me, at=at, choices={"study": studies})


def _studies(visible: ReferralQuerySet) -> list[tuple[str, str]]:
    """Those that somebody on the list has asked about."""
    rows = visible.exclude(study=None).order_by("study__local_name", "study")
    pairs = rows.values_list("study", "study__local_name").distinct()
    return [(str(study_id), name) for study_id, name in pairs]
