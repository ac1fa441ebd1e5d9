"""The states of an effect, a message and a call task, and the effects that this room owes."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

TEXT_RECEIVED: Final = "outbox.text_received"
MAIL_LINKS: Final = "people.link_again"
CALL_ABOUT_LINKS: Final = "people.link_call"


class EffectState(models.TextChoices):
    """Life of one owed effect."""

    PENDING = "pending", _("pending")
    LEASED = "leased", _("being done")
    DONE = "done", _("done")
    QUARANTINED = "quarantined", _("needs a person")
    VOID = "void", _("no longer owed")


class MessageState(models.TextChoices):
    """Life of one message; `sending` left behind means that nobody knows whether it went out."""

    OWED = "owed", _("owed")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    VOID = "void", _("no longer owed")


class MessageChannel(models.TextChoices):
    """By what a message travels."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Resolution(models.TextChoices):
    """How a colleague settled what the machine gave up on."""

    CALLED = "called", _("I called the person")
    WROTE = "wrote", _("I sent a letter")
    NOT_NEEDED = "not_needed", _("It is no longer needed")


class Pulse(models.TextChoices):
    """Whose last sign of life is kept."""

    SWEEPER = "sweeper", _("sweeper")
    WORKER = "worker", _("worker")
    FAST_PATH = "fast_path", _("fast path, from commit to worker")


class CallState(models.TextChoices):
    """Life of one call task."""

    OPEN = "open", _("to call")
    DONE = "done", _("done")
    VOID = "void", _("no longer owed")


class CallReason(models.TextChoices):
    """Why somebody must call; codes, so that no health word can slip in."""

    CONFIRM = "confirm", _("Tell her that we have her request")
    MESSAGE_FAILED = "message_failed", _("A message did not reach her")
    URGENT = "urgent", _("What was written may be urgent: call now")
    LINK = "link", _("She asked for her link again")
    CALL_BACK = "call_back", _("She called and asked for you")


class CallChannel(models.TextChoices):
    """How the task is done."""

    PHONE = "phone", _("phone call")
    POST = "post", _("letter")


MAX_ATTEMPTS = 12
"""After this many tries an effect goes to quarantine, where staff see it."""
