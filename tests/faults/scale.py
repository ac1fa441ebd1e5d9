"""How much of each fault: a few for every push, more within half an hour, all in a soak."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts, and lengths of time in seconds. `hour` is how long an hour lasts."""

    name: str
    kills: int
    requests: int
    away: float
    hole: float
    holes: int
    crowd: int
    stops: int
    clicks: int
    hour: float
    lease: float
    """0 is the real one, 120 s."""
    patience: float = 1
    """How many times a visitor may wait longer: the machine of a push does other things, too."""


SHORT = Scale(
    "short",
    kills=3,
    requests=16,
    away=10,
    hole=20,
    holes=1,
    crowd=100,
    stops=3,
    clicks=20,
    hour=20,
    lease=8,
    patience=10,
)
MAKE = Scale(
    "make faults",
    kills=10,
    requests=50,
    away=30,
    hole=60,
    holes=1,
    crowd=1000,
    stops=8,
    clicks=50,
    hour=40,
    lease=40,
)
SOAK = Scale(
    "soak",
    kills=200,
    requests=200,
    away=60,
    hole=120,
    holes=10,
    crowd=1000,
    stops=50,
    clicks=50,
    hour=3600,
    lease=0,
)
