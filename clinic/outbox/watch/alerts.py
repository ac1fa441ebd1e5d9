"""Who is told when the machine gives up on something, and how such a word is owed."""

from __future__ import annotations

import uuid
from typing import Final

from django.urls import reverse

from clinic.outbox.ledger import Owed
from clinic.outbox.models import Effect
from clinic.outbox.watch.whom import concerned
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
    """A word to each keeper, and to whose request waits, that this leased effect is given up.

    The lease's token tells one time from the next. Nobody is alerted of an alert: the same mail
    server would refuse that, too, and so on for ever.
    """
    if effect.kind == ALERT:
        return []
    told = {user.pk for user in (*keepers(), *owners(effect))}
    return [Owed(ALERT, effect, f"{user_id}:{effect.lease_token}") for user_id in sorted(told)]


def owners(effect: Effect) -> list[User]:
    """Active colleagues in whose hands the requests are that wait for an effect."""
    held = [one.owner for one in concerned(effect) if one.owner]
    return [owner for owner in held if owner.is_active]


def recipient(alert: Effect, *, given_up: Effect) -> User | None:
    """To whom an alert goes; None when it is no longer hers to look after."""
    _kind, _about, user_id, _token = alert.key.split(":")
    told = {user.pk: user for user in (*keepers(), *owners(given_up))}
    return told.get(uuid.UUID(user_id))


def page_for(user: User) -> str:
    """Where somebody reads what was given up: the queue, or the notice above her lists."""
    return reverse("queue:list" if user.has_role(*KEEPERS) else "staff:index")
