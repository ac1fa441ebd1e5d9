"""From what somebody sent to a named coordinator: how long it takes, and how many a second."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date

import redis
from django.utils import timezone
from kombu import Connection

from clinic.celery import app
from clinic.demo import programs
from clinic.demo.supervisor import Program
from clinic.outbox.models import Effect
from clinic.outbox.wake import TASK
from clinic.people import consents
from clinic.people.colleagues.hand_over import GIVEN
from clinic.people.intake import Details, Intake
from clinic.people.models import Reference
from clinic.people.models.person import ConsentKind
from clinic.people.submitting import Submission
from referrals.desk.asking import Interest, refer
from referrals.desk.codes import ROUTE, TELL
from referrals.desk.models import Referral
from referrals.screening.profile import Profile
from tests.bench import noop, site, visitors
from tests.bench.measuring import Contest, Took, percentile, timed
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

QUEUE = app.conf.task_default_queue
KINDS = (ROUTE, TELL, GIVEN)
PACE = 0.2
"""Seconds between two people: a busy hour, not a crowd; the crowd is another row."""


def with_redis(setting: Setting) -> Result:
    """Web, worker and sweeper, as the demo runs them."""
    folder, also = setting.folder / "routed", (programs.worker(), programs.sweeper())
    with site.redis(folder) as chosen, site.serving(folder, url=chosen.url, also=also) as one:
        return _routed(one, setting, "send, until a coordinator has it", within=2.0)


def by_sweeper(setting: Setting) -> Result:
    """The same without Redis and without a worker."""
    with site.serving(setting.folder / "swept", url="", also=(programs.sweeper(),)) as one:
        return _routed(one, setting, "the same with the sweeper alone", within=15.0)


def _routed(one: site.Site, setting: Setting, says: str, *, within: float) -> Result:
    waits: list[float] = []
    times = setting.count(full=25, quick=5)

    def ours(forms: Sequence[visitors.Form]) -> Took:
        waits.extend(found := _waits(visitors.send(one.port, forms, clients=5, pace=PACE)))
        return len(found), sum(found)

    def floor(forms: Sequence[visitors.Form]) -> Took:
        found = visitors.look(one.port, len(forms), clients=1)
        return len(found), sum(found)

    contest = Contest(lambda: visitors.open_forms(one.port, times), ours, floor, one.cpu_seconds)
    found = Result(says, "GET /healthz", *contest.run(rounds=setting.count(full=4, quick=1)))
    counted = waits[times:]
    found.figures |= {f"p{share} s": percentile(counted, share) for share in (50, 95, 99)}
    found.limits.append(Limit("95 % routed within seconds", percentile(counted, 95), within))
    return found


def _waits(sent: Sequence[visitors.Sent]) -> list[float]:
    """Seconds from each sending to the end of its routing."""
    assert not visitors.problems(sent), visitors.problems(sent)
    routed = {one.reference: _routing_of(one.reference) for one in sent}
    site.wait_until(lambda: all(rows.exists() for rows in routed.values()), seconds=60)
    ends = {code: rows.values_list("ended_at", flat=True)[0] for code, rows in routed.items()}
    return [ends[one.reference].timestamp() - one.at for one in sent]


def _routing_of(code: str):
    case = Reference.rows.filter(code=code).values("about_id")
    referrals = Referral.rows.filter(case__in=case, coordinator__isnull=False).values("pk")
    return Effect.objects.filter(kind=ROUTE, about_id__in=referrals, ended_at__isnull=False)


def rate(setting: Setting) -> Result:
    """Many waiting referrals at once, and as many tasks that do nothing, for one worker."""
    folder, times = setting.folder / "rate", setting.count(full=200, quick=30)
    worker = programs.worker()
    worker = Program(worker.name, (*worker.command, f"--include={noop.__name__}"))
    with site.redis(folder) as chosen, site.serving(folder, url=chosen.url, also=(worker,)) as one:
        broker = redis.Redis.from_url(chosen.url)
        owing = Effect.objects.waiting().filter(kind__in=KINDS, created_at__gte=timezone.now())

        def ours(_prepared: None) -> Took:
            referrals = [_asked() for _ in range(times)]
            owed = Effect.objects.filter(kind=ROUTE, about_id__in=referrals)
            messages = [{"effect_id": str(one)} for one in owed.values_list("pk", flat=True)]
            without = Referral.rows.filter(pk__in=referrals, coordinator__isnull=True)
            return timed(
                lambda: _run(chosen.url, TASK, messages, until=lambda: not without.exists())
            )

        def floor(_prepared: None) -> Took:
            empty = [{}] * times
            return timed(lambda: _run(chosen.url, noop.NAME, empty, until=lambda: not waiting()))

        def waiting() -> int:
            return broker.llen(QUEUE)

        def is_idle() -> bool:
            # What was routed owes word to two people, which the same worker sends afterwards.
            return not waiting() and not owing.exists()

        contest = Contest(lambda: _wait(is_idle), ours, floor, one.cpu_seconds)
        found = Result(
            "route a referral that waits",
            "a task that does nothing",
            *contest.run(rounds=setting.count(full=5, quick=1)),
        )
        broker.close()
    share = 1 / found.wall_ratio
    found.limits.append(Limit("of the rate of no-op tasks", share, 0.3, at_most=False))
    return found


def _asked() -> uuid.UUID:
    """A referral that nobody has been told about: this process has no broker."""
    now = timezone.now()
    agreed = consents.wordings([ConsentKind.CONTACT], "en", at=now)
    person = Details(given_name="Visitor", phone="+12125550000", birth_date=date(1972, 4, 27))
    submission = Submission(uuid.uuid4(), Intake(person), agreed)
    reference = refer(submission, interest=Interest((), Profile(on=now.date())), at=now)
    return Referral.rows.get(case=reference.about_id).pk


def _run(
    url: str, task: str, messages: Sequence[dict[str, str]], *, until: Callable[[], bool]
) -> int:
    with Connection(url) as connection:
        for arguments in messages:
            app.send_task(task, kwargs=arguments, connection=connection)
    site.wait_until(until, seconds=120, every=0.01)
    return len(messages)


def _wait(is_idle: Callable[[], bool]) -> None:
    site.wait_until(is_idle, seconds=120)
