"""The worker's door: a message names a row, the dispatcher looks at it."""

from __future__ import annotations

import threading
import uuid
from typing import Any, Final

from celery import shared_task
from celery.signals import worker_process_init, worker_process_shutdown
from django.db import close_old_connections, connection
from django.utils import timezone

from clinic.outbox.codes import EffectState, Pulse
from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import Effect
from clinic.outbox.wake import TASK
from clinic.outbox.watch import canary, pulses

_ended: Final = threading.Event()


@shared_task(name=TASK, ignore_result=True)
def look(*, effect_id: str, **_: Any) -> None:
    """Pay one owed effect, if it is still owed."""
    # As before each request: what the server has closed meanwhile is opened again.
    close_old_connections()
    try:
        dispatch(uuid.UUID(effect_id), at=timezone.now(), then=_after_a_try)
    except BaseException:
        connection.close()
        raise


def _after_a_try(effect: Effect) -> None:
    canary.note(effect)
    if effect.state != EffectState.DONE:
        # Whoever was interrupted may have left it in the middle of something.
        connection.close()


@worker_process_init.connect
def _begin_to_beat(**_: Any) -> None:
    """Each process of the pool says that it lives.

    Not their parent: it forks, and a fork beside a thread that holds the database's locks leaves a
    child that waits for them for ever.
    """
    threading.Thread(
        target=pulses.keep_beating,
        args=(Pulse.WORKER,),
        kwargs={"until": _ended},
        name="beat",
        daemon=True,
    ).start()


@worker_process_shutdown.connect
def _stop_beating(**_: Any) -> None:
    _ended.set()
