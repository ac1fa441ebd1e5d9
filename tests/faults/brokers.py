"""T2, T3b: Redis stopped, frozen, or at the far end of a line that swallows everything."""

from __future__ import annotations

import time

from tests.faults.findings import Result, answers, judge
from tests.faults.grounds import Grounds
from tests.faults.proxy import DROP, PASS
from tests.faults.rig import rig
from tests.faults.scale import Scale
from tests.faults.settling import begun, drain, fast_again, send, settle
from tests.faults.site import NAIVE, OURS, Plan

ROUTED_WITHIN = 60.0
FAST_WITHIN = 30.0
HEARS_WITHIN = 60.0
LONGEST_ANSWER = 2.0
FEW = 10
"""Requests to a naive build whose Redis is away: each may wait for minutes."""
GIVEN_UP_AFTER = 120.0
"""Seconds after which nobody waits for a naive build any more that hangs since its Redis did."""


def redis_away(fault: str, grounds: Grounds, scale: Scale, build: str) -> Result:
    """T2: Redis stopped, or frozen so that connections hang, under load."""
    requests = scale.requests if build == OURS else min(scale.requests, FEW)
    what = f"Redis {fault} for {scale.away:.0f} s during {requests} requests"
    result = Result(f"T2 Redis {fault}", what, build, grounds.kind, limit=ROUTED_WITHIN)
    with rig(grounds, f"t2-{fault}", Plan(build=build)) as one:
        client = send(one, requests)
        begun(one)
        one.take_redis(fault)
        back_at = time.monotonic() + scale.away
        if build == NAIVE:
            one.rest(scale.away)
            one.return_redis(fault)
            settle(one, client, result, limit=ROUTED_WITHIN, sending=GIVEN_UP_AFTER)
        else:
            one.finish(client, seconds=300)
            answers(result, one.folder)
            # Redis is still away here: all of it is the sweeper's work.
            drain(one, result, limit=ROUTED_WITHIN)
            one.rest(max(0, back_at - time.monotonic()))
            one.return_redis(fault)
            fast_again(one, result, limit=FAST_WITHIN)
            drain(one, Result("", "", build, ""), limit=ROUTED_WITHIN)
        judge(result, one)
        result.must(
            result.p99 <= LONGEST_ANSWER * scale.patience, f"p99 of {result.p99:.1f} s for visitors"
        )
    result.faults = 1
    return result


def line_swallows(grounds: Grounds, scale: Scale, build: str) -> Result:
    """T3b: what the worker and Redis say to each other is swallowed; then the line heals."""
    what = f"the worker's line to Redis swallows all for {scale.hole:.0f} s, {scale.holes} times"
    result = Result("T3b black hole", what, build, grounds.kind, limit=ROUTED_WITHIN)
    with rig(grounds, "t3b", Plan(build=build, worker_line=True)) as one:
        client = send(one, scale.requests, clients=2)
        begun(one)
        for _hole in range(scale.holes):
            one.line("redis", DROP)
            one.rest(scale.hole)
            one.line("redis", PASS)
            fast_again(one, result, limit=HEARS_WITHIN)
        settle(one, client, result, limit=ROUTED_WITHIN)
        judge(result, one)
    result.faults = scale.holes
    return result
