"""Owing an effect: one row, in the transaction of its cause, and a hint to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from clinic.audit.recording import about as pair
from clinic.outbox.handlers import slow_kinds
from clinic.outbox.models import Effect
from clinic.outbox.wake import wake_later


@dataclass(frozen=True, slots=True)
class Owed:
    """An effect to be owed: a registered kind, what it is about, when it is due.

    `key` tells two effects of one kind about one object apart (a recipient, a round); `due_at`
    None means at once.
    """

    kind: str
    about: models.Model
    key: str = ""
    due_at: datetime | None = None


class NotInTransaction(Exception):
    """`owe` was called where its cause could be saved without it, or it without its cause."""


def owe(effect: Owed, *, at: datetime) -> None:
    """Write the effect beside its cause; owing the same thing twice is owing it once."""
    owe_all([effect], at=at)


def owe_all(effects: Sequence[Owed], *, at: datetime) -> None:
    """The same for all that one cause owes, in one statement."""
    if effects and not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(effects[0].kind)
    rows = {row.key: row for row in (_row(effect, at=at) for effect in effects)}
    Effect.objects.bulk_create(rows.values(), ignore_conflicts=True)
    for row in rows.values():
        if row.due_at <= at:
            wake_later(row.pk, slow=row.kind in slow_kinds())


def _row(effect: Owed, *, at: datetime) -> Effect:
    about_kind, about_id = pair(effect.about)
    return Effect(
        kind=effect.kind,
        about_kind=about_kind,
        about_id=about_id,
        key=f"{effect.kind}:{about_id}:{effect.key}",
        due_at=effect.due_at or at,
        created_at=at,
    )
