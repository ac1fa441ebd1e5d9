"""What is owed: one row for each thing that must happen later."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q, Subquery
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import MAX_ATTEMPTS, EffectState, Resolution


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
