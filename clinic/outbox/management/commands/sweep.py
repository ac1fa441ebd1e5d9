"""`manage.py sweep`: pay what is overdue, for ever. Needs neither Redis nor beat."""

from __future__ import annotations

import logging
import signal
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils import timezone

from clinic.outbox.patience import TookTooLong, patience
from clinic.outbox.sweep import BATCH, GRACE, sweep_once
from clinic.outbox.watch.rounds import Rounds

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 0.2
"""Seconds between looks at whether to stop."""


class Command(BaseCommand):
    """Sweep until told to stop; `--once` sweeps a single time."""

    help = "Pay what is owed and overdue."
    stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and stop")
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between sweeps")

    def handle(self, *, once: bool, interval: float, **_: Any) -> None:
        """Exit status 0 when stopped by a signal."""
        if once:
            sweep_once(at=timezone.now(), grace=timedelta(0))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        has_broker = bool(settings.REDIS_URL)
        rounds, grace = Rounds(has_broker=has_broker), GRACE if has_broker else timedelta(0)
        while not self.stopping:
            # A full batch: more is waiting.
            if self._sweep(rounds, grace) < BATCH:
                self._rest(interval)

    def _stop(self, *_: object) -> None:
        # Only a flag: a lock taken in a signal handler can wait for itself for ever.
        self.stopping = True

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(LOOK_EVERY)

    def _sweep(self, rounds: Rounds, grace: timedelta) -> int:
        def meanwhile(at: datetime) -> None:
            rounds.walk(at)
            count_anew()

        try:
            rounds.walk(timezone.now())
            with patience() as count_anew:
                return sweep_once(at=timezone.now(), grace=grace, meanwhile=meanwhile)
        except (Error, TookTooLong) as error:
            # The database may be away for a while; the rows in it will wait.
            log.warning("sweep failed: %s", type(error).__name__)
            connection.close()
            return 0
