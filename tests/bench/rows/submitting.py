"""A crowd: 1,000 people send their request, 50 at a time. Nobody is lost, nobody waits long."""

from __future__ import annotations

from collections.abc import Sequence

from clinic.demo import programs
from clinic.people.models import Reference
from referrals.desk.models import Referral
from tests.bench import site, visitors
from tests.bench.measuring import Contest, Took, percentile, timed
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

CLIENTS = 50
ROUNDS = 4
LONGEST = {"sqlite": 3.0, "postgresql": 1.5}
"""Seconds in which 99 of 100 must have their answer."""
DRAINED = 120.0


def submissions(setting: Setting) -> Result:
    """Web, worker and sweeper as the demo runs them; forms are opened before the time begins."""
    folder, also = setting.folder / "crowd", (programs.worker(), programs.sweeper())
    with site.redis(folder) as chosen, site.serving(folder, url=chosen.url, also=also) as one:
        return _crowd(one, setting)


def _crowd(one: site.Site, setting: Setting) -> Result:
    times = setting.count(full=250, quick=50)
    # The first round warms up and is not counted.
    forms = iter(visitors.open_forms(one.port, times * (ROUNDS + 1)))
    sent: list[visitors.Sent] = []

    def ours(_prepared: None) -> Took:
        batch = [next(forms) for _ in range(times)]
        found, seconds = _timed_sending(one.port, batch)
        sent.extend(found)
        return len(found), seconds

    def floor(_prepared: None) -> Took:
        return timed(lambda: len(visitors.look(one.port, times, clients=CLIENTS)))

    contest = Contest(lambda: None, ours, floor, one.cpu_seconds)
    costs = contest.run(rounds=ROUNDS)
    found = Result("send a request, 50 at a time", "GET /healthz, 50 at a time", *costs)
    drained = site.wait_until(lambda: not _unrouted(sent), seconds=600, every=0.5)
    _judge(found, sent[times:], sent, drained, LONGEST[setting.database])
    return found


def _timed_sending(port: int, forms: Sequence[visitors.Form]) -> tuple[list[visitors.Sent], float]:
    kept: list[visitors.Sent] = []

    def work() -> int:
        kept.extend(visitors.send(port, forms, clients=CLIENTS))
        return len(kept)

    _times, seconds = timed(work)
    return kept, seconds


def _judge(
    found: Result,
    counted: Sequence[visitors.Sent],
    sent: Sequence[visitors.Sent],
    drained: float,
    longest: float,
) -> None:
    answers = [one.answered for one in counted]
    shown = [one.shown for one in counted]
    found.figures |= {"sent": len(counted), "a second": found.a_second}
    found.figures |= {f"answered p{share} s": percentile(answers, share) for share in (50, 95, 99)}
    found.figures |= {f"reference shown p{share} s": percentile(shown, share) for share in (50, 99)}
    found.limits += [
        Limit("without a reference", len([one for one in sent if not one.reference]), 0),
        Limit("lost", _lost(sent), 0),
        Limit("99 % answered within seconds", percentile(answers, 99), longest),
        Limit("all routed within seconds after the last", drained, DRAINED),
    ]


def _lost(sent: Sequence[visitors.Sent]) -> int:
    """References that somebody was shown and the database does not have."""
    shown = {one.reference for one in sent if one.reference}
    kept = Reference.rows.filter(code__in=shown).values_list("code", flat=True)
    return len(shown - set(kept))


def _unrouted(sent: Sequence[visitors.Sent]) -> bool:
    codes = [one.reference for one in sent]
    cases = Reference.rows.filter(code__in=codes).values("about_id")
    return Referral.rows.filter(case__in=cases, coordinator__isnull=True).exists()
