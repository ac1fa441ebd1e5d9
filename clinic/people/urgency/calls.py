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
    """Owe the call to whoever looks after the request, else to the first of its team."""
    effect = Effect.objects.get(pk=effect_id)
    # From when she wrote: a queue that was late must not put the call off.
    due_at = due_at_once(effect.created_at, centre.schedule())
    owed = call_about(effect.about_kind, about_id, due_at=due_at)
    if owed is None:
        raise TryLater("nobody")
    key = str(effect_id)
    person = contact_person(owed.about.person)
    with transaction.atomic():
        owe_call(owed, person=person, reason=CallReason.URGENT, at=at, key=key)
        # None where the request has ended meanwhile.
        if task := CallTask.rows.about(effect.about_kind, about_id).filter(key=key).first():
            owe(Owed(NUDGE, task), at=at)


def nudge(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the colleague that something waits, unless the call was made."""
    task = CallTask.rows.select_related("assigned_to").get(pk=about_id)
    if task.status == CallState.OPEN:
        receipts.nudge(task.assigned_to, effect_id=effect_id, at=at)
