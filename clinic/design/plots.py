"""Bars for those who would rather look than read: where each stands and how tall it is.

Pure geometry in the units of the drawing. Refuses to be the only way to read a number: a table with
the same numbers stands beside every plot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEIGHT: Final = 96
STEP: Final = 56
WIDE: Final = 36
TOP: Final = 18
BOTTOM: Final = 20
LEAST: Final = 3
"""How tall a bar of one is drawn at least, so that one beside a hundred is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `kind` is "" or "urgent". Coordinates are of its upper left corner."""

    label: StrOrPromise
    value: int
    kind: str
    x: int
    y: int
    height: int

    @property
    def middle(self) -> float:
        """Where its words are centered."""
        return self.x + WIDE / 2


@dataclass(frozen=True, slots=True)
class Bars:
    """A row of bars on one line; `points` are label, value and kind, from the start of the line."""

    points: Sequence[tuple[StrOrPromise, int, str]]

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return STEP * len(self.points)

    @property
    def height(self) -> int:
        """Of the whole drawing, with the numbers above and the labels below."""
        return TOP + HEIGHT + BOTTOM

    @property
    def line(self) -> int:
        """Where the bars stand."""
        return TOP + HEIGHT

    @property
    def thickness(self) -> int:
        """How wide each bar is."""
        return WIDE

    @property
    def bars(self) -> list[Bar]:
        """The bars from the start of the line, the tallest as tall as the drawing allows."""
        most = max((value for _label, value, _kind in self.points), default=0)
        return [self._bar(place, *point, most) for place, point in enumerate(self.points)]

    def _bar(self, place: int, label: StrOrPromise, value: int, kind: str, most: int) -> Bar:
        tall = max(LEAST, round(value * HEIGHT / most)) if value else 0
        left = STEP * place + (STEP - WIDE) // 2
        return Bar(label, value, kind, left, self.line - tall, tall)
