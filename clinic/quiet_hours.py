"""When a person's phone may ring: from 8 am to 9 pm where she is.

The hours are those of 47 CFR 64.1200(c)(1); we keep to them for every call and
text. Pure: takes instants and a zone. Refuses to know whose phone it is; our own opening hours are
the clock's.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FROM: Final = time(8)
UNTIL: Final = time(21)


def may_ring(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a phone may ring at this instant (8 am included, 9 pm excluded)."""
    return FROM <= at.astimezone(zone).time() < UNTIL


def next_ring(at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at or after `at` at which a phone may ring; UTC offset of its zone."""
    local = at.astimezone(zone)
    if may_ring(at, zone):
        return local
    day = local.date() if local.time() < FROM else local.date() + timedelta(days=1)
    return datetime.combine(day, FROM, zone)
