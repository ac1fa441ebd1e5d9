"""What is due on which day: the table on the staff index and the bars beside it.

Holds how instants are sorted into days. Refuses to read a row or a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.clock import is_weekday
from clinic.design.plots import Bars
from clinic.design.said_dates import said
from clinic.people.desk import Waiting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AHEAD: Final = timedelta(days=7)
"""Today and the six days after it stand alone; what is due later stands together."""


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the table: how many of each list, in the order of the lists."""

    label: StrOrPromise
    counts: Sequence[int]
    is_past: bool = False

    @property
    def total(self) -> int:
        """Of all lists together."""
        return sum(self.counts)


def days(lists: Sequence[Waiting], *, at: datetime) -> list[Day]:
    """Overdue, each day of the next week, and later; a weekend day only if something is due."""
    today = timezone.localdate(at)
    ahead = [today + timedelta(days=number) for number in range(AHEAD.days)]
    lines = [Day(_("Overdue"), [one.overdue for one in lists], is_past=True)]
    lines += [_day(day, lists, at) for day in ahead]
    lines.append(Day(_("Later"), [_between(one, ahead[-1], date.max, at) for one in lists]))
    weekdays = [True, *map(is_weekday, ahead), False]
    return [line for line, shown in zip(lines, weekdays, strict=True) if shown or line.total]


def _day(day: date, lists: Sequence[Waiting], at: datetime) -> Day:
    label = _("Today") if day == timezone.localdate(at) else said(day, "D j")
    return Day(label, [_between(one, day - timedelta(days=1), day, at) for one in lists])


def _between(one: Waiting, after: date, until: date, at: datetime) -> int:
    """How many are due on the days after one and up to another, and not yet overdue."""
    return sum(due >= at and after < timezone.localdate(due) <= until for due in one.due)


def bars(lines: Sequence[Day]) -> Bars:
    """The same lines as a drawing; red is what should have been done."""
    return Bars([(one.label, one.total, "urgent" if one.is_past else "") for one in lines])
