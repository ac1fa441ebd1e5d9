"""Which function pays which kind of effect. Rooms and wings register theirs at start."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Handler = Callable[..., Any]
"""Called with `effect_id`, `about_id` and `at` as keywords, outside any transaction.

It must be safe to call twice; it raises to be tried again later. That of a kind whose effects go
together is called with `about_ids` and `at`, inside a transaction: it must not leave the database,
and it returns the ids that are settled.
"""

_HANDLERS: Final[dict[str, Handler]] = {}
_SLOW: Final[set[str]] = set()
_TOGETHER: Final[set[str]] = set()
_WORDS: Final[dict[str, StrOrPromise]] = {}


class TryLater(Exception):
    """The handler cannot do it now; nothing is wrong with the row."""


class GiveUp(Exception):
    """No further try will do it: a person must look at it now."""


class PutOff(Exception):
    """It must not be done before an instant, such as the end of the night; this was no try."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%Y-%m-%dT%H:%M%z}")
        self.until = until


def register(
    kind: str,
    handler: Handler,
    *,
    slow: bool = False,
    together: bool = False,
    words: StrOrPromise = "",
) -> None:
    """Name the function for a kind; a kind is a stable string that outlives any code path.

    `slow` kinds wait for other machines: the sweeper pays them after all others. Of kinds that go
    `together` a crowd costs little more than one. `words` tell colleagues what it is that waits.
    """
    if _HANDLERS.setdefault(kind, handler) is not handler:
        raise ValueError(f"The effect kind {kind} is registered twice.")
    if slow:
        _SLOW.add(kind)
    if together:
        _TOGETHER.add(kind)
    if words:
        _WORDS[kind] = words


def in_words(kind: str) -> str:
    """A kind as colleagues read it; its code where nobody gave words."""
    return str(_WORDS.get(kind, kind))


def slow_kinds() -> tuple[str, ...]:
    """The kinds whose payment may take seconds."""
    return tuple(_SLOW)


def known_kinds() -> tuple[str, ...]:
    """The kinds this process can pay; others stay pending for a process that knows them."""
    return tuple(_HANDLERS)


def go_together(kind: str) -> bool:
    """Whether many effects of the kind are paid in one transaction."""
    return kind in _TOGETHER


def run(
    kind: str,
    *,
    effect_id: uuid.UUID,
    about_id: uuid.UUID,
    at: datetime,
    company: Sequence[uuid.UUID] = (),
) -> Collection[uuid.UUID]:
    """Pay one effect; which it was about, and those of its `company` that are settled with it."""
    if not go_together(kind):
        _HANDLERS[kind](effect_id=effect_id, about_id=about_id, at=at)
        return (about_id,)
    settled: Collection[uuid.UUID] = _HANDLERS[kind](about_ids=[about_id, *company], at=at)
    if about_id not in settled:
        raise TryLater("nobody")
    return settled
