"""The public epoch: raised by whatever a public page may show, and what is kept until it moves.

Holds one number for all processes, and each process's belief about it. Refuses to keep anything
that was read inside a transaction: what is seen there may be taken back.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import F

from clinic.signing.models import PublicEpoch

BELIEVED: Final = 0.25
"""Seconds for which a process believes what it read: a change is everywhere within a second."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """The epoch as this process knows it. What was read under another mark is stale."""

    number: int


_known: tuple[float, Mark] | None = None


def current() -> int:
    """The epoch now; 0 before anything was ever changed."""
    return PublicEpoch.objects.values_list("number", flat=True).filter(pk=1).first() or 0


def bump() -> None:
    """Make every cached public page stale; call inside the transaction of the change."""
    with transaction.atomic():
        PublicEpoch.objects.bulk_create([PublicEpoch(pk=1, number=0)], ignore_conflicts=True)
        PublicEpoch.objects.filter(pk=1).update(number=F("number") + 1)
        # Whoever made the change sees it in her next click; other processes follow.
        transaction.on_commit(forget)


def known() -> Mark | None:
    """The epoch as read at most a quarter of a second ago; None inside a transaction."""
    global _known  # noqa: PLW0603 - one belief a process, swapped whole
    if connection.in_atomic_block:
        return None
    # The clock is read first: a belief is as old as the question, not as the answer.
    asked, before = time.monotonic(), _known
    if before is not None and asked - before[0] < BELIEVED:
        return before[1]
    number = current()
    mark = before[1] if before is not None and before[1].number == number else Mark(number)
    _known = asked, mark
    return mark


def forget() -> None:
    """Let everything that this process keeps be stale."""
    global _known  # noqa: PLW0603
    _known = None


class Kept(Generic[Value]):
    """What this process has read or built, by name; shared by its threads, so never to be changed.

    The mark is asked for before anything is read, and given with what was read: a change between
    the two makes the value stale, never the reverse.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._values: dict[str, tuple[Mark, Value]] = {}
        self._turn = threading.Lock()

    def get(self, name: str, mark: Mark | None) -> Value | None:
        """What was kept under this mark, or None."""
        found = self._values.get(name)
        return found[1] if found is not None and found[0] is mark else None

    def put(self, name: str, mark: Mark | None, value: Value) -> None:
        """Keep it until the epoch moves; where there are too many, the one put first goes."""
        if mark is None:
            return
        with self._turn:
            self._values.pop(name, None)
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[name] = mark, value
