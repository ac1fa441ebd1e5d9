"""The one way to write an event."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models

from clinic.audit.models import Event


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a colleague, the person herself (or her helper), or the system by name."""

    kind: str
    id: str

    @classmethod
    def staff(cls, user: models.Model) -> Actor:
        """A signed-in colleague."""
        return cls("staff", str(user.pk))

    @classmethod
    def person(cls, person: models.Model) -> Actor:
        """The person the data are about, or her helper."""
        return cls("person", str(person.pk))


VISITOR: Final = Actor("person", "visitor")
ROUTER: Final = Actor("system", "router")
DISPATCHER: Final = Actor("system", "dispatcher")


def kind_of(instance: models.Model | type[models.Model]) -> str:
    """The stable name of an object's kind, such as `desk.referral`."""
    return instance._meta.label_lower


def about(instance: models.Model) -> tuple[str, uuid.UUID]:
    """An object as the pair that events and effects store."""
    return kind_of(instance), instance.pk


def record(verb: str, *, about: models.Model, by: Actor, at: datetime, **codes: Any) -> Event:
    """Write one event; call it inside the transaction of what it records.

    `codes` may hold codes, ids and names of fields, never a value somebody typed.
    """
    return record_all(verb, [(about, codes)], by=by, at=at)[0]


def record_all(
    verb: str, noted: Iterable[tuple[models.Model, Mapping[str, Any]]], *, by: Actor, at: datetime
) -> list[Event]:
    """Write one event for each object with its codes, in one statement."""
    return Event.objects.bulk_create(
        Event(
            at=at,
            actor_kind=by.kind,
            actor_id=by.id,
            verb=verb,
            about_kind=kind_of(about),
            about_id=about.pk,
            codes=codes,
        )
        for about, codes in noted
    )


def record_reads(instances: Iterable[models.Model], *, by: Actor, at: datetime, place: str) -> None:
    """Write that `by` was shown these rows on `place` (the name of a list or page)."""
    record_all("read", [(one, {"place": place}) for one in instances], by=by, at=at)
