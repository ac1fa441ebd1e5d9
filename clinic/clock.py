"""Business time: when the centre is open, and when something is due.

Pure: takes instants and a schedule, returns instants. Refuses to read a clock or a row, and no
other module may compute a due time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.holidays import PublicHolidays

SATURDAY = 5
LONGEST_CLOSURE_DAYS = 400
CALL_WITHIN_HOURS = 8
URGENT_WITHIN_HOURS = 4
AT_ONCE_WITHIN_HOURS = 0.5
AFTERNOON_FROM = 13
SOON = timedelta(days=14)
"""When treatment starts or changes this soon, a whole working day is too long to wait."""


def is_weekday(day: date) -> bool:
    """Whether it is Monday to Friday."""
    return day.weekday() < SATURDAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekday opening hours in one zone, without closed days and public holidays."""

    opens: time
    closes: time
    zone: ZoneInfo
    closures: frozenset[date] = field(default_factory=frozenset)
    holidays: PublicHolidays | None = None

    def is_open_on(self, day: date) -> bool:
        """Whether the centre opens at all on this local day."""
        return (
            is_weekday(day)
            and day not in self.closures
            and not (self.holidays and self.holidays.are_kept_on(day))
        )


def is_open(at: datetime, schedule: Schedule) -> bool:
    """Whether the centre is open at this instant (opening included, closing excluded)."""
    local = at.astimezone(schedule.zone)
    return schedule.is_open_on(local.date()) and (
        schedule.opens <= local.time().replace(tzinfo=None) < schedule.closes
    )


def next_open(at: datetime, schedule: Schedule) -> datetime:
    """The first instant at or after `at` at which the centre is open; UTC offset of its zone."""
    if is_open(at, schedule):
        return at.astimezone(schedule.zone)
    local = at.astimezone(schedule.zone)
    for days in range(LONGEST_CLOSURE_DAYS):
        day = local.date() + timedelta(days=days)
        opening = datetime.combine(day, schedule.opens, schedule.zone)
        if schedule.is_open_on(day) and opening >= local:
            return opening
    raise ValueError("The schedule has no open day in more than a year.")


def add_business_time(at: datetime, hours: float, schedule: Schedule) -> datetime:
    """The instant at which `hours` of opening time have passed since `at`.

    Opening time is counted as elapsed seconds, so a day on which the clocks change counts its
    true length. `hours` must be positive.
    """
    left = timedelta(hours=hours)
    start = next_open(at, schedule)
    while True:
        closing = datetime.combine(start.date(), schedule.closes, schedule.zone)
        # Same-zone subtraction ignores a clock change; timestamps do not.
        available = timedelta(seconds=closing.timestamp() - start.timestamp())
        if left <= available:
            return datetime.fromtimestamp(start.timestamp() + left.total_seconds(), schedule.zone)
        left -= available
        start = next_open(closing, schedule)


def in_the_afternoon(due: datetime, schedule: Schedule) -> datetime:
    """The same promise for somebody who asked to be called in the afternoon: by closing time.

    A due time in the afternoon stays as it is.
    """
    local = due.astimezone(schedule.zone)
    if local.hour >= AFTERNOON_FROM:
        return due
    return datetime.combine(local.date(), schedule.closes, schedule.zone)


def call_due(*, treatment_on: date | None, at: datetime, schedule: Schedule) -> datetime:
    """By when somebody calls: one working day, or half of one when treatment is near."""
    today = at.astimezone(schedule.zone).date()
    is_soon = treatment_on is not None and treatment_on - today <= SOON
    hours = URGENT_WITHIN_HOURS if is_soon else CALL_WITHIN_HOURS
    return add_business_time(at, hours, schedule)


def due_at_once(at: datetime, schedule: Schedule) -> datetime:
    """By when somebody calls about urgent words: in half an hour, and never left over night.

    Shortly before closing it is due by closing; while the centre is closed, when it opens.
    """
    start = next_open(at, schedule)
    if start > at:
        return start
    closing = datetime.combine(start.date(), schedule.closes, schedule.zone)
    return min(add_business_time(at, AT_ONCE_WITHIN_HOURS, schedule), closing)
