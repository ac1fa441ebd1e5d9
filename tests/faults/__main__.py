"""`make faults`, `make soak`, `make faults-short`: every row, one table, exit 1 when ours misses.

`--rows T1,T5` chooses, `--database sqlite|postgres`, `--naive/--no-naive`, `--keep FOLDER` leaves
what the processes wrote for somebody to look at.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clinic.environment import VAR_DIR
from tests.faults import brokers, killing, posting, scale, table, visiting
from tests.faults.cluster import NoCluster, cluster
from tests.faults.findings import Result
from tests.faults.grounds import POSTGRES, SQLITE, Grounds
from tests.faults.rig import Stopped
from tests.faults.scale import Scale
from tests.faults.site import NAIVE, OURS, NotUp

Row = Callable[[Grounds, Scale, str], Result]


@dataclass(frozen=True)
class Entry:
    """One row: its number, whether it is in the short form, on PostgreSQL, and beside naive."""

    number: str
    row: Row
    short: bool = False
    postgres: bool = False
    naive: bool = False


def entries() -> Iterator[Entry]:
    """All of them, in the order of the research."""
    for point in (killing.BEFORE_PUBLISH, killing.AFTER_CLAIM, killing.AFTER_250):
        claimed = point == killing.AFTER_CLAIM
        row = partial(killing.killed_at, point)
        yield Entry("T1", row, short=claimed, postgres=claimed, naive=True)
    yield Entry("T2", partial(brokers.redis_away, "stopped"), True, True, True)
    yield Entry("T2", partial(brokers.redis_away, "frozen"), naive=True)
    yield Entry("T3b", brokers.line_swallows, naive=True)
    yield Entry("T5", posting.away_an_hour, naive=True)
    for kind in posting.TROUBLES:
        short = kind in (posting.GREYLIST, posting.REFUSES)
        yield Entry("T5", partial(posting.trouble, kind), short=short)
    yield Entry("T8", visiting.clicks, short=True, postgres=True)
    yield Entry("T9", visiting.crowd, postgres=True)
    yield Entry("T10", killing.poisoned)
    yield Entry("T12", killing.told_to_stop, naive=True)
    yield Entry("T13", visiting.two_sweepers, short=True, postgres=True)
    yield Entry("T15", visiting.bad_luck, short=True, naive=True)


@dataclass
class Run:
    """What is to be run, what came out, and what could not be run."""

    size: Scale
    rows: set[str]
    naive: bool
    results: list[Result]
    left_out: list[str]

    def all_on(self, grounds: Grounds) -> None:
        """Every chosen row on one database."""
        table.say(f"\n{grounds.kind}: migrating, and loading the sample")
        grounds.prepare()
        for entry in entries():
            if self.is_chosen(entry, grounds.kind):
                self.one(entry, grounds, OURS)
                if self.naive and self.has_naive(entry, grounds.kind):
                    self.one(entry, grounds, NAIVE)

    def is_chosen(self, entry: Entry, kind: str) -> bool:
        """Whether this row runs now."""
        if self.rows:
            return entry.number in self.rows
        return (entry.short or self.size is not scale.SHORT) and (entry.postgres or kind == SQLITE)

    def has_naive(self, entry: Entry, kind: str) -> bool:
        """Whether the naive build is measured beside it."""
        # Time is short in the short form: one row tells the story.
        told = entry.number == "T2" if self.size is scale.SHORT and not self.rows else True
        return entry.naive and kind == SQLITE and told

    def one(self, entry: Entry, grounds: Grounds, build: str) -> None:
        """One row, and its line as soon as it is there."""
        started, load = time.monotonic(), os.getloadavg()[0]
        try:
            result = entry.row(grounds, self.size, build)
        except NotUp as error:
            result = Result(entry.number, "", build, grounds.kind, is_up=False)
            result.must(truth=False, sentence=f"the site did not come up: {error}")
        result.load = load
        self.results.append(result)
        took = f"{time.monotonic() - started:.0f} s, load before {load:.1f}"
        table.say(f"{table.line(result)}   [{took}]")
        table.say(table.details(result))


def arguments() -> argparse.Namespace:
    """What was asked for; ends with status 2 and a sentence where there is no such row."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--short", action="store_const", dest="size", const=scale.SHORT)
    size.add_argument("--soak", action="store_const", dest="size", const=scale.SOAK)
    parser.add_argument("--rows", default="", help="numbers of rows, comma separated")
    parser.add_argument("--database", choices=(SQLITE, POSTGRES))
    parser.add_argument("--naive", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    asked.rows = {number.strip() for number in asked.rows.split(",") if number.strip()}
    known = list(dict.fromkeys(entry.number for entry in entries()))
    if unknown := asked.rows.difference(known):
        said = f"No such row: {', '.join(sorted(unknown))}. There are {', '.join(known)}.\n"
        parser.exit(2, said)
    return asked


def run_all(run: Run, folder: Path, only: str | None) -> None:
    """On SQLite, and on PostgreSQL."""
    if only != POSTGRES:
        run.all_on(Grounds(folder / SQLITE, SQLITE))
    if only == SQLITE:
        return
    grounds = Grounds(folder / POSTGRES, POSTGRES)
    try:
        with cluster(grounds.environment) as server:
            grounds.server = server
            run.all_on(grounds)
    except NoCluster as error:
        run.left_out.append(f"PostgreSQL ({error})")


def main() -> int:
    """0 when ours passed in every row that ran; 130 when somebody stopped it."""
    asked = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(asked.size or scale.MAKE, asked.rows, asked.naive, [], [])
    stopped = False
    with contextlib.ExitStack() as stack:
        folder = asked.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-"))
        )
        try:
            run_all(run, folder, asked.database)
        except (Stopped, KeyboardInterrupt):
            stopped = True
            run.left_out.append("the rest: stopped")
    table.show(run.results, run.left_out)
    table.keep(run.results, run.left_out, run.size.name, VAR_DIR / "faults.json")
    if stopped:
        return 130
    return 0 if all(one.passed for one in run.results if one.judged) else 1


if __name__ == "__main__":
    sys.exit(main())
