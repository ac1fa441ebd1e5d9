"""How long the sweeper bears with one effect: its net must not hang in what hung a worker."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LIMIT: Final = 60.0
"""Seconds; a worker's hard limit, and like it far below the lease."""


class TookTooLong(Exception):
    """A handler has not come back in time."""


def _ring(*_: object) -> None:
    raise TookTooLong


@contextmanager
def patience() -> Iterator[Callable[[], None]]:
    """Gives a function that starts counting anew; `TookTooLong` is raised when time is up.

    In the main thread only, which is where the sweeper works.
    """
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        yield _start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _start() -> None:
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
