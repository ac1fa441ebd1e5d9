"""Reading the centre: its row, its numbers, its hours, and the copy kept for a bad day."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.clock import Schedule, is_weekday
from clinic.holidays import PublicHolidays
from clinic.places.models import Centre, Closure, ContactPoint
from clinic.signing import epoch

LOOK_AHEAD_DAYS: Final = 365


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


_around: Final = epoch.Kept[tuple[Centre, dict[str, ContactPoint]]](most=1)


def around() -> tuple[Centre, dict[str, ContactPoint]]:
    """The centre and its contact points for the frame of every page; raises `NoCentre`.

    Read again only when something that pages show has changed.
    """
    mark = epoch.known()
    found = _around.get("", mark)
    if found is None:
        found = required(), contacts()
        remember(*found)
        _around.put("", mark, found)
    return found


def schedule() -> Schedule:
    """The centre's opening hours with its holidays and closed days, in its zone.

    Two short reads: what is dear, the days of each year's holidays, is kept by each process.
    """
    return _schedule(required(), Closure.objects.values_list("day", flat=True))


def _schedule(centre: Centre, closed: Iterable[date]) -> Schedule:
    return Schedule(
        opens=centre.opens_at,
        closes=centre.closes_at,
        zone=ZoneInfo(settings.TIME_ZONE),
        closures=frozenset(closed),
        holidays=PublicHolidays(centre.state, frozenset(centre.open_holidays)),
    )


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A weekday on which the centre does not open, and why."""

    day: date
    reason: str


def next_closed_days(centre: Centre, *, at: datetime, count: int = 6) -> list[ClosedDay]:
    """The next weekdays on which the centre is closed, within a year, today among them."""
    reasons = dict(Closure.objects.values_list("day", "reason"))
    times = _schedule(centre, reasons)
    today = at.astimezone(times.zone).date()
    days = [today + timedelta(days=number) for number in range(LOOK_AHEAD_DAYS)]
    closed = [day for day in days if is_weekday(day) and not times.is_open_on(day)]
    return [ClosedDay(day, _why(day, reasons, times)) for day in closed[:count]]


def _why(day: date, reasons: Mapping[date, str], times: Schedule) -> str:
    names = times.holidays.names_on(day) if times.holidays else ()
    return reasons.get(day) or ", ".join(sorted(names))


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
    fields = ("label", "label_es", "display", "digits", "spoken", "hours_text", "hours_text_es")
    return {role: {name: getattr(one, name) for name in fields} for role, one in points.items()}
