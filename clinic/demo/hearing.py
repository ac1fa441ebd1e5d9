"""Ends a worker that looks alive and no longer hears its queue; the supervisor starts it again.

Redis clients can be left on a connection that somebody between the two has forgotten. Holds the
rule when a worker is taken for deaf. Refuses to know how signs of life are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from clinic.demo.supervisor import Supervisor

ASK_EVERY: Final = 10.0
DEAF_AFTER: Final = 120.0
"""Seconds without a canary come through, and also what a fresh worker is given to hear one."""
SWEEPER_ALIVE: Final = 60.0
"""Without a sweeper nobody sends canaries: their silence then says nothing about the worker."""

Ages = Mapping[str, float | None]


def is_deaf(ages: Ages) -> bool:
    """Whether canaries are sent, and none has come through for too long."""
    sweeper, fast_path = ages.get("sweeper"), ages.get("fast_path")
    if sweeper is None or sweeper > SWEEPER_ALIVE:
        return False
    return fast_path is None or fast_path > DEAF_AFTER


class Hearing:
    """Looks after the hearing of the program `worker`; call `look` often, it asks seldom.

    `ages` gives seconds since each sign of life, empty if nobody knows; `broker_answers` whether
    there is anything to hear.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        ages: Callable[[], Ages],
        broker_answers: Callable[[], bool],
    ) -> None:
        self._supervisor = supervisor
        self._ages = ages
        self._broker_answers = broker_answers
        self._next = 0.0

    def look(self) -> None:
        """Restart a worker that has been deaf for too long."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + ASK_EVERY
        is_fresh = self._supervisor.seconds_up("worker") < DEAF_AFTER
        if not is_fresh and is_deaf(self._ages()) and self._broker_answers():
            self._supervisor.restart("worker", because="no longer hears its queue")
