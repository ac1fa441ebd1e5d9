"""One table of events in a canonical form with a total order (`sequence`)."""

from __future__ import annotations

import json
import uuid
from datetime import UTC
from typing import Any, Final, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

CANONICAL: Final = (
    "sequence",
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "verb",
    "about_kind",
    "about_id",
    "codes",
)
"""What an event says; a column added later is not in the canonical form of what is sealed."""


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

    def canonical(self) -> bytes:
        """The event as bytes, the same from either database and for ever: what a seal is made of.

        One JSON object in UTF-8 with the keys of `CANONICAL` in alphabetical order and no blanks;
        `at` in UTC with six digits of a second and `Z`, ids as hyphenated text, other letters than
        ASCII as themselves. Events are ordered by `sequence`: it grows, and may have gaps.
        """
        said = {name: getattr(self, name) for name in CANONICAL}
        said["at"] = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        said["id"], said["about_id"] = str(self.id), str(self.about_id)
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
