"""Reading the centre: its row, its numbers, its hours, and the copy kept for a bad day."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.clock import Schedule
from clinic.places.models import Centre, Closure, ContactPoint


class NoCentre(Exception):
    """The centre's row has not been made yet."""


def current() -> Centre | None:
    """The centre, or None on a database that nobody has set up."""
    return Centre.objects.first()


def required() -> Centre:
    """The centre; raises `NoCentre`."""
    found = current()
    if found is None:
        raise NoCentre("Add the centre in the admin first.")
    return found


def contacts() -> dict[str, ContactPoint]:
    """Contact points by role."""
    return {point.role: point for point in ContactPoint.objects.all()}


def schedule() -> Schedule:
    """The centre's opening hours with its closed days, in its zone."""
    centre = required()
    return Schedule(
        opens=centre.opens_at,
        closes=centre.closes_at,
        zone=ZoneInfo(settings.TIME_ZONE),
        closures=frozenset(Closure.objects.values_list("day", flat=True)),
    )


def remember(centre: Centre, points: dict[str, ContactPoint], *, path: Path | None = None) -> None:
    """Keep name and numbers in a file, for the page shown when the database is away.

    Written only when it changed, and by rename, so that a reader never sees half a file.
    """
    target = path or settings.CONTACT_FILE
    text = json.dumps({"name": centre.name, "contacts": _plain(points)}, indent=1, sort_keys=True)
    try:
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError:
        # A full disk must not take down a page that can still be shown.
        return


def _plain(points: dict[str, ContactPoint]) -> dict[str, Any]:
    fields = ("label", "display", "digits", "spoken", "hours_text")
    return {role: {name: getattr(one, name) for name in fields} for role, one in points.items()}
