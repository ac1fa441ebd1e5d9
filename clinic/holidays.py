"""Public holidays of the United States by day and name; the `holidays` package computes them.

Holds which days are holidays and on which of them a centre opens all the same. Refuses rows and
clocks: the centre's choices come in as values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

import holidays

COUNTRY: Final = "US"
STATES: Final = frozenset(holidays.country_holidays(COUNTRY).subdivisions)
OBSERVED: Final = " (observed)"
"""Ends the name of the weekday that is kept when a holiday falls on a weekend."""


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The national holidays and, with `state` (such as NY), its own; but for those in `open_on`.

    An observed day has the name of its holiday, so opening on one is opening on both.
    """

    state: str = ""
    open_on: frozenset[str] = field(default_factory=frozenset)

    def names_on(self, day: date) -> frozenset[str]:
        """The names of the holidays on a day; most days have none."""
        # A state that is none would raise with every due time: the national ones hold all the same.
        state = self.state if self.state in STATES else ""
        return _of_year(state, day.year).get(day, frozenset())

    def are_kept_on(self, day: date) -> bool:
        """Whether the centre is closed for a holiday on this day."""
        # Two may fall on one day; opening on one of them does not open the other.
        return bool(self.names_on(day) - self.open_on)


def names(state: str, *, years: range) -> list[str]:
    """The names of all holidays of these years, in alphabetical order."""
    known = state if state in STATES else ""
    return sorted(
        {name for year in years for names in _of_year(known, year).values() for name in names}
    )


@lru_cache(maxsize=256)
def _of_year(state: str, year: int) -> Mapping[date, frozenset[str]]:
    # With the next year: its New Year's Day may be observed on this one's last.
    found = holidays.country_holidays(COUNTRY, subdiv=state or None, years=(year, year + 1))
    return {
        day: frozenset(name.removesuffix(OBSERVED) for name in found.get_list(day))
        for day in found
        if day.year == year
    }
