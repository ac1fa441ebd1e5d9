"""The worker's door: a message names a row, the dispatcher looks at it."""

from __future__ import annotations

import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from clinic.outbox.dispatch import dispatch
from clinic.outbox.wake import TASK


@shared_task(name=TASK, ignore_result=True)
def look(*, effect_id: str, **_: Any) -> None:
    """Pay one owed effect, if it is still owed."""
    dispatch(uuid.UUID(effect_id), at=timezone.now())
