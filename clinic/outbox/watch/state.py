"""How the queue stands: what waits how long, who is alive, what is wrong.

Numbers and codes only; nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import EffectState, Pulse
from clinic.outbox.handlers import known_kinds
from clinic.outbox.models import Effect, EffectQuerySet
from clinic.outbox.watch import pulses

TOO_LATE: Final = timedelta(seconds=300)
"""Nothing that is due waits longer while all is well."""
SILENT: Final = timedelta(seconds=120)
"""After this long without a sign of life, something is taken for dead."""
COUNTED: Final = (EffectState.PENDING, EffectState.LEASED, EffectState.QUARANTINED)
"""What is still open; what has ended grows for ever and would be counted at every look."""


class Trouble(models.TextChoices):
    """What is wrong with the queue as a whole."""

    OVERDUE = "overdue", _("Something has been waiting for more than five minutes.")
    SWEEPER = "sweeper", _("The sweeper is silent.")
    FAST_PATH = "fast_path", _("The fast path is silent. The sweeper does its work meanwhile.")


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue at one instant: `counts` by state, `unknown` by kind, `ages` of signs of life."""

    counts: Mapping[str, int]
    oldest: timedelta
    unknown: Mapping[str, int]
    ages: Mapping[Pulse, timedelta | None]
    has_broker: bool

    @property
    def quarantined(self) -> int:
        """How many things need a person."""
        return self.counts[EffectState.QUARANTINED]

    @property
    def waiting(self) -> int:
        """How many things are owed and not yet done, due or not."""
        return self.counts[EffectState.PENDING] + self.counts[EffectState.LEASED]

    @property
    def troubles(self) -> list[Trouble]:
        """Everything that is wrong, the worst first."""
        swept = not is_silent(self.ages[Pulse.SWEEPER])
        # The sweeper sends what the fast path is tried with: without it, its silence says nothing.
        is_tried = self.has_broker and swept
        found = {
            Trouble.OVERDUE: self.oldest > TOO_LATE,
            Trouble.SWEEPER: not swept,
            Trouble.FAST_PATH: is_tried and is_silent(self.ages[Pulse.FAST_PATH]),
        }
        return [trouble for trouble, is_so in found.items() if is_so]


def is_silent(age: timedelta | None) -> bool:
    """Whether the last sign of life is too long ago; never is too long."""
    return age is None or age > SILENT


def look(*, at: datetime) -> QueueState:
    """Read how the queue stands."""
    effects, known = Effect.objects.all(), known_kinds()
    return QueueState(
        counts=dict.fromkeys(COUNTED, 0) | _count(effects.filter(state__in=COUNTED), "state"),
        oldest=_oldest(effects.waiting().filter(kind__in=known), at=at),
        unknown=_count(effects.waiting().exclude(kind__in=known), "kind"),
        ages=pulses.ages(at=at),
        has_broker=bool(settings.REDIS_URL),
    )


def _oldest(effects: EffectQuerySet, *, at: datetime) -> timedelta:
    """How long the one that has been due longest has been waiting."""
    due_at: datetime | None = effects.filter(due_at__lte=at).aggregate(first=Min("due_at"))["first"]
    return at - due_at if due_at else timedelta(0)


def _count(effects: EffectQuerySet, column: str) -> dict[str, int]:
    # `order_by`: the rows' own order would be counted apart.
    rows = effects.order_by(column).values_list(column).annotate(count=Count("pk"))
    return {str(value): count for value, count in rows}
