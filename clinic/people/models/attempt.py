"""One try at reaching somebody: the columns that every room's attempts share."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedTextField


class AttemptChannel(models.TextChoices):
    """How it was tried."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    POST = "post", _("Letter")
    IN_PERSON = "in_person", _("In person")


class AttemptResult(models.TextChoices):
    """What came of it."""

    REACHED = "reached", _("Reached")
    VOICEMAIL = "voicemail", _("Left a voicemail")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    CALL_BACK = "call_back", _("Asked us to call again")


class ContactAttempt(models.Model):
    """A try at reaching the person of a request; concrete tables say of which request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A key made with the form: the same form sent twice is one attempt.
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=12, choices=AttemptChannel)
    result = models.CharField(_("result"), max_length=16, choices=AttemptResult)
    note = EncryptedTextField(_("note"), blank=True, default="")
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=AttemptChannel.values), name="%(class)s_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(result__in=AttemptResult.values), name="%(class)s_result_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.result}"


def keep_once(attempt: ContactAttempt) -> bool:
    """Save an attempt; False when the same form was sent before, also at this very moment."""
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        if type(attempt)._default_manager.filter(submission_key=attempt.submission_key).exists():
            return False
        raise
    return True
