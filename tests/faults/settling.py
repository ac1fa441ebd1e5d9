"""What every row does: send requests, wait until nothing more happens, count."""

from __future__ import annotations

import subprocess

from tests.faults.findings import NEVER, Result, answers, is_quiet, unfinished
from tests.faults.rig import Rig
from tests.faults.site import NAIVE, Plan

CLIENTS = 10
NAIVE_WAIT = 30.0
"""Where there is no sweeper nothing comes later; what is not there by then never is."""


def send(
    rig: Rig, requests: int, *, clients: int = CLIENTS, first: int = 0
) -> subprocess.Popen[bytes]:
    """Have so many requests sent, while the row goes on; the people are numbered from `first`."""
    return rig.start_client("load", clients, max(1, requests // clients), first)


def begun(rig: Rig, *, shown: int = 2) -> None:
    """Wait until the first references were shown: the fault comes in the middle."""
    rig.wait(lambda: len(rig.ledger()) >= shown, seconds=60)


def settle(
    rig: Rig,
    client: subprocess.Popen[bytes],
    result: Result,
    *,
    limit: float,
    sending: float = 600,
) -> None:
    """Wait for the client, then for the queue; how long that took is the recovery."""
    result.limit = limit
    result.must(rig.finish(client, seconds=sending), "the client had to be stopped")
    answers(result, rig.folder)
    drain(rig, result, limit=limit)


def drain(rig: Rig, result: Result, *, limit: float) -> None:
    """Wait until nothing more will happen by itself."""
    result.limit = limit
    patience = NAIVE_WAIT if result.build == NAIVE else limit + 15
    result.recovery = rig.wait(lambda: is_quiet(rig), seconds=patience)
    if result.recovery == NEVER:
        result.notes.append(f"after {patience:.0f} s {unfinished(rig)} still waited")


def fast_again(rig: Rig, result: Result, *, limit: float) -> None:
    """See how long the fast path takes to come back."""
    took = rig.wait(rig.fast_path, seconds=limit if result.build == NAIVE else limit + 30)
    result.notes.append(f"fast path back after {took:.1f} s (limit {limit:.0f})")
    result.must(took <= limit, "the fast path did not come back in time")


def sentence(plan: Plan) -> str:
    """How the times of this plan were scaled; empty when they are the real ones."""
    said = []
    if plan.lease:
        said.append(f"lease 120 s scaled to {plan.lease:.0f} s")
    if plan.limit:
        said.append(f"time limit of an effect 60 s scaled to {plan.limit:.0f} s")
    if plan.clock:
        said.append(f"waits between tries divided by {plan.clock:.0f}")
    if plan.smtp_seconds != Plan.smtp_seconds:
        said.append(f"mail time limit 15 s scaled to {plan.smtp_seconds:.0f} s")
    return "; ".join(said)
