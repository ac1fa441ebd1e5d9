"""A message that went out and came back: a colleague calls instead, once.

A mail provider tells it (`machine_views`), so does the report of a text message, or somebody who
reads the mailbox (`manage.py bounced`).
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction
from django.utils import timezone

from clinic.audit.recording import DISPATCHER, about
from clinic.clock import URGENT_WITHIN_HOURS, add_business_time
from clinic.lifecycle import NotMoved
from clinic.outbox.calls import call_about
from clinic.outbox.codes import MessageChannel, MessageState
from clinic.outbox.mail import EFFECT
from clinic.outbox.messages import MESSAGE, owe_call_instead
from clinic.outbox.models import Message
from clinic.people.models import Person
from clinic.people.open_requests import open_references
from clinic.places import centre

BAD_ENDS: Final = frozenset(
    {EventType.BOUNCED, EventType.COMPLAINED, EventType.REJECTED, EventType.FAILED}
)
"""What a provider reports of a message that did not reach her, or that she did not want there."""


def effect_of(message_id: str) -> uuid.UUID | None:
    """The effect that a Message-ID of ours names; None for any other."""
    try:
        return uuid.UUID(message_id.strip().strip("<>").partition("@")[0])
    except ValueError:
        return None


def bounced(effect_id: uuid.UUID, *, at: datetime, channel: str = MessageChannel.EMAIL) -> bool:
    """Write down that it did not arrive and owe the call; False when nothing is new. Repeatable.

    A colleague's nudge only fails: what it was about stands in her list.
    """
    rows = Message.rows.select_related("effect", "person")
    message = rows.filter(effect=effect_id, channel=channel).first()
    if message is None:
        return False
    # Told twice, or given up by us at this very moment: whoever was first owes the call.
    with suppress(NotMoved), transaction.atomic():
        MESSAGE.move(message, to=MessageState.FAILED, by=DISPATCHER, at=at, verb="bounce")
        if message.person is not None:
            _owe_calls(message, message.person, at=at)
        return True
    return False


def _owe_calls(message: Message, person: Person, *, at: datetime) -> None:
    # Sooner than the promised hour may be: she has heard nothing from us since.
    due_at = add_business_time(at, URGENT_WITHIN_HOURS, centre.schedule())
    for about_kind, about_id in _requests_of(message, person):
        call = call_about(about_kind, about_id, due_at=due_at)
        if call is not None:
            owe_call_instead(call, person=person, effect_id=message.effect_id, at=at)


def _requests_of(message: Message, person: Person) -> list[tuple[str, uuid.UUID]]:
    effect = message.effect
    if (effect.about_kind, effect.about_id) != about(person):
        return [(effect.about_kind, effect.about_id)]
    # Her links were sent, which concern all that she has open.
    return [(one.about_kind, one.about_id) for one in open_references(person)]


def take_event(sender: object, event: AnymailTrackingEvent, **_: Any) -> None:
    """A mail provider reports on a message; receives anymail's `tracking` signal."""
    named = (event.metadata or {}).get(EFFECT) or event.message_id or ""
    effect_id = effect_of(str(named))
    if event.event_type in BAD_ENDS and effect_id is not None:
        bounced(effect_id, at=timezone.now())
