"""The geometry of what is drawn into a page: where each circle stands and how large it is.

Holds arithmetic in the units of the drawing's own box. Refuses colors, words and markup: the
stylesheet and the templates have those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 320
# Room between two circles, and under them for the figures.
GAP: Final = 8
FIGURES: Final = 26
# A single person is still a dot that can be seen.
SMALLEST: Final = 2.5


@dataclass(frozen=True, slots=True)
class Ring:
    """One step: its figure, its middle and its radius."""

    value: int
    x: float
    radius: float


@dataclass(frozen=True, slots=True)
class Chain:
    """Circles on one line, each inside the circle of all who began."""

    rings: tuple[Ring, ...]
    radius: float
    width: int = WIDTH

    @property
    def starts_at(self) -> float:
        """Where the line begins: in the middle of the first circle."""
        return self.rings[0].x if self.rings else 0

    @property
    def ends_at(self) -> float:
        """Where the line ends: in the middle of the last circle."""
        return self.rings[-1].x if self.rings else 0

    @property
    def middle(self) -> float:
        """The height of the line."""
        return self.radius + 1

    @property
    def base(self) -> float:
        """Where the figures stand."""
        return round(self.middle + self.radius + 20, 1)

    @property
    def height(self) -> float:
        """Of the whole drawing."""
        return round(2 * self.middle + FIGURES, 1)


def chain(values: Sequence[int]) -> Chain:
    """A circle for each value, in proportion by area to the first, which is the largest."""
    share = WIDTH / max(len(values), 1)
    radius = round(min((share - GAP) / 2, 40), 1)
    most = max(values, default=0) or 1
    return Chain(
        tuple(
            Ring(value, round(share * (place + 0.5), 1), _radius(value, most, radius))
            for place, value in enumerate(values)
        ),
        radius,
    )


def _radius(value: int, most: int, largest: float) -> float:
    """Area in proportion to the value: the radius goes with its root."""
    if value <= 0:
        return 0.0
    return max(SMALLEST, round(largest * math.sqrt(value / most), 1))
