"""Who is told when the machine gives up on something, and how such a word is owed."""

from __future__ import annotations

import uuid
from typing import Final

from clinic.outbox.ledger import Owed
from clinic.outbox.models import Effect
from clinic.people import roles
from clinic.people.models import User
from clinic.people.models.staff import UserQuerySet

ALERT: Final = "outbox.alert"
KEEPERS: Final = (roles.LEAD, roles.ADMINISTRATOR)
"""Those who look after the queue."""


def keepers() -> UserQuerySet:
    """Active colleagues who look after the queue, each once."""
    holders = User.objects.filter(roles_held__role__in=KEEPERS).values("pk")
    return User.objects.get_queryset().filter(is_active=True, pk__in=holders).order_by("email")


def owed_about(effect: Effect) -> list[Owed]:
    """A word to each keeper that this effect, still leased, is being given up.

    The lease's token tells one time from the next. Nobody is alerted of an alert: the same mail
    server would refuse that, too, and so on for ever.
    """
    if effect.kind == ALERT:
        return []
    return [Owed(ALERT, effect, f"{keeper.pk}:{effect.lease_token}") for keeper in keepers()]


def recipient(alert: Effect) -> User | None:
    """To whom an alert goes; None when she no longer looks after the queue."""
    _kind, _about, user_id, _token = alert.key.split(":")
    return keepers().filter(pk=uuid.UUID(user_id)).first()
