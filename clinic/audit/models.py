"""One table of events in a canonical form with a total order (`sequence`)."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(Exception):
    """Somebody tried to change or delete an event."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events are read in order and never changed."""

    def about(self, kind: str, object_id: uuid.UUID) -> EventQuerySet:
        """Everything recorded about one object, oldest first."""
        return self.filter(about_kind=kind, about_id=object_id).order_by("sequence")

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("Events are append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("Events are append-only.")


class Event(models.Model):
    """What was done, by whom, to what, when; `codes` holds codes and field names, never values."""

    sequence = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    actor_kind = models.CharField(_("actor kind"), max_length=10)
    # No foreign key: an event must outlive the account it names.
    actor_id = models.CharField(_("actor"), max_length=40)
    verb = models.CharField(_("verb"), max_length=40)
    about_kind = models.CharField(_("about"), max_length=40)
    about_id = models.UUIDField(_("about id"))
    codes = models.JSONField(_("codes"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("sequence",)
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = (models.Index(fields=("about_kind", "about_id", "sequence")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=("staff", "person", "system")),
                name="event_actor_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.about_kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("Events are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("Events are append-only.")
