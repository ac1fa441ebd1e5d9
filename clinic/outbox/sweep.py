"""Running what is due without Redis: the net under the worker, and all there is without one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, IntegerField, When

from clinic.outbox.dispatch import dispatch
from clinic.outbox.handlers import known_kinds, slow_kinds
from clinic.outbox.models import Effect
from clinic.outbox.stopwatch import Stopwatch
from clinic.outbox.watch.canary import CANARY, LEFT_TO_WORKER

BATCH: Final = 100
BITE: Final = timedelta(seconds=10)
"""After this long a sweep ends, whatever is left: what came in meanwhile must have its turn."""
GRACE: Final = timedelta(seconds=3)
"""How long the worker has the first turn when there is a broker."""


def overdue(*, at: datetime, grace: timedelta) -> list[uuid.UUID]:
    """Ids of what should have been paid by now, oldest first; at most `BATCH`.

    A list, not a cursor: on SQLite an open cursor would hold the write of its own work.
    """
    rows = Effect.objects.runnable(at=at - grace).filter(kind__in=known_kinds())
    # Paid here it proves nothing.
    rows = rows.exclude(kind=CANARY, due_at__gt=at - LEFT_TO_WORKER)
    # A mail server that hangs must not keep a referral from its coordinator.
    turn = Case(When(kind__in=slow_kinds(), then=1), default=0, output_field=IntegerField())
    return list(rows.order_by(turn, "due_at", "id").values_list("pk", flat=True)[:BATCH])


def _nothing_else(_at: datetime) -> None:
    """What a sweep on its own does beside its work."""


def sweep_once(
    *,
    at: datetime,
    grace: timedelta = GRACE,
    meanwhile: Callable[[datetime], None] = _nothing_else,
) -> int:
    """Pay what is overdue at `at`; returns how many were paid.

    Each effect is claimed at its own instant: a lease that began with the sweep could be over
    before its turn came. `meanwhile` is called with that instant before each.
    """
    watch, paid = Stopwatch(at), 0
    for effect_id in overdue(at=at, grace=grace):
        meanwhile(watch.now())
        paid += dispatch(effect_id, at=watch.now())
        if watch.now() - at > BITE:
            break
    return paid
