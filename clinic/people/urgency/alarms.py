"""Urgent words in what was saved: the request is marked and a call is owed, in one transaction.

Never in the way of saving. Refuses to keep which words they were: the text itself stands sealed
where it was typed, and nowhere else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from clinic.audit.recording import Actor, record
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.people.models.asking import PersonRequest
from clinic.people.urgency.finding import finds_urgent_words

URGENT: Final = "people.urgent"
NUDGE: Final = "people.urgent_nudge"
FRESH: Final = timedelta(hours=24)
"""How long the numbers to call stand on top of her page, and on that of colleagues."""
ROUTING: Final = timedelta(seconds=10)
"""A new request is first given to somebody: the call is hers, and not the first of the team's."""


def are_urgent(texts: Iterable[str]) -> bool:
    """Whether any text has urgent words."""
    return any(finds_urgent_words(text) for text in texts)


def mark_if_urgent(
    request: PersonRequest, texts: Iterable[str], *, key: str, by: Actor, at: datetime
) -> bool:
    """Mark the request and owe a call if any text has urgent words; whether one had.

    `key` names the occasion: the same one again is one call. Call it inside the transaction that
    saves the texts.
    """
    if not are_urgent(texts):
        return False
    # The first time is kept: what came later stands in the events.
    first = type(request)._default_manager.filter(pk=request.pk, urgent_words_at__isnull=True)
    if first.update(urgent_words_at=at):
        request.urgent_words_at = at
    record("urgent_words", about=request, by=by, at=at)
    is_new = request.created_at == at
    owe(Owed(URGENT, request, key=key, due_at=at + ROUTING if is_new else None), at=at)
    return True


def wrote_urgently(about_kind: str, about_id: uuid.UUID, *, at: datetime) -> bool:
    """Whether urgent words were saved about this request within the last day."""
    owed = Effect.objects.about(about_kind, about_id).filter(kind=URGENT)
    return owed.filter(created_at__gt=at - FRESH).exists()
