"""The hint to the worker: "look at this row". Losing it costs seconds, never a patient.

Publishing happens after the commit on connections of its own with one-second limits, and never
raises: the caller has a patient waiting for her answer. After a failure nobody tries for a while.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db import transaction
from kombu import Connection

from clinic.celery import app

log = logging.getLogger(__name__)

PUBLISH_SECONDS: Final = 1
PAUSE_SECONDS: Final = 10.0
TASK: Final = "clinic.outbox.look"
LAST: Final = 9
"""kombu's Redis gives out 0 first and 9 last."""


class _Breaker:
    """After a failure, nobody tries for a while; then one thread finds out for all."""

    def __init__(self) -> None:
        self._failed = False
        self._pause_until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Whether to try now; every True must be followed by `leave`."""
        now = time.monotonic()
        with self._lock:
            if not self._failed:
                return True
            if now < self._pause_until:
                return False
            # This thread finds out; the others go on pausing until it has.
            self._pause_until = now + PAUSE_SECONDS
            return True

    def leave(self, *, failed: bool) -> None:
        """Say how it went."""
        with self._lock:
            self._failed = failed
            self._pause_until = time.monotonic() + PAUSE_SECONDS


_breaker = _Breaker()


class _Line(threading.local):
    """This thread's connection, kept open: opening one costs as much as ten messages.

    One that the broker has closed meanwhile is opened again unseen; one that fails is dropped.
    """

    url = ""
    kept: Connection | None = None

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """The one kept, or a new one when there is none to the broker of the settings."""
        try:
            if self.kept is None or self.url != settings.REDIS_URL:
                self._drop()
                self.url, self.kept = settings.REDIS_URL, _connection(settings.REDIS_URL)
            yield self.kept
        except Exception:
            self._drop()
            raise

    def _drop(self) -> None:
        kept, self.kept = self.kept, None
        if kept is not None:
            kept.release()


_line = _Line()


def _connection(url: str) -> Connection:
    return Connection(
        url,
        transport_options={
            "socket_timeout": PUBLISH_SECONDS,
            "socket_connect_timeout": PUBLISH_SECONDS,
            "max_retries": 0,
        },
    )


def publish(effect_id: uuid.UUID, *, slow: bool = False) -> bool:
    """Tell a worker about one row; True if the broker took it. Never raises, never waits long.

    A `slow` one is given out after all others: no referral waits behind a crowd's mail.
    """
    if not settings.REDIS_URL or not _breaker.enter():
        return False
    failed = True
    try:
        with _line.open() as connection:
            app.send_task(
                TASK,
                kwargs={"effect_id": str(effect_id)},
                priority=LAST if slow else 0,
                connection=connection,
                retry=False,
                ignore_result=True,
            )
        failed = False
    except Exception as error:  # noqa: BLE001 - the row is committed; nothing here may show.
        log.warning("broker not reached: %s", type(error).__name__)
    finally:
        _breaker.leave(failed=failed)
    return not failed


def wake_later(effect_id: uuid.UUID, *, slow: bool = False) -> None:
    """Publish once the current transaction is committed, and not at all if it is not."""

    # A function, not a partial: Django names what failed, and a partial has no name. The error it
    # raises over that would reach the patient, whose request is saved.
    def wake() -> None:
        publish(effect_id, slow=slow)

    transaction.on_commit(wake, robust=True)
