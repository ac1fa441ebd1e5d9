"""Claiming and paying owed effects: the worker's task and the sweeper both come through here."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from clinic.audit.recording import DISPATCHER
from clinic.lifecycle import Conflict, Workflow
from clinic.outbox import handlers
from clinic.outbox.codes import EffectState
from clinic.outbox.models import Effect
from clinic.outbox.stopwatch import Stopwatch
from clinic.outbox.watch import alerts

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=120)
"""Longer than the worker's hard time limit of 60 s, so a lease never ends under a live handler."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
COMPANY: Final = 20
"""How many more of a kind are paid in one transaction: SQLite's one writer holds all others up."""

EFFECT: Final = Workflow(
    "effect",
    column="state",
    moves={
        EffectState.PENDING: frozenset({EffectState.LEASED, EffectState.DONE, EffectState.VOID}),
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
    Compared, too, the count is the table's: nobody has to read the row again.
    """
    token = uuid.uuid4()
    runnable = Q(state=EffectState.PENDING, due_at__lte=at) | Q(
        state=EffectState.LEASED, lease_until__lt=at
    )
    won = EFFECT.compare_and_set(
        effect,
        to=EffectState.LEASED,
        where=runnable & Q(attempts=effect.attempts),
        lease_token=token,
        lease_until=at + LEASE,
        attempts=effect.attempts + 1,
    )
    return token if won else None


def _nothing_more(_effect: Effect) -> None:
    """What most callers do after a try."""


def dispatch(
    effect_id: uuid.UUID, *, at: datetime, then: Callable[[Effect], None] = _nothing_more
) -> bool:
    """Claim and pay one effect; False when there was nothing to do or it has to be tried again.

    `then` is called with the effect when this call has tried to pay it.
    """
    effect = Effect.objects.filter(pk=effect_id, kind__in=handlers.known_kinds()).first()
    if effect is None or effect.state not in (EffectState.PENDING, EffectState.LEASED):
        return False
    if effect.state == EffectState.LEASED and effect.is_exhausted:
        # Its last try ended with its worker, so nobody put it back: without this it would go on
        # taking a worker down with every lease.
        _give_up(effect, held=Q(lease_until__lt=at), error="WorkerLost", at=at)
        return False
    token = claim(effect, at=at)
    if token is None:
        return False
    is_paid = _pay(effect, held=Q(lease_token=token), at=at)
    then(effect)
    return is_paid


def _pay(effect: Effect, *, held: Q, at: datetime) -> bool:
    """Run the handler and end the lease; False when it has to be tried again."""
    watch = Stopwatch(at)
    pay = _pay_together if handlers.go_together(effect.kind) else _pay_alone
    try:
        pay(effect, held=held, watch=watch)
    except handlers.PutOff as later:
        _put_off(effect, held=held, until=later.until)
        return False
    except handlers.GiveUp as hopeless:
        _give_up(effect, held=held, error=type(hopeless).__name__, at=watch.now())
        return False
    except Exception as error:  # noqa: BLE001 - any failure must come back as a later try.
        _put_back(effect, held=held, error=error, at=watch.now())
        return False
    return True


def _pay_alone(effect: Effect, *, held: Q, watch: Stopwatch) -> None:
    handlers.run(effect.kind, effect_id=effect.pk, about_id=effect.about_id, at=watch.started_at)
    _end_lease(effect, to=EffectState.DONE, held=held, last_error="", ended_at=watch.now())


def _pay_together(effect: Effect, *, held: Q, watch: Stopwatch) -> None:
    """The same with others of its kind that wait, in one transaction.

    What they are about is locked before they are, as by whoever makes them void: nobody waits in a
    circle. One that is claimed meanwhile is left to who claimed it, and finds nothing to do.
    """
    at = watch.started_at
    with transaction.atomic():
        company = _company(effect, at=at)
        settled = handlers.run(
            effect.kind,
            effect_id=effect.pk,
            about_id=effect.about_id,
            at=at,
            company=list(company.values()),
        )
        paid = Effect.objects.filter(pk__in=[pk for pk in company if company[pk] in settled])
        values = {"attempts": 1, "ended_at": watch.now()}
        EFFECT.set_all(paid, before=EffectState.PENDING, to=EffectState.DONE, **values)
    _end_lease(effect, to=EffectState.DONE, held=held, last_error="", ended_at=watch.now())


def _company(effect: Effect, *, at: datetime) -> dict[uuid.UUID, uuid.UUID]:
    """Who else waits for the same and was never tried, each with what it is about.

    Nobody once this one has failed: what takes its worker down must not take others along.
    """
    if effect.attempts > 1:
        return {}
    waiting = Effect.objects.filter(kind=effect.kind, state=EffectState.PENDING, due_at__lte=at)
    others = waiting.filter(attempts=0).order_by("due_at", "id")
    return dict(others.values_list("pk", "about_id")[:COMPANY])


def _end_lease(effect: Effect, *, to: str, held: Q, **values: object) -> bool:
    """False when the lease is another's by now: a handler that outlived its own changes nothing."""
    return EFFECT.compare_and_set(
        effect, to=to, where=held, lease_until=None, lease_token=None, **values
    )


def _put_off(effect: Effect, *, held: Q, until: datetime) -> None:
    # Whoever waits for the morning must not have used up her tries by then.
    tries = effect.attempts - 1
    _end_lease(effect, to=EffectState.PENDING, held=held, due_at=until, attempts=tries)


def _put_back(effect: Effect, *, held: Q, error: Exception, at: datetime) -> None:
    """Try again later, or hand over to people after the last try."""
    name = type(error).__name__
    log.warning("effect %s %s attempt %s: %s", effect.pk, effect.kind, effect.attempts, name)
    if effect.is_exhausted:
        _give_up(effect, held=held, error=name, at=at)
        return
    wait = min(FIRST_WAIT * 2 ** (effect.attempts - 1), LONGEST_WAIT)
    _end_lease(effect, to=EffectState.PENDING, held=held, last_error=name, due_at=at + wait)


def _give_up(effect: Effect, *, held: Q, error: str, at: datetime) -> None:
    """Into quarantine, where people see it, and word to those who look after it."""
    values = {"lease_until": None, "lease_token": None, "last_error": error, "ended_at": at}
    # Somebody else may have it by now, or it may be void.
    with suppress(Conflict):
        EFFECT.move(
            effect,
            to=EffectState.QUARANTINED,
            by=DISPATCHER,
            at=at,
            verb="quarantine",
            where=held,
            values=values,
            codes={"error": error},
            owing=alerts.owed_about(effect),
        )


def void(
    *, about_kind: str, about_id: uuid.UUID, at: datetime, sparing: Collection[str] = ()
) -> None:
    """Nothing more is owed about this object but the kinds that are spared.

    Call inside the transaction that decided it.
    """
    owed = Effect.objects.about(about_kind, about_id).exclude(kind__in=sparing)
    for effect in owed.exclude(state__in=EFFECT.final):
        # A worker may claim it, or put it back, in between; it is void all the same.
        while effect.state not in EFFECT.final and not EFFECT.compare_and_set(
            effect, to=EffectState.VOID, lease_until=None, lease_token=None, ended_at=at
        ):
            effect.refresh_from_db()
