"""What the outbox tells the others at start."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import CallTask
from clinic.outbox.sample import load
from clinic.people import desk, roles
from clinic.people.models import User
from clinic.signing import kinds

CALLERS: Final = (roles.COORDINATOR, roles.LEAD, roles.SCHEDULER)


def _count(user: User) -> int:
    return CallTask.objects.visible_to(user).open().count()


def register() -> None:
    """The words of messages, the list of calls, who may look at the queue."""
    desk.register(
        desk.DeskRow(
            _("Calls I owe"),
            "calls:list",
            CALLERS,
            _count,
            order=30,
        )
    )
    kinds.register(TEXT_KIND)
    roles.grant(roles.ADMINISTRATOR, "outbox.view_effect")
    samples.register(12, load)
