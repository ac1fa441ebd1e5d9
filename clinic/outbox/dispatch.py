"""Claiming and paying owed effects: the worker's task and the sweeper both come through here."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from clinic.lifecycle import Workflow
from clinic.outbox import handlers
from clinic.outbox.codes import EffectState
from clinic.outbox.models import Effect

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=120)
"""Longer than the worker's hard time limit of 60 s, so a lease never ends under a live handler."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)

EFFECT: Final = Workflow(
    "effect",
    column="state",
    moves={
        EffectState.PENDING: frozenset({EffectState.LEASED, EffectState.VOID}),
        EffectState.LEASED: frozenset(
            {
                EffectState.LEASED,
                EffectState.PENDING,
                EffectState.DONE,
                EffectState.QUARANTINED,
                EffectState.VOID,
            }
        ),
        EffectState.QUARANTINED: frozenset({EffectState.PENDING, EffectState.VOID}),
        EffectState.DONE: frozenset(),
        EffectState.VOID: frozenset(),
    },
)


def claim(effect: Effect, *, at: datetime) -> uuid.UUID | None:
    """Take the row for `LEASE`; the token, or None when it is not due or someone else has it.

    The attempt is counted here, before the work: an effect that kills its worker still counts.
    """
    token = uuid.uuid4()
    runnable = Q(state=EffectState.PENDING, due_at__lte=at) | Q(
        state=EffectState.LEASED, lease_until__lt=at
    )
    won = EFFECT.compare_and_set(
        effect,
        to=EffectState.LEASED,
        where=runnable,
        lease_token=token,
        lease_until=at + LEASE,
        attempts=F("attempts") + 1,
    )
    return token if won else None


def dispatch(effect_id: uuid.UUID, *, at: datetime) -> bool:
    """Claim and pay one effect; False when there was nothing to do or it has to be tried again."""
    effect = Effect.objects.filter(pk=effect_id, kind__in=handlers.known_kinds()).first()
    if effect is None or effect.state not in (EffectState.PENDING, EffectState.LEASED):
        return False
    if effect.state == EffectState.LEASED and effect.is_exhausted:
        _give_up(effect, at=at)
        return False
    token = claim(effect, at=at)
    if token is None:
        return False
    effect.refresh_from_db()
    try:
        handlers.run(effect.kind, effect_id=effect.pk, about_id=effect.about_id, at=at)
    except Exception as error:  # noqa: BLE001 - any failure must come back as a later try.
        _put_back(effect, token=token, error=error)
        return False
    _end(effect, token=token, to=EffectState.DONE)
    return True


def _give_up(effect: Effect, *, at: datetime) -> None:
    # Its last try ended with its worker, so nobody put it back: without this it would go on
    # taking a worker down with every lease.
    EFFECT.compare_and_set(
        effect,
        to=EffectState.QUARANTINED,
        where=Q(lease_until__lt=at),
        lease_until=None,
        lease_token=None,
        last_error="WorkerLost",
        ended_at=at,
    )


def _end(effect: Effect, *, token: uuid.UUID, to: str, error: str = "") -> None:
    # The token: a handler that outlived its lease must not close another's claim.
    EFFECT.compare_and_set(
        effect,
        to=to,
        where=Q(lease_token=token),
        lease_until=None,
        lease_token=None,
        last_error=error,
        ended_at=timezone.now(),
    )


def _put_back(effect: Effect, *, token: uuid.UUID, error: Exception) -> None:
    """Try again later, or hand over to people after the last try."""
    name = type(error).__name__
    log.warning("effect %s %s attempt %s: %s", effect.pk, effect.kind, effect.attempts, name)
    if effect.is_exhausted:
        _end(effect, token=token, to=EffectState.QUARANTINED, error=name)
        return
    wait = min(FIRST_WAIT * 2 ** (effect.attempts - 1), LONGEST_WAIT)
    EFFECT.compare_and_set(
        effect,
        to=EffectState.PENDING,
        where=Q(lease_token=token),
        lease_until=None,
        lease_token=None,
        last_error=name,
        due_at=timezone.now() + wait,
    )


def void(*, about_kind: str, about_id: uuid.UUID, at: datetime) -> None:
    """Nothing more is owed about this object; call inside the transaction that decided it."""
    for effect in Effect.objects.about(about_kind, about_id).exclude(state__in=EFFECT.final):
        # A worker may claim it, or put it back, in between; it is void all the same.
        while effect.state not in EFFECT.final and not EFFECT.compare_and_set(
            effect, to=EffectState.VOID, lease_until=None, lease_token=None, ended_at=at
        ):
            effect.refresh_from_db()
