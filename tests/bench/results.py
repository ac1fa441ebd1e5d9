"""What a row found, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.bench.measuring import Cost, middle

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound that a figure must keep; `at_most` False means at least."""

    what: str
    measured: float
    bound: float
    at_most: bool = True

    @property
    def holds(self) -> bool:
        """Whether it was kept."""
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        verdict = "holds" if self.holds else "MISSED"
        return f"{self.what} {self.measured:.3g} {sign} {self.bound:.3g}: {verdict}"


@dataclass(slots=True)
class Result:
    """One row: what we do, the least it could cost, both in rounds, and what must hold."""

    says: str
    floor_says: str
    ours: list[Cost]
    floor: list[Cost]
    limits: list[Limit] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def a_second(self) -> float:
        """How many of ours in one second."""
        return 1 / middle(self.ours).wall

    @property
    def wall_ratio(self) -> float:
        """Our time as a multiple of the floor's."""
        return middle(self.ours).wall / middle(self.floor).wall

    @property
    def cpu_ratio(self) -> float:
        """Our processors' time as a multiple of the floor's; 0 where the floor had too little."""
        floor = middle(self.floor).cpu
        return middle(self.ours).cpu / floor if floor else 0.0

    @property
    def passed(self) -> bool:
        """Whether every limit was kept."""
        return all(limit.holds for limit in self.limits)

    def as_json(self, name: str, database: str) -> dict[str, Any]:
        """Everything measured, seconds throughout."""
        return {
            "name": name,
            "database": database,
            "ours": _side(self.says, self.ours),
            "floor": _side(self.floor_says, self.floor),
            "ratio": {"wall": self.wall_ratio, "cpu": self.cpu_ratio},
            "figures": self.figures,
            "limits": [
                {
                    "what": one.what,
                    "measured": one.measured,
                    "bound": one.bound,
                    "at_most": one.at_most,
                    "holds": one.holds,
                }
                for one in self.limits
            ],
            "passed": self.passed,
        }

    def as_text(self, name: str) -> str:
        """The row as lines of the table."""
        lines = [
            f"{name}",
            _line(self.says, self.ours, f"{self.wall_ratio:8.2f} {self.cpu_ratio:8.2f}"),
            _line(self.floor_says, self.floor, f"{1:8.2f} {1:8.2f}"),
        ]
        if self.figures:
            lines.append("    " + ", ".join(f"{key} {v:.4g}" for key, v in self.figures.items()))
        return "\n".join([*lines, *(f"    {limit}" for limit in self.limits)])


HEAD = (
    f"{'microseconds a step':<52} {'wall':>10} {'spread':>10} {'cpu':>10} {'spread':>10}"
    f" {'x wall':>8} {'x cpu':>8}"
)


def _line(says: str, costs: Sequence[Cost], ratios: str) -> str:
    figures = (
        value * 1e6
        for clock in ([one.wall for one in costs], [one.cpu for one in costs])
        for value in (statistics.median(clock), max(clock) - min(clock))
    )
    return f"  {says[:50]:<50} " + " ".join(f"{one:10.1f}" for one in figures) + f" {ratios}"


def _side(says: str, costs: Sequence[Cost]) -> dict[str, Any]:
    return {
        "what": says,
        "wall": _clock([one.wall for one in costs]),
        "cpu": _clock([one.cpu for one in costs]),
    }


def _clock(values: Sequence[float]) -> dict[str, Any]:
    return {
        "median": statistics.median(values),
        "best": min(values),
        "worst": max(values),
        "rounds": list(values),
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on; a figure alone says more about this than about the code.

    `load` is what else was going on: above the number of cores, every figure is pessimistic.
    """
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def report(rows: Sequence[dict[str, Any]], *, quick: bool) -> dict[str, Any]:
    """The whole of `var/bench.json`."""
    return {
        "schema": SCHEMA,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": machine(),
        "rows": list(rows),
        "passed": all(row["passed"] for row in rows),
    }


def say(text: str) -> None:
    """A line for whoever runs this, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
