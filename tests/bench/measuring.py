"""Rounds of our work and of its floor, in turns, by the wall's clock and the processors'.

In turns, because a machine that grows slower while it is measured must slow both. Refuses to know
what is measured.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Prepared = TypeVar("Prepared")
Took = tuple[int, float]
"""How many steps a batch did, and the seconds that all of them took together."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that one step took in one round: by the wall's clock, and of the processors."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Contest(Generic[Prepared]):
    """Our work and its floor, each a batch of steps on what `prepare` made.

    `prepare` runs before each batch, outside the time. `cpu` reads the seconds that processors have
    spent so far; another clock than this process's where others do the work.
    """

    prepare: Callable[[], Prepared]
    ours: Callable[[Prepared], Took]
    floor: Callable[[Prepared], Took]
    cpu: Callable[[], float] = time.process_time

    def run(self, *, rounds: int) -> tuple[list[Cost], list[Cost]]:
        """The costs of each side; a first round of both, not counted, warms them up."""
        ours, floor = [], []
        for _ in range(rounds + 1):
            ours.append(self._once(self.ours))
            floor.append(self._once(self.floor))
        return ours[1:], floor[1:]

    def _once(self, batch: Callable[[Prepared], Took]) -> Cost:
        prepared = self.prepare()
        before = self.cpu()
        steps, seconds = batch(prepared)
        return Cost(seconds / steps, (self.cpu() - before) / steps)


def often(step: Callable[[], object], *, seconds: float) -> Callable[[None], Took]:
    """A batch of as many calls as fit into `seconds`."""
    started = time.perf_counter()
    step()
    once = time.perf_counter() - started
    times = max(1, int(seconds / max(once, 1e-7)))

    def batch(_prepared: None) -> Took:
        started = time.perf_counter()
        for _ in range(times):
            step()
        return times, time.perf_counter() - started

    return batch


def timed(work: Callable[[], int]) -> Took:
    """Do it; how many steps it says it was, and its seconds."""
    started = time.perf_counter()
    steps = work()
    return steps, time.perf_counter() - started


def nothing() -> None:
    """For contests that prepare nothing."""


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of both clocks."""
    walls, cpus = [one.wall for one in costs], [one.cpu for one in costs]
    return Cost(statistics.median(walls), statistics.median(cpus))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed; the nearest rank."""
    ranked = sorted(values)
    rank = int(-(-len(ranked) * percent // 100))
    return ranked[max(0, rank - 1)]
