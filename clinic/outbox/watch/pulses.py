"""Signs of life: who wrote one when, and how long each has been silent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from clinic.outbox.codes import Pulse
from clinic.outbox.models import Heartbeat

log = logging.getLogger(__name__)

WORKER_BEATS: Final = 10.0
"""Seconds between two beats of a worker's process."""


def beat(pulse: Pulse, *, at: datetime) -> None:
    """Write one sign of life; one statement, so that two processes never trip over each other."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=pulse, beat_at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def ages(*, at: datetime) -> Mapping[Pulse, timedelta | None]:
    """How long ago each was last alive; None for never."""
    beaten = dict(Heartbeat.objects.values_list("name", "beat_at"))
    # A clock that was set back leaves a beat in the future behind; that is no age.
    return {
        pulse: max(at - beaten[pulse], timedelta(0)) if pulse in beaten else None for pulse in Pulse
    }


def keep_beating(pulse: Pulse, *, until: threading.Event, every: float = WORKER_BEATS) -> None:
    """Beat every few seconds until told to stop; a database that is away is asked again later."""
    while not until.wait(every):
        try:
            _beat_alone(pulse)
        except Exception as error:  # noqa: BLE001 - else one bad moment would be taken for death.
            log.warning("no beat of the %s: %s", pulse, type(error).__name__)


def _beat_alone(pulse: Pulse) -> None:
    try:
        beat(pulse, at=timezone.now())
    finally:
        # Nothing stays open between two beats: the pool is small.
        connection.close()
