"""T5: mail servers as they are: away for an hour, greylisting, refusing, slow, breaking off.

Before the trouble the same number of people ask while mail is well. What visitors and coordinators
then wait for longer is the trouble's doing: they wait for no mail, and must not notice.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.measuring import percentile
from tests.faults import proxy, sink
from tests.faults.findings import Allowed, Result, judge, seconds_until_done
from tests.faults.grounds import Grounds
from tests.faults.rig import Rig, rig
from tests.faults.scale import Scale
from tests.faults.settling import send, sentence, settle
from tests.faults.site import OURS, Plan

HOUR = 3600.0
TRIES_OF_GREYLIST = 3
CALL_WITHIN = 300.0
LONGER, MORE = 2, 1.0
"""Times and seconds that an answer may take longer, as on a machine that does other things, too;
who waited for a mail server would wait for its time limit."""
CALM_WITHIN = 60.0
ROUTED_WITHIN = 15.0
"""What 95 % wait for a coordinator where the sweeper alone is left: mail may hold every worker."""


@dataclass(frozen=True)
class Trouble:
    """One way a mail server fails: its mood or its line, for how long, and by when all is well."""

    name: str
    mood: str = sink.ACCEPT
    line: str = proxy.PASS
    holds: float = 10.0
    limit: float = 60.0
    smtp_seconds: float = Plan.smtp_seconds
    breaks_off: bool = False


GREYLIST = Trouble("greylist", mood=sink.GREYLIST, holds=0)
REFUSES = Trouble("550", mood=sink.REFUSE, holds=0, limit=CALL_WITHIN)
TROUBLES = (
    GREYLIST,
    REFUSES,
    Trouble("421", mood=sink.BUSY),
    Trouble("slow", mood=sink.SLOW, smtp_seconds=3),
    Trouble("drop after DATA", mood=sink.HANG_UP, breaks_off=True),
    Trouble("line hangs", line=proxy.HANG, smtp_seconds=3),
)


def trouble(kind: Trouble, grounds: Grounds, scale: Scale, build: str) -> Result:
    """One kind of trouble, while requests come in."""
    plan = Plan(build=build, smtp_seconds=kind.smtp_seconds)
    return _run(kind, plan, grounds, scale)


def away_an_hour(grounds: Grounds, scale: Scale, build: str) -> Result:
    """Nobody listens for an hour: a shorter one, and the waits between tries shortened alike."""
    kind = Trouble("refused 1 h", line=proxy.RESET, holds=scale.hour, limit=max(60, scale.hour))
    clock = HOUR / scale.hour if scale.hour < HOUR else 0
    return _run(kind, Plan(build=build, clock=clock), grounds, scale)


def _run(kind: Trouble, plan: Plan, grounds: Grounds, scale: Scale) -> Result:
    hour = f"1 h scaled to {scale.hour:.0f} s" if kind.line == proxy.RESET and plan.clock else ""
    parts = [f"mail server: {kind.name}", hour, sentence(plan)]
    result = Result(f"T5 {kind.name}", "; ".join(filter(None, parts)), plan.build, grounds.kind)
    with rig(grounds, "t5", plan) as one:
        calm = Result("", "", plan.build, grounds.kind)
        settle(one, send(one, scale.requests), calm, limit=CALM_WITHIN)
        before = len(one.ledger())
        one.mood(kind.mood)
        one.line("smtp", kind.line)
        client = send(one, scale.requests, first=scale.requests)
        one.finish(client, seconds=300)
        one.rest(kind.holds)
        if kind is not REFUSES:
            one.line("smtp", proxy.PASS)
            if kind is not GREYLIST:
                one.mood(sink.ACCEPT)
        settle(one, client, result, limit=kind.limit)
        judge(result, one, Allowed(repeats=len(one.mail()) if kind.breaks_off else 0))
        result.complaints += calm.complaints
        if plan.build == OURS:
            _unnoticed(one, before, calm, result, patience=scale.patience)
            _by_kind(kind, one, before, result)
    result.faults = 1
    return result


def _unnoticed(one: Rig, before: int, calm: Result, result: Result, *, patience: float) -> None:
    """Neither visitors nor coordinators may notice that mail is in trouble."""
    longest = LONGER * calm.p99 + MORE * patience
    result.notes.append(
        f"99 % answered within {result.p99:.2f} s, {calm.p99:.2f} s while mail was well"
        f" (limit {longest:.2f} s)"
    )
    result.must(result.p99 <= longest, "visitors waited for the mail server")
    routed = seconds_until_done(one, "%.route")
    well, troubled = percentile(routed[:before], 95), percentile(routed[before:], 95)
    result.notes.append(
        f"95 % had their coordinator within {troubled:.2f} s, {well:.2f} s while mail was well"
        f" (limit {ROUTED_WITHIN:.0f} s)"
    )
    result.must(troubled <= ROUTED_WITHIN, "coordinators had to wait for the mail server")


def _by_kind(kind: Trouble, one: Rig, before: int, result: Result) -> None:
    if kind is GREYLIST:
        ((most,),) = one.books.ask(
            "SELECT max(attempts) FROM outbox_effect WHERE kind LIKE '%.tell'"
        )
        result.notes.append(f"delivered at try {most} at the latest")
        result.must(most <= TRIES_OF_GREYLIST + 1, f"greylisted mail needed {most} tries")
    if kind is REFUSES:
        called = {line["reference"] for line in one.ledger()[before:]}
        owners = [one.books.asked()[reference].calls_of for reference in called]
        named = sum(len(owner) == 1 for owner in owners)
        result.notes.append(f"{named} call tasks, each for one named colleague")
        result.must(named == len(called), f"{len(called) - named} people will not be called")
