"""Calls that named colleagues owe to people."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import CallChannel, CallReason, CallState
from clinic.people import requests, roles
from clinic.people.models import User
from clinic.scoping import Scoped


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
