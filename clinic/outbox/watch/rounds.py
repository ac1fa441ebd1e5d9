"""What the sweeper does beside sweeping, each at its own pace, and never in the way of a sweep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import Error, connection

from clinic.outbox.codes import Pulse
from clinic.outbox.watch import canary, housekeeping, pulses

log = logging.getLogger(__name__)

BEATS: Final = timedelta(seconds=5)
TIDIES: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Round:
    """One thing to be done every so often."""

    every: timedelta
    work: Callable[[datetime], None]
    last: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        """Also when the clock was set back: it would else be silent until it has caught up."""
        return self.last is None or not self.last <= at < self.last + self.every


def _beat(at: datetime) -> None:
    pulses.beat(Pulse.SWEEPER, at=at)


def _release(at: datetime) -> None:
    canary.release(at=at)


class Rounds:
    """The rounds of one sweeper; a canary only where there is a broker to carry it."""

    def __init__(self, *, has_broker: bool) -> None:
        self._rounds = [Round(BEATS, _beat), Round(TIDIES, housekeeping.tidy)]
        if has_broker:
            self._rounds.append(Round(canary.EVERY, _release))

    def walk(self, at: datetime) -> None:
        """Do what is due; a database that is away is met by the sweep itself, too."""
        for one in self._rounds:
            if one.is_due(at):
                # Noted first: what fails waits its time like all else.
                one.last = at
                self._do(one, at)

    def _do(self, one: Round, at: datetime) -> None:
        try:
            one.work(at)
        except Exception as error:  # noqa: BLE001 - the sweep goes on, whatever happens here.
            log.warning("a round of the sweeper failed: %s", type(error).__name__)
            if isinstance(error, Error):
                connection.close()
