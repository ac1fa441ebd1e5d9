"""What time it is after some work, counted on from the instant a caller gave."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Stopwatch:
    """Starts at an instant; a clock that is set anew meanwhile does not move it."""

    def __init__(self, at: datetime) -> None:
        self.started_at = at
        self._started = time.monotonic()

    def now(self) -> datetime:
        """The instant it was started with, and what has passed since."""
        return self.started_at + timedelta(seconds=time.monotonic() - self._started)
