"""Mail servers that misbehave: each is a value for `EMAIL_BACKEND`.

They stand where the network begins, so that everything before it is the real thing.
"""

from __future__ import annotations

import smtplib

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Inbox

from tests.builders import NOON


class ProcessKilled(BaseException):
    """The end of a process, which no handler can catch."""


class RefusesForGood(BaseEmailBackend):
    """550: there is no such mailbox."""

    code = 550

    def send_messages(self, email_messages):
        (to,) = email_messages[0].to
        raise smtplib.SMTPRecipientsRefused({to: (self.code, b"not here")})


class RefusesForNow(RefusesForGood):
    """450: greylisting, or a mailbox that is full."""

    code = 450


class RefusesTheText(BaseEmailBackend):
    """554 after DATA: the address was fine, the message is not taken."""

    code = 554

    def send_messages(self, email_messages):
        raise smtplib.SMTPDataError(self.code, b"not this")


class HasNoRoom(RefusesTheText):
    """452 after DATA: come back later."""

    code = 452


class RefusesOurPassword(BaseEmailBackend):
    """535: the settings are wrong, and no address is to blame."""

    def send_messages(self, email_messages):
        raise smtplib.SMTPAuthenticationError(535, b"who are you")


class IsDown(BaseEmailBackend):
    """Nobody listens."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


class HangsUp(BaseEmailBackend):
    """The connection breaks in the middle."""

    def send_messages(self, email_messages):
        raise smtplib.SMTPServerDisconnected("gone")


class KillsAfterSending(Inbox):
    """The message is out, and the process dies before it can write that down."""

    def send_messages(self, email_messages):
        super().send_messages(email_messages)
        raise ProcessKilled


class BouncesAtOnce(Inbox):
    """The message is out, and its report is here before anybody could write down that it went."""

    def send_messages(self, email_messages):
        from clinic.outbox.bounces import bounced, effect_of

        (message,) = email_messages
        bounced(effect_of(message.extra_headers["Message-ID"]), at=NOON)
        return super().send_messages(email_messages)
