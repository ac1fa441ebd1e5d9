"""What somebody asks us for: the columns that every kind of request shares."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedTextField
from clinic.people.models.person import Person
from clinic.scoping import Scoped


class Channel(models.TextChoices):
    """How a request came to us."""

    WEB = "web", _("website")
    PHONE = "phone", _("phone call")
    CLINIC = "clinic", _("clinic")
    FAX = "fax", _("fax or letter")


class PersonRequest(models.Model):
    """A person asked, in her own words, and was promised a call; concrete tables say for what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Made with the form: the same form sent twice is one request.
    submission_key = models.UUIDField(unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss")
    channel = models.CharField(_("came by"), max_length=10, choices=Channel, default=Channel.WEB)
    treatment_date = EncryptedTextField(_("date for treatment"), blank=True, default="")
    note = EncryptedTextField(_("her words"), blank=True, default="")
    # When urgent words were first found in what she, or a colleague for her, wrote.
    urgent_words_at = models.DateTimeField(_("urgent words found at"), null=True, blank=True)
    possible_duplicate = models.BooleanField(_("possible duplicate"), default=False)
    due_at = models.DateTimeField(_("call by"))
    created_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[Scoped[Any]]

    class Meta:
        abstract = True
        ordering = ("due_at", "id")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values),
                name="%(class)s_channel_is_known",
            ),
        )
