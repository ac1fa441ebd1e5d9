"""What a colleague reads when a row was not moved: who was faster, and when."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.design.said_dates import said
from clinic.lifecycle import NotMoved
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Person, User


def in_words(refusal: NotMoved, *, reader: User) -> str:
    """One sentence about the move that came first, for the colleague who came second."""
    if isinstance(refusal, HasLeft):
        return _("That colleague's account has ended. Choose somebody else.")
    last = refusal.last
    if last is None or last.actor_kind == "system":
        return _("This cannot be done now. Here is how it stands.")
    when = _when(last.at)
    if last.actor_id == str(reader.pk):
        return _("You already did this (%(when)s).") % {"when": when}
    return _("%(who)s was faster (%(when)s). Here is how it stands now.") % {
        "who": _name(last.actor_kind, last.actor_id),
        "when": when,
    }


def _when(at: datetime) -> str:
    # An hour alone would be taken for one of today.
    local = timezone.localtime(at)
    return said(local, "P" if local.date() == timezone.localdate() else "l, F j, P")


def _name(kind: str, actor_id: str) -> str:
    try:
        key = uuid.UUID(actor_id)
    except ValueError:
        return _("Somebody")
    if kind == "staff":
        names = User.objects.filter(pk=key).values_list("full_name", flat=True)
        return names.first() or _("A colleague")
    return _("The patient") if Person.rows.filter(pk=key).exists() else _("Somebody")
