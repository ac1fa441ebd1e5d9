"""T1, T10, T12: processes that are killed, that kill themselves, that are asked to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from clinic.environment import BASE_DIR
from clinic.outbox.codes import MAX_ATTEMPTS
from tests.bench.measuring import percentile
from tests.faults.findings import Allowed, Result, answers, judge, seconds_until_done
from tests.faults.grounds import Grounds
from tests.faults.poison import KINDS
from tests.faults.rig import Rig, rig
from tests.faults.scale import Scale
from tests.faults.settling import CLIENTS, begun, drain, send, sentence, settle
from tests.faults.site import NAIVE, Plan

BEFORE_PUBLISH = "after_commit_before_publish"
AFTER_CLAIM = "after_claim"
AFTER_250 = "after_smtp_250_before_commit"
REAL_LEASE = 120.0
NEIGHBOURS = 10.0
RESTART = 30.0
"""A process that died often is given up to ten seconds; then it has work to do."""


def killed_at(point: str, grounds: Grounds, scale: Scale, build: str) -> Result:
    """T1: kill -9, so many times at one point."""
    plan = Plan(build=build, armed=f"{point}:{scale.kills}", lease=scale.lease)
    what = f"kill -9 {scale.kills} times {point.replace('_', ' ')}; {sentence(plan)}"
    result = Result(f"T1 {point}", what.rstrip("; "), build, grounds.kind)
    with rig(grounds, f"t1-{point}", plan) as one:
        client = send(one, max(scale.requests, 2 * scale.kills))
        settle(one, client, result, limit=(scale.lease or REAL_LEASE) + RESTART)
        repeats = one.faults() if point == AFTER_250 else 0
        judge(result, one, Allowed(errors=point == BEFORE_PUBLISH, repeats=repeats))
    result.must(result.faults == scale.kills, f"killed {result.faults} times only")
    return result


def poisoned(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T10: effects that raise, end their process, or hang, beside others that are well."""
    plan = Plan(build=build, clock=1000, lease=8, limit=4)
    what = f"{len(KINDS)} effects that raise, exit and hang; {sentence(plan)}"
    result = Result("T10 poison", what, build, grounds.kind)
    with rig(grounds, "t10", plan) as one:
        command = [sys.executable, "-m", "tests.faults.poison"]
        subprocess.run(command, check=True, env=one.environment, cwd=BASE_DIR)
        one.finish(send(one, scale.requests), seconds=300)
        answers(result, one.folder)
        drain(one, result, limit=MAX_ATTEMPTS * (plan.lease + RESTART))
        judge(result, one, Allowed(quarantined=len(KINDS)))
        neighbours = percentile(seconds_until_done(one), 95)
        result.notes.append(
            f"beside it 95 % had all that was owed {neighbours:.1f} s after their reference"
            f" (limit {NEIGHBOURS:.0f} s)"
        )
        result.must(neighbours <= NEIGHBOURS, "poison held up the others")
        _tries(one, result)
    return result


def _tries(one: Rig, result: Result) -> None:
    rows = one.books.ask(
        "SELECT kind, attempts FROM outbox_effect WHERE kind LIKE 'faults.%' ORDER BY kind"
    )
    result.notes.append("tries: " + ", ".join(f"{kind} {count}" for kind, count in rows))
    within = all(count <= MAX_ATTEMPTS for _kind, count in rows)
    result.must(within, "poison was tried more often than it may be")


def told_to_stop(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T12: SIGTERM to the worker again and again while the queue is full."""
    what = f"SIGTERM to the worker {scale.stops} times under load"
    result = Result("T12 SIGTERM", what, build, grounds.kind)
    with rig(grounds, "t12", Plan(build=build)) as one:
        requests = max(scale.requests, 4 * scale.stops)
        client = send(one, requests, clients=CLIENTS if build == NAIVE else CLIENTS // 2)
        begun(one)
        for _stop in range(scale.stops):
            _stop_worker(one)
        settle(one, client, result, limit=RESTART + REAL_LEASE)
        judge(result, one)
        result.faults = scale.stops
    return result


def _stop_worker(one: Rig) -> None:
    before = one.supervisor.process_id("worker")
    os.kill(before, signal.SIGTERM)
    one.wait(lambda: one.supervisor.process_id("worker") != before, seconds=60)
    one.rest(1)
