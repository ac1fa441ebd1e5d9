"""The figures, as people read them and as machines do."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.findings import Result

HEADS = (
    f"{'row':<34} {'build':<6} {'db':<8} {'shown':>5} {'lost':>5} {'twice':>5} {'errors':>6} "
    f"{'p99 s':>6} {'max s':>6} {'done s':>7} {'limit':>5}  passed"
)


def say(text: str) -> None:
    """A line for whoever runs this, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def line(one: Result) -> str:
    """One row of the table; a naive build is measured, not judged."""
    verdict = ("yes" if one.passed else "NO") if one.judged else "-"
    done = "never" if math.isinf(one.recovery) else f"{one.recovery:.1f}"
    return (
        f"{one.row:<34} {one.build:<6} {one.database:<8} {one.shown:>5} {one.lost:>5} "
        f"{one.twice:>5} {one.errors:>6} {one.p99:>6.2f} {one.longest:>6.2f} {done:>7} "
        f"{one.limit:>5.0f}  {verdict}"
    )


def details(one: Result) -> str:
    """What was done, and what is to be said about it."""
    complaints = [f"! {text}" for text in one.complaints] if one.judged else []
    return "\n".join(f"    {text}" for text in (one.what, *one.notes, *complaints) if text)


def show(results: Sequence[Result], left_out: Sequence[str]) -> None:
    """The whole table."""
    say("\n" + HEADS)
    for one in results:
        say(line(one))
    for sentence in left_out:
        say(f"not run: {sentence}")


def keep(results: Sequence[Result], left_out: Sequence[str], scale: str, path: Path) -> None:
    """The same as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "scale": scale,
        "rows": [one.as_json() for one in results],
        "not_run": list(left_out),
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
