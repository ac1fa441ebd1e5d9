"""Letting a colleague choose a password: an invitation, or a link because she forgot hers.

The link's token is made when the mail is written and stored nowhere; it ends with the first
password chosen through it. Refuses to send: the outbox does.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from clinic.audit.recording import VISITOR, Actor, record
from clinic.outbox import messages
from clinic.outbox.codes import MessageState
from clinic.outbox.handlers import GiveUp, TryLater
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect, Message
from clinic.people.colleagues import accounts
from clinic.people.models import User
from clinic.people.throttle import allow
from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import best_version

INVITE: Final = "people.invite"
RESET: Final = "people.reset"
MOVED: Final = "people.moved"
SUBJECTS: Final = {
    INVITE: "colleague_invite",
    RESET: "colleague_reset",
    MOVED: "colleague_moved",
}
"""The signed words of each mail about an account."""
RESETS: Final = {"account": 3, "address": 20}
"""Mails within `RESET_WINDOW` for one account, and asked for from one address."""
RESET_WINDOW: Final = timedelta(hours=1)
TOKENS: Final = PasswordResetTokenGenerator()


def invitation(user: User, *, key: str) -> Owed:
    """The mail that invites her; one for each `key`."""
    return Owed(INVITE, user, key=key)


def invite(user: User, *, key: uuid.UUID, by: User, at: datetime) -> None:
    """Invite her to choose a password; the same button pressed twice is one mail.

    Raises `HasLeft`.
    """
    with transaction.atomic():
        accounts.keep(user.pk)
        _owe_once(invitation(user, key=str(key)), verb="invite", by=Actor.staff(by), at=at)


def _owe_once(mail: Owed, *, verb: str, by: Actor, at: datetime) -> None:
    # The account is locked, so the second press finds the first one's row.
    rows = Effect.objects.filter(kind=mail.kind, about_id=mail.about.pk)
    if not rows.filter(key__endswith=f":{mail.key}").exists():
        record(verb, about=mail.about, by=by, at=at)
        owe(mail, at=at)


def ask_reset(email: str, *, key: uuid.UUID, address: str, at: datetime) -> None:
    """Owe a link to whoever has this e-mail and an active account; to others nothing.

    Counted for the account and for the visitor's address, known or not, in one transaction: the
    answer takes as long either way.
    """
    keys = {"account": email.lower(), "address": address}
    with transaction.atomic():
        # A list: both count, whatever the first says.
        allowed = [
            allow(f"reset.{name}", value, limit=RESETS[name], window=RESET_WINDOW, at=at)
            for name, value in keys.items()
        ]
        rows = User.objects.get_queryset().select_for_update(no_key=True)
        user = rows.filter(email=email.lower(), is_active=True).first()
        if user is not None and all(allowed):
            mail = Owed(RESET, user, key=str(key))
            _owe_once(mail, verb="ask_reset", by=VISITOR, at=at)


def send_invitation(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Mail the link to a new colleague, unless she has chosen a password meanwhile."""
    user = User.objects.get(pk=about_id)
    if not user.has_usable_password():
        _send(user, INVITE, effect_id=effect_id, at=at)


def send_reset(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Mail the link to who asked for it."""
    _send(User.objects.get(pk=about_id), RESET, effect_id=effect_id, at=at)


def _send(user: User, kind: str, *, effect_id: uuid.UUID, at: datetime) -> None:
    if not user.is_active:
        return
    if not has_words(kind, at=at):
        # There is no other way in: it waits for the words, in the sight of who looks after these.
        raise TryLater("no words")
    link = address_for(user)
    subject, values = SUBJECTS[kind], {"link": link}
    if not messages.tell_colleague(
        user, subject=subject, effect_id=effect_id, values=values, at=at
    ):
        # Nobody would notice: who waits for it has no other way in.
        raise GiveUp("not delivered")


def has_words(kind: str, *, at: datetime) -> bool:
    """Whether the mail has words that are approved now."""
    kind_of_text = messages.TEXT_KIND.code
    return best_version(kind_of_text, SUBJECTS[kind], SOURCE_LANGUAGE, at=at) is not None


def came_back_at(user: User) -> datetime | None:
    """When her newest invitation was written, if it did not reach her; else None."""
    sent = Message.rows.filter(user=user, effect__kind=INVITE)
    newest = sent.order_by("created_at", "id").last()
    if newest is None or newest.status != MessageState.FAILED or user.has_usable_password():
        return None
    return newest.created_at


def address_for(user: User) -> str:
    """The full address of the page on which she chooses a password."""
    account = urlsafe_base64_encode(user.pk.bytes)
    path = reverse("staff:welcome", args=[account, TOKENS.make_token(user)])
    return settings.SITE_URL + path


def account_of(account: str, token: str) -> User | None:
    """The active colleague of a link that still works."""
    try:
        key = uuid.UUID(bytes=urlsafe_base64_decode(account))
    except ValueError:
        return None
    user = User.objects.get_queryset().filter(pk=key, is_active=True).first()
    return user if user is not None and TOKENS.check_token(user, token) else None


def choose_password(user: User, password: str, *, at: datetime) -> bool:
    """Set it, if it is still the one she had when she was loaded; False when somebody was faster.

    Ends her other sessions, whose hash holds the old one.
    """
    sealed = make_password(password)
    rows = User.objects.get_queryset().filter(pk=user.pk, is_active=True, password=user.password)
    with transaction.atomic():
        if not rows.update(password=sealed):
            return False
        record("choose_password", about=user, by=Actor.staff(user), at=at)
    user.password = sealed
    return True
