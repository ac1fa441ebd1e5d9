"""What stays owed when she changes her mind: the call about urgent words, and nothing else.

"I no longer want an appointment" does not say that she can breathe again. She is called once, about
her safety and not about her request. NOT YET CONFIRMED BY A CLINICIAN: the centre's medical lead
decides whether such a call is made without her consent to be called, and what is said in it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from clinic.audit.recording import Actor
from clinic.outbox import calls, dispatch
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask, Effect
from clinic.people.urgency.alarms import URGENT


def void_all_but_urgent(*, about_kind: str, about_id: uuid.UUID, by: Actor, at: datetime) -> None:
    """Nothing else is owed about it any more. Call inside the transaction that decided it."""
    dispatch.void(about_kind=about_kind, about_id=about_id, at=at, sparing=(URGENT,))
    calls.void(about_kind=about_kind, about_id=about_id, by=by, at=at, sparing=(CallReason.URGENT,))


def still_owes_urgent_call(about_kind: str, about_id: uuid.UUID) -> bool:
    """Whether a colleague has yet to call about urgent words, also after the request has ended."""
    tasks = CallTask.rows.about(about_kind, about_id).open().filter(reason=CallReason.URGENT)
    owed = Effect.objects.about(about_kind, about_id).exclude(state__in=dispatch.EFFECT.final)
    return tasks.exists() or owed.filter(kind=URGENT).exists()
