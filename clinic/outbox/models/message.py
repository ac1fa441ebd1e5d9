"""Messages to one person by one channel. Refuses their words: those are signed texts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import MessageChannel, MessageState
from clinic.outbox.models.effect import Effect
from clinic.people.models import Person, User
from clinic.scoping import Scoped


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, as they are asked for."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """To the people of visible requests, and to herself."""
        people = Person.rows.visible_to(user).values("pk")
        return self.filter(Q(person__in=people) | Q(user=user))


class Message(models.Model):
    """One message to one person by one channel; its words are a signed text, never stored here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    effect = models.ForeignKey(Effect, models.PROTECT, related_name="messages")
    channel = models.CharField(
        _("by"), max_length=6, choices=MessageChannel, default=MessageChannel.EMAIL
    )
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="messages")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages"
    )
    text_kind = models.CharField(_("text kind"), max_length=40)
    text_version = models.ForeignKey("signing.TextVersion", models.PROTECT, null=True)
    status = models.CharField(
        _("status"), max_length=10, choices=MessageState, default=MessageState.OWED
    )
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    rows = MessageQuerySet.as_manager()
    objects: ClassVar[Scoped[MessageQuerySet]] = Scoped()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, user__isnull=True)
                | Q(person__isnull=True, user__isnull=False),
                name="message_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=("effect", "channel"), name="message_once_for_each_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=MessageChannel.values), name="message_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=MessageState.values), name="message_status_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.text_kind} {self.status}"
