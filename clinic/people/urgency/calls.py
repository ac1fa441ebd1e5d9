"""Paying what urgent words owe: a call within the half hour, and a nudge to who makes it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from clinic.clock import due_at_once
from clinic.outbox import receipts
from clinic.outbox.calls import call_about, owe_call
from clinic.outbox.codes import CallReason, CallState
from clinic.outbox.handlers import TryLater
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import CallTask, Effect
from clinic.people.intake import contact_person
from clinic.people.urgency.alarms import NUDGE
from clinic.places import centre


def call(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Owe the call to whoever looks after the request, else to one of its team.

    While a call is owed for the same reason, it is that one; once it was made, it is another.
    """
    effect = Effect.objects.get(pk=effect_id)
    # From when she wrote: a queue that was late must not put the call off.
    due_at = due_at_once(effect.created_at, centre.schedule())
    owed = call_about(effect.about_kind, about_id, due_at=due_at)
    if owed is None:
        raise TryLater("nobody")
    key = str(effect_id)
    person = contact_person(owed.about.person)
    if _is_owed_for_another(effect):
        return
    with transaction.atomic():
        # Also where the request has ended, or a colleague closes it at this moment: one call too
        # many harms nobody.
        owe_call(owed, person=person, reason=CallReason.URGENT, at=at, key=key)
        task = CallTask.rows.about(effect.about_kind, about_id).get(key=key)
        owe(Owed(NUDGE, task), at=at)


def _is_owed_for_another(effect: Effect) -> bool:
    tasks = CallTask.rows.about(effect.about_kind, effect.about_id).open()
    return tasks.filter(reason=CallReason.URGENT).exclude(key=str(effect.pk)).exists()


def nudge(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the colleague that something waits, unless the call was made."""
    task = CallTask.rows.select_related("assigned_to").get(pk=about_id)
    if task.status == CallState.OPEN:
        receipts.nudge(task.assigned_to, effect_id=effect_id, at=at)
