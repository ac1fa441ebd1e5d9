"""What of this room waits for a colleague, as one sentence on her desk."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from clinic.people.desk import DeskNotice
from clinic.people.models import User
from clinic.signing.waiting import waiting


def notice(user: User, _at: datetime) -> DeskNotice | None:
    """How many words she may sign now; her own are somebody else's to read."""
    if not user.has_perm("signing.add_approval"):
        return None
    count = waiting().exclude(author=user).count()
    if not count:
        return None
    words = ngettext(
        "%(count)s text waits for an approval.", "%(count)s texts wait for an approval.", count
    )
    return DeskNotice(
        words % {"count": count},
        url=reverse("admin:signing_textversion_changelist") + "?approval=waits",
        action=gettext("Read and approve"),
    )
