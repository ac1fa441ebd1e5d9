"""Telling somebody something: by e-mail in signed words, else by a colleague's call."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import DISPATCHER
from clinic.lifecycle import Workflow
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason, MessageChannel, MessageState
from clinic.outbox.mail import send
from clinic.outbox.models import Message
from clinic.outbox.refusals import TROUBLE, is_for_good
from clinic.people.models import Person, User
from clinic.people.models.findable import email_key
from clinic.people.throttle import allow
from clinic.signing.kinds import PRIVACY, SOURCE_LANGUAGE, TextKind
from clinic.signing.live import best_version
from clinic.signing.models import TextVersion

TEXT_KIND: Final = TextKind(
    "message",
    _("Message"),
    (PRIVACY,),
    subject_help=_("the code of the message, as in “request_received”"),
    shape={"subject": "", "lines": [""]},
    placeholders=frozenset({"caller", "due", "reference", "link", "phone", "centre"}),
)
MAILS: Final = 5
MAIL_WINDOW: Final = timedelta(hours=1)
FALL_BACK: Final = "please_call"
"""The approved words when a message's own are not: "please call us"."""

MESSAGE: Final = Workflow(
    "message",
    moves={
        MessageState.OWED: frozenset({MessageState.SENDING, MessageState.VOID}),
        MessageState.SENDING: frozenset(
            {MessageState.SENDING, MessageState.SENT, MessageState.FAILED}
        ),
        # It went out, and came back.
        MessageState.SENT: frozenset({MessageState.FAILED}),
        MessageState.FAILED: frozenset(),
        MessageState.VOID: frozenset(),
    },
)
SETTLED: Final = frozenset({MessageState.SENT, MessageState.FAILED, MessageState.VOID})
"""States of a message that is not sent again."""


def tell_person(
    person: Person,
    *,
    subject: str,
    effect_id: uuid.UUID,
    values: Mapping[str, str],
    call: Call,
    at: datetime,
    reason: CallReason = CallReason.CONFIRM,
    is_texted: bool = False,
) -> None:
    """Tell a patient or helper by e-mail, else owe the call. Safe to call twice.

    `subject` names the signed words, `reason` why somebody calls instead; with `is_texted` a text
    message tells her, too, and no mail is no reason to call. Never inside a transaction: mail
    servers can be slow.
    """
    version = words_for(TEXT_KIND, subject, person.language, at=at)
    if not person.email or version is None or not _may_mail(person, effect_id, at=at):
        if not is_texted:
            owe_call(call, person=person, reason=reason, at=at)
        return
    message = begin(effect_id, version, at=at, person=person)
    filled = said_in(version, values)
    carry = partial(send, version, to=person.email, effect_id=effect_id, values=filled)
    if not deliver(message, carry, at=at):
        owe_call_instead(call, person=person, effect_id=effect_id, at=at)


def owe_call_instead(call: Call, *, person: Person, effect_id: uuid.UUID, at: datetime) -> None:
    """A message did not reach her: the same one, however often it fails, is one call."""
    reason = CallReason.MESSAGE_FAILED
    owe_call(call, person=person, reason=reason, at=at, key=str(effect_id))


def _may_mail(person: Person, effect_id: uuid.UUID, *, at: datetime) -> bool:
    """Not too many mails to one address: a stranger may type anybody's. A colleague calls instead.

    A try that is repeated is one mail.
    """
    if Message.rows.filter(effect_id=effect_id, channel=MessageChannel.EMAIL).exists():
        return True
    return allow("mail", email_key(person.email), limit=MAILS, window=MAIL_WINDOW, at=at)


def tell_colleague(
    user: User,
    *,
    subject: str,
    effect_id: uuid.UUID,
    values: Mapping[str, str],
    at: datetime,
    to: str = "",
) -> bool:
    """Nudge a colleague: something waits; what it is she reads after signing in.

    Whether it went out: what stands in her list anyway may fail, a link must not. `to` is an
    address that her account had before.
    """
    # No fall-back: "please call us" is for patients.
    version = best_version(TEXT_KIND.code, subject, SOURCE_LANGUAGE, at=at)
    if version is None or not user.is_active:
        return False
    message = begin(effect_id, version, at=at, user=user)
    carry = partial(send, version, to=to or user.email, effect_id=effect_id, values=values)
    return deliver(message, carry, at=at)


def words_for(kind: TextKind, subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The live words of a message, else those of "please call us", else None."""
    return best_version(kind.code, subject, language, at=at) or best_version(
        kind.code, FALL_BACK, language, at=at
    )


def said_in(version: TextVersion, values: Mapping[str, str]) -> dict[str, str]:
    """What fills the places of signed words, in their language: dates, and the pages behind links.

    Whoever sends stands in no page, so that no language is active but English.
    """
    with translation.override(version.text.language):
        return {name: str(value) for name, value in values.items()}


def begin(
    effect_id: uuid.UUID,
    version: TextVersion,
    *,
    at: datetime,
    person: Person | None = None,
    user: User | None = None,
    channel: str = MessageChannel.EMAIL,
) -> Message:
    """The one message of an effect by one channel, about to be sent unless it is settled."""
    # The words of this moment: those of an earlier try may have been taken down since.
    words = {"text_version": version, "text_kind": version.text.subject}
    sending = MessageState.SENDING
    with transaction.atomic():
        message, _made = Message.rows.get_or_create(
            effect_id=effect_id,
            channel=channel,
            defaults={"person": person, "user": user, "created_at": at, **words},
        )
        if message.status not in SETTLED:
            MESSAGE.move(message, to=sending, by=DISPATCHER, at=at, verb="send", values=words)
    return message


def deliver(message: Message, carry: Callable[[], object], *, at: datetime) -> bool:
    """True when it went out, now or earlier; False when it never will. Raises to try again.

    `message` has been begun; `carry` hands it to whoever carries it; outside any transaction.
    """
    if message.status in SETTLED:
        return message.status != MessageState.FAILED
    try:
        carry()
    except TROUBLE as error:
        # Tried often enough, or refused for good: a colleague calls instead.
        if not is_for_good(error) and not message.effect.is_exhausted:
            raise
        MESSAGE.move(message, to=MessageState.FAILED, by=DISPATCHER, at=at, verb="fail")
        return False
    _sent(message, at=timezone.now())
    return True


def _sent(message: Message, *, at: datetime) -> None:
    values = {"sent_at": at}
    MESSAGE.move(message, to=MessageState.SENT, by=DISPATCHER, at=at, verb="sent", values=values)
