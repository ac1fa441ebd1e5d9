"""What became of every request, and whether it is as it must be: I1, I2, I3 and I5 of each row."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.measuring import percentile
from tests.faults import canaries
from tests.faults.rig import Rig
from tests.faults.searching import leaks
from tests.faults.site import OURS

NEVER = float("inf")


@dataclass
class Result:
    """One line of the table; `complaints` are sentences, and none means that it passed."""

    row: str
    what: str
    build: str
    database: str
    shown: int = 0
    lost: int = 0
    twice: int = 0
    errors: int = 0
    longest: float = 0
    p99: float = 0
    recovery: float = 0
    limit: float = 0
    faults: int = 0
    load: float = 0
    """Of the machine, before the row began: whoever else it works for is in every time."""
    is_up: bool = True
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def judged(self) -> bool:
        """A naive build is only measured; one that does not even run must not pass for one."""
        return self.build == OURS or not self.is_up

    @property
    def passed(self) -> bool:
        """Whether nothing is to be said against it."""
        return not self.complaints

    def must(self, truth: bool, sentence: str) -> None:
        """Complain unless it is so."""
        if not truth:
            self.complaints.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """The line as numbers; what never happened is null."""
        values = asdict(self) | {"passed": self.passed}
        return {
            name: None if isinstance(value, float) and math.isinf(value) else value
            for name, value in values.items()
        }


@dataclass(frozen=True)
class Allowed:
    """What a row's fault makes unavoidable."""

    errors: bool = False
    repeats: int = 0
    quarantined: int = 0


def answers(result: Result, folder: Path) -> None:
    """How the site answered those who sent a form."""
    path = folder / "answers.json"
    if not path.exists():
        result.must(truth=False, sentence="the client did not come to an end")
        return
    told = json.loads(path.read_text())
    seconds, statuses = told["seconds"], told["statuses"].items()
    bad = {status: n for status, n in statuses if int(status) >= 500 or status == "0"}
    result.errors = sum(bad.values())
    if seconds:
        result.longest, result.p99 = max(seconds), percentile(seconds, 99)
    if bad:
        result.notes.append(f"answers that were none: {bad}")
    result.must(not told["given_up"], f"{len(told['given_up'])} visitors gave up")
    paths = "\n".join(told["paths"]).encode()
    result.must(not canaries.stand_in(paths), "typed words stand in an address")


def seconds_until_done(rig: Rig, kinds: str = "%", *, after: int = 0) -> list[float]:
    """From her reference on the screen until all effects of these kinds about her have ended.

    For each person after the first so many; infinite where something has not ended.
    """
    ended = rig.books.ended(kinds)
    lines = rig.ledger()[after:]
    return [max(0, ended.get(line["reference"], NEVER) - line["at"]) for line in lines]


def unfinished(rig: Rig) -> int:
    """How many of those who were shown a reference have no colleague, or no word of it.

    A call that a named colleague owes her is word, too.
    """
    asked, written = rig.books.asked(), {to for mail in rig.mail() for to in mail["to"]}
    count = 0
    for line in rig.ledger():
        one = asked.get(line["reference"])
        told = canaries.address(line["number"]) in written or (one and one.calls_of)
        count += not (one and one.with_colleague and told)
    return count


def is_quiet(rig: Rig) -> bool:
    """Whether nothing more will happen by itself."""
    naive = rig.environment["FAULTS_BUILD"] != OURS
    return unfinished(rig) == 0 and (naive or rig.books.running() == 0)


def judge(result: Result, rig: Rig, allowed: Allowed = Allowed()) -> None:
    """Count what is lost and what is there twice, and complain."""
    asked, ledger = rig.books.asked(), rig.ledger()
    result.shown = len(ledger)
    missing = [line for line in ledger if line["reference"] not in asked]
    result.lost = unfinished(rig)
    result.faults = rig.faults()
    result.twice = _twice(result, rig, allowed)
    result.must(not missing, f"{len(missing)} references are not in the database")
    result.must(result.lost == 0, f"{result.lost} people were promised and forgotten")
    result.must(result.twice == 0, f"{result.twice} things are there twice")
    result.must(allowed.errors or not result.errors, f"{result.errors} errors for visitors")
    result.must(result.recovery <= result.limit, "it took too long")
    if result.build == OURS:
        waiting = rig.books.quarantined()
        result.must(rig.books.running() == 0, f"{rig.books.running()} effects still wait")
        result.must(waiting == allowed.quarantined, f"{waiting} effects are in quarantine")
        result.must(rig.broker.answers(), "Redis could not be searched")
        if rig.broker.answers():
            result.complaints += leaks(rig.folder, rig.books, rig.broker.url)


def _twice(result: Result, rig: Rig, allowed: Allowed) -> int:
    """Requests, routings, and messages that are there more often than once."""
    ledger = rig.ledger()
    doubled = Counter(line["reference"] for line in ledger)
    asked = rig.books.asked()
    rows = sum(asked[one].rows > 1 for one in doubled if one in asked)
    mail = [one for one in rig.mail() if one["answered"]]
    ids = Counter(one["message_id"] for one in mail)
    promised = Counter(canaries.address(line["number"]) for line in ledger)
    letters = Counter(to for one in mail for to in one["to"] if to in promised)
    repeats = sum(n - 1 for n in ids.values())
    letters_again = (letters - promised).total()
    if repeats:
        result.notes.append(f"{repeats} repeats with the same Message-ID")
    unanswered = sum(not one["answered"] for one in rig.mail())
    if unanswered:
        result.notes.append(f"{unanswered} messages broken off before the answer")
    # A repeat of the same Message-ID is one letter to most mail programs, and cannot be avoided.
    again = max(repeats, letters_again)
    shown_twice = sum(n - 1 for n in doubled.values())
    return shown_twice + rows + rig.books.done_twice() + max(0, again - allowed.repeats)
