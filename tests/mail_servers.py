"""Mail servers that misbehave: each is a value for `EMAIL_BACKEND`.

They stand where the network begins, so that everything before it is the real thing.
"""

from __future__ import annotations

import smtplib

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Inbox


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
