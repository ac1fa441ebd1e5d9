"""T8, T9, T13, T15: many clicks on one form, many people at once, too many sweepers, bad luck."""

from __future__ import annotations

import json

from tests.bench.measuring import percentile
from tests.faults.findings import Allowed, Result, answers, judge
from tests.faults.grounds import POSTGRES, Grounds
from tests.faults.rig import rig
from tests.faults.scale import Scale
from tests.faults.settling import drain, send, settle
from tests.faults.site import Plan

CROWD = 50
SLOWEST = {POSTGRES: 1.5}
DRAINED_WITHIN = 120.0
ROLL_BACKS = 3
RAISES = 5


def clicks(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T8: one form sent many times at once, a line cut after the POST, two tabs."""
    what = f"{scale.clicks} parallel POSTs of one form; connection cut after POST; two tabs"
    result = Result("T8 double clicks", what, build, grounds.kind)
    with rig(grounds, "t8", Plan(build=build)) as one:
        before = one.books.requests()
        client = one.start_client("clicks", scale.clicks)
        result.must(one.finish(client, seconds=120), "the client had to be stopped")
        answers(result, one.folder)
        drain(one, result, limit=30)
        judge(result, one)
        told = json.loads((one.folder / "clicks.json").read_text())
        made, tabs = one.books.requests() - before, told["tabs"]
        flagged = one.books.asked()[tabs[-1]].flagged
    result.must(len(set(told["clicked"])) == 1, f"one form gave {set(told['clicked'])}")
    result.must(len(set(tabs)) == len(tabs), "two tabs became one request")
    result.must(flagged, "the second tab is not flagged as a possible duplicate")
    result.twice += max(0, made - told["forms"])
    result.must(made == told["forms"], f"{told['forms']} forms became {made} requests")
    return result


def crowd(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T9: fifty people at once, one request after the other; one web process, as in the demo."""
    limit = SLOWEST.get(grounds.kind, 3.0) * scale.patience
    what = f"{scale.crowd} requests from {CROWD} clients; p99 under {limit} s"
    result = Result("T9 crowd", what, build, grounds.kind)
    with rig(grounds, "t9", Plan(build=build)) as one:
        client = one.start_client("crowd", CROWD, scale.crowd // CROWD)
        settle(one, client, result, limit=DRAINED_WITHIN)
        judge(result, one)
        told = json.loads((one.folder / "answers.json").read_text())
    shown, spent = percentile(told["shown"], 99), told["processor_seconds"]
    result.notes.append(
        f"99 % saw their reference within {shown:.2f} s; the client took {spent:.1f} s of processor"
    )
    result.must(result.shown == scale.crowd // CROWD * CROWD, "somebody got no reference")
    result.must(result.p99 <= limit, f"p99 of {result.p99:.2f} s for visitors")
    return result


def two_sweepers(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T13: two sweepers that leave the worker no turn, and the worker, all at the same rows."""
    plan = Plan(build=build, sweepers=2, grace=0, sweeps_every=0.05)
    what = "two sweepers without pause and two worker processes on the same rows; no beat"
    result = Result("T13 two sweepers", what, build, grounds.kind)
    with rig(grounds, "t13", plan) as one:
        settle(one, send(one, scale.requests), result, limit=60)
        judge(result, one)
    return result


def bad_luck(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T15: a transaction rolled back after `wake()`, and an exception in `on_commit`."""
    armed = f"roll_back_after_wake:{ROLL_BACKS} publishing_raises:{RAISES}"
    what = f"{ROLL_BACKS} roll-backs after wake(), {RAISES} exceptions in on_commit"
    result = Result("T15 bad luck", what, build, grounds.kind)
    with rig(grounds, "t15", Plan(build=build, armed=armed)) as one:
        before = one.books.requests()
        settle(one, send(one, scale.requests), result, limit=60)
        judge(result, one, Allowed(errors=True))
        made = one.books.requests() - before
    # Each roll-back was one answer "it did not work"; whoever got it sent again.
    result.must(result.errors <= ROLL_BACKS, f"{result.errors} visitors were told it failed")
    result.must(made == result.shown, f"{made} requests for {result.shown} references")
    result.must(result.faults == ROLL_BACKS + RAISES, f"{result.faults} faults happened only")
    return result
