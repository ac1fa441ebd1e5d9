"""An effect that does nothing but travel: from commit by the broker to a worker.

A worker that answers pings may be deaf to its queue all the same, so the whole way is walked, again
and again. Who comes through last is a sign of life of the fast path; a canary that the sweeper had
to pay is none.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from clinic.outbox.codes import EffectState, Pulse
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.outbox.watch import pulses

CANARY: Final = "outbox.canary"
EVERY: Final = timedelta(seconds=30)
LEFT_TO_WORKER: Final = timedelta(minutes=1)
"""How long a canary waits for a worker, which may just be starting; then the sweeper clears up."""
KEPT: Final = timedelta(hours=1)


def release(*, at: datetime) -> None:
    """Owe the canary of this half minute; two sweepers owe the same one."""
    half_minute = int(at.timestamp() // EVERY.total_seconds())
    # It is about nobody: the id is made from the half minute and belongs to no row.
    about = Effect(pk=uuid.uuid5(uuid.NAMESPACE_OID, f"{CANARY} {half_minute}"))
    with transaction.atomic():
        owe(Owed(CANARY, about), at=at)


def arrive(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """The handler: nothing is left to do, whoever pays it."""


def note(effect: Effect) -> None:
    """A worker has tried this; if it was a canary and is paid, the fast path is alive."""
    is_paid = effect.kind == CANARY and effect.state == EffectState.DONE
    if is_paid and effect.ended_at is not None:
        pulses.beat(Pulse.FAST_PATH, at=effect.ended_at)


def forget(*, at: datetime) -> None:
    """Delete the canaries of hours ago."""
    ended = (EffectState.DONE, EffectState.VOID)
    Effect.objects.filter(kind=CANARY, state__in=ended, ended_at__lt=at - KEPT).delete()
