"""Rows of what is owed: effects, messages, call tasks."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import (
    MAX_ATTEMPTS,
    CallChannel,
    CallReason,
    CallState,
    EffectState,
    MessageChannel,
    MessageState,
    Pulse,
    Resolution,
)
from clinic.people import requests, roles
from clinic.people.models import Person, User
from clinic.scoping import Scoped


class EffectQuerySet(models.QuerySet["Effect"]):
    """Owed effects, as they are asked for."""

    def runnable(self, *, at: datetime) -> EffectQuerySet:
        """Pending and due, or leased by someone whose lease has run out."""
        return self.filter(
            Q(state=EffectState.PENDING, due_at__lte=at)
            | Q(state=EffectState.LEASED, lease_until__lt=at)
        )

    def about(self, kind: str, object_id: uuid.UUID) -> EffectQuerySet:
        """Effects that concern one object."""
        return self.filter(about_kind=kind, about_id=object_id)

    def waiting(self) -> EffectQuerySet:
        """Not yet done and not given up."""
        return self.filter(state__in=(EffectState.PENDING, EffectState.LEASED))

    def ended(self) -> EffectQuerySet:
        """Done, given up or void."""
        return self.exclude(state__in=(EffectState.PENDING, EffectState.LEASED))

    def after(self, effect_id: uuid.UUID) -> EffectQuerySet:
        """Of the same kind, about the same object, and owed later than this one."""
        same = self.model.objects.filter(pk=effect_id)
        return self.filter(
            kind=Subquery(same.values("kind")),
            about_id=Subquery(same.values("about_id")),
            created_at__gt=Subquery(same.values("created_at")),
        )


class Effect(models.Model):
    """One thing that must happen, written in the transaction of what caused it.

    `key` makes an effect unique for its cause, so owing twice is owing once. A Celery message
    only ever carries the id of such a row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    about_kind = models.CharField(_("about"), max_length=40)
    about_id = models.UUIDField(_("about id"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    state = models.CharField(
        _("state"), max_length=12, choices=EffectState, default=EffectState.PENDING
    )
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    lease_token = models.UUIDField(_("lease token"), null=True, blank=True)
    # The class of the error only: its text may hold what a patient typed.
    last_error = models.CharField(_("last error"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # How a person ended what the machine could not.
    resolution = models.CharField(_("settled by"), max_length=12, choices=Resolution, blank=True)

    objects = EffectQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = (
            models.Index(fields=("state", "due_at")),
            models.Index(fields=("about_kind", "about_id")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=EffectState.values), name="effect_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=EffectState.LEASED, lease_until__isnull=False)
                | (~Q(state=EffectState.LEASED) & Q(lease_until__isnull=True)),
                name="effect_lease_belongs_to_leased",
            ),
            models.CheckConstraint(
                condition=Q(resolution="")
                | Q(resolution__in=Resolution.values, state=EffectState.VOID),
                name="effect_resolution_is_known_and_ends_it",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_exhausted(self) -> bool:
        """Whether this was the last try before quarantine."""
        return self.attempts >= MAX_ATTEMPTS


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


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Calls that colleagues owe."""

    def visible_to(self, user: User) -> CallTaskQuerySet:
        """Those given to her, and to the team those of a colleague who cannot make them now.

        Who is away, has left, lost her role or has not chosen a password yet still owes them;
        nobody waits for her.
        """
        able = User.objects.get_queryset().filter(roles_held__role__in=roles.CALLERS)
        team = [kind.kind for kind in requests.known() if user.has_role(kind.team)]
        left = Q(about_kind__in=team) & ~Q(assigned_to__in=able.present(at=Now()).values("pk"))
        return self.filter(Q(assigned_to=user) | left)

    def open(self) -> CallTaskQuerySet:
        """Still to be made, soonest due first, in a total order."""
        return self.filter(status=CallState.OPEN).order_by("due_at", "id")

    def about(self, kind: str, object_id: uuid.UUID) -> CallTaskQuerySet:
        """Calls that concern one object."""
        return self.filter(about_kind=kind, about_id=object_id)


class CallTask(models.Model):
    """A call that a named colleague owes a person by a due time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="call_tasks")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="call_tasks"
    )
    about_kind = models.CharField(_("about"), max_length=40)
    about_id = models.UUIDField(_("about id"))
    reason = models.CharField(_("reason"), max_length=20, choices=CallReason)
    # Tells two occasions of one reason apart: a second note, a second message that failed.
    key = models.CharField(_("key"), max_length=40, blank=True, default="")
    channel = models.CharField(
        _("how"), max_length=10, choices=CallChannel, default=CallChannel.PHONE
    )
    status = models.CharField(_("status"), max_length=10, choices=CallState, default=CallState.OPEN)
    due_at = models.DateTimeField(_("due at"))
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    rows = CallTaskQuerySet.as_manager()
    objects: ClassVar[Scoped[CallTaskQuerySet]] = Scoped()

    class Meta:
        ordering = ("due_at", "id")
        verbose_name = _("call task")
        verbose_name_plural = _("call tasks")
        indexes = (models.Index(fields=("about_kind", "about_id")),)
        constraints = (
            models.UniqueConstraint(
                fields=("about_id", "reason", "key"), name="call_task_once_for_each_reason"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CallState.values), name="call_task_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=CallState.OPEN, ended_at__isnull=True)
                | (~Q(status=CallState.OPEN) & Q(ended_at__isnull=False)),
                name="call_task_ends_when_it_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} {self.status}"


class Heartbeat(models.Model):
    """When a process last said that it is alive, or a canary last came through."""

    name = models.CharField(_("name"), max_length=20, primary_key=True, choices=Pulse)
    beat_at = models.DateTimeField(_("last beat"))

    class Meta:
        ordering = ("name",)
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = (
            models.CheckConstraint(condition=Q(name__in=Pulse.values), name="heartbeat_is_known"),
        )

    def __str__(self) -> str:
        return self.name
