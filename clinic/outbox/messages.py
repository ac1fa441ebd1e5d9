"""Telling somebody something: by e-mail in signed words, else by a colleague's call."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import DISPATCHER
from clinic.lifecycle import Workflow
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason, MessageState
from clinic.outbox.mail import compose
from clinic.outbox.models import Effect, Message
from clinic.people.models import Person, User
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
UNUSABLE: Final = (KeyError, IndexError, ValueError)
"""Words with a place nobody fills, or an address that is none: trying again mends neither."""
FALL_BACK: Final = "please_call"
"""The approved words when a message's own are not: "please call us"."""

MESSAGE: Final = Workflow(
    "message",
    moves={
        MessageState.OWED: frozenset({MessageState.SENDING, MessageState.VOID}),
        MessageState.SENDING: frozenset(
            {MessageState.SENDING, MessageState.SENT, MessageState.FAILED}
        ),
        MessageState.SENT: frozenset(),
        MessageState.FAILED: frozenset(),
        MessageState.VOID: frozenset(),
    },
)


def tell_person(
    person: Person,
    *,
    subject: str,
    effect_id: uuid.UUID,
    values: Mapping[str, str],
    call: Call,
    at: datetime,
) -> None:
    """Tell a patient or helper by e-mail, else owe the call. Safe to call twice.

    `subject` names the signed words. Never inside a transaction: mail servers can be slow.
    """
    version = _words(subject, person.language, at=at)
    if not person.email or version is None or not _may_mail(person, effect_id, at=at):
        owe_call(call, person=person, reason=CallReason.CONFIRM, at=at)
        return
    message = _row(effect_id, version, at=at, person=person)
    if not _send(message, version, to=person.email, values=values, at=at):
        owe_call(call, person=person, reason=CallReason.MESSAGE_FAILED, at=at)


def _may_mail(person: Person, effect_id: uuid.UUID, *, at: datetime) -> bool:
    """Not too many mails to one address: a stranger may type anybody's. A colleague calls instead.

    A try that is repeated is one mail.
    """
    if Message.rows.filter(effect_id=effect_id).exists():
        return True
    return allow("mail", person.email_index, limit=MAILS, window=MAIL_WINDOW, at=at)


def tell_colleague(
    user: User, *, subject: str, effect_id: uuid.UUID, values: Mapping[str, str], at: datetime
) -> None:
    """Nudge a colleague: something waits; what it is she reads after signing in."""
    # No fall-back: "please call us" is for patients, and the row is in her list anyway.
    version = best_version(TEXT_KIND.code, subject, SOURCE_LANGUAGE, at=at)
    if version is not None and user.is_active:
        message = _row(effect_id, version, at=at, user=user)
        _send(message, version, to=user.email, values=values, at=at)


def _words(subject: str, language: str, *, at: datetime) -> TextVersion | None:
    return best_version(TEXT_KIND.code, subject, language, at=at) or best_version(
        TEXT_KIND.code, FALL_BACK, language, at=at
    )


def _row(
    effect_id: uuid.UUID,
    version: TextVersion,
    *,
    at: datetime,
    person: Person | None = None,
    user: User | None = None,
) -> Message:
    message, _made = Message.rows.get_or_create(
        effect_id=effect_id,
        defaults={
            "person": person,
            "user": user,
            "text_kind": version.text.subject,
            "text_version": version,
            "created_at": at,
        },
    )
    return message


def _send(
    message: Message, version: TextVersion, *, to: str, values: Mapping[str, str], at: datetime
) -> bool:
    """True when it went out, now or earlier; False when it never will. Raises to try again."""
    if message.status in MESSAGE.final:
        return message.status != MessageState.FAILED
    # The words of this moment: those of an earlier try may have been taken down since.
    words = {"text_version": version, "text_kind": version.text.subject}
    MESSAGE.move(message, to=MessageState.SENDING, by=DISPATCHER, at=at, verb="send", values=words)
    try:
        compose(version, to=to, effect_id=message.effect_id, values=values).send()
    except (OSError, smtplib.SMTPException, *UNUSABLE) as error:
        if not _is_hopeless(error, message.effect_id):
            raise
        MESSAGE.move(message, to=MessageState.FAILED, by=DISPATCHER, at=at, verb="fail")
        return False
    sent_at = timezone.now()
    MESSAGE.move(
        message,
        to=MessageState.SENT,
        by=DISPATCHER,
        at=sent_at,
        verb="sent",
        values={"sent_at": sent_at},
    )
    return True


def _is_hopeless(error: Exception, effect_id: uuid.UUID) -> bool:
    """Refused for good, or tried often enough: a colleague calls instead."""
    if isinstance(error, UNUSABLE):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _text in error.recipients.values()
    ):
        return True
    return Effect.objects.get(pk=effect_id).is_exhausted
