"""What the machine gave up on: colleagues are told, try it again, or settle it themselves."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clinic.audit.recording import Actor
from clinic.lifecycle import NotMoved
from clinic.outbox import messages
from clinic.outbox.codes import EffectState, MessageState, Resolution
from clinic.outbox.dispatch import EFFECT
from clinic.outbox.handlers import slow_kinds
from clinic.outbox.messages import MESSAGE
from clinic.outbox.models import Effect, Message
from clinic.outbox.wake import wake_later
from clinic.outbox.watch.alerts import page_for, recipient
from clinic.people.models import User

# A leased or pending effect has moves of its own; these two are for what was given up only.
_GIVEN_UP: Final = Q(state=EffectState.QUARANTINED)


def retry(effect: Effect, *, by: User, at: datetime) -> None:
    """Let the machine try again from the start; raises `NotMoved` when somebody was faster."""
    with transaction.atomic():
        EFFECT.move(
            effect,
            to=EffectState.PENDING,
            by=Actor.staff(by),
            at=at,
            verb="retry",
            where=_GIVEN_UP,
            values={"attempts": 0, "due_at": at, "ended_at": None},
        )
        wake_later(effect.pk, slow=effect.kind in slow_kinds())


def resolve(effect: Effect, *, resolution: Resolution, by: User, at: datetime) -> None:
    """A colleague has settled it in another way; raises `NotMoved` when somebody was faster.

    Without a known resolution nothing is settled: `ValueError`.
    """
    resolution = Resolution(resolution)
    with transaction.atomic():
        EFFECT.move(
            effect,
            to=EffectState.VOID,
            by=Actor.staff(by),
            at=at,
            verb="resolve",
            where=_GIVEN_UP,
            values={"resolution": resolution, "ended_at": at},
            codes={"resolution": resolution},
        )
        unsent = (MessageState.OWED, MessageState.SENDING)
        for message in Message.rows.filter(effect=effect, status__in=unsent):
            _close(message, by=by, at=at)


def _close(message: Message, *, by: User, at: datetime) -> None:
    """No message is left owing; one left in the middle of sending has failed as far as we know."""
    to = MessageState.VOID if message.status == MessageState.OWED else MessageState.FAILED
    # It may go out at this moment after all; then that is how it ended.
    with suppress(NotMoved):
        MESSAGE.move(message, to=to, by=Actor.staff(by), at=at, verb="resolve")


def alert(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """The handler: tell a colleague that something needs a person, unless it was settled before."""
    given_up = Effect.objects.filter(_GIVEN_UP, pk=about_id).first()
    if given_up is None:
        return
    if reader := recipient(Effect.objects.get(pk=effect_id), given_up=given_up):
        messages.tell_colleague(
            reader,
            subject="colleague_queue",
            effect_id=effect_id,
            values={"link": settings.SITE_URL + page_for(reader)},
            at=at,
        )
