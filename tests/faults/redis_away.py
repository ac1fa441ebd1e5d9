"""Redis stopped, and Redis frozen, while 10 visitors send 50 requests.

`make faults`. Web, worker, sweeper and a Redis of its own on loopback; SQLite, or the PostgreSQL
server of `FAULTS_POSTGRES_URL`. Exit status 1 when a figure misses its limit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from clinic.demo import broker, ports, programs
from clinic.demo.supervisor import Supervisor
from clinic.environment import BASE_DIR
from tests.faults.visitor import Visitor

CLIENTS = 10
EACH = 5
LONGEST_ANSWER = 2.0
ROUTED_WITHIN = 15.0
FAST_AGAIN_WITHIN = 30.0
FAST = timedelta(seconds=2)
"""The sweeper leaves the worker three seconds: whatever is routed sooner came by the fast path."""


@dataclass
class Rig:
    """The running processes, and the Redis that is taken away."""

    site: str
    chosen: broker.Broker
    redis: subprocess.Popen[bytes]

    def take_away(self, fault: str) -> None:
        """Stop Redis, or freeze it so that connections hang."""
        if fault == "frozen":
            self.redis.send_signal(signal.SIGSTOP)
        else:
            self.redis.terminate()
            self.redis.wait()

    def bring_back(self, fault: str) -> None:
        """Let it go on, or start it again."""
        if fault == "frozen":
            self.redis.send_signal(signal.SIGCONT)
        else:
            self.redis = start(self.chosen)


def start(chosen: broker.Broker) -> subprocess.Popen[bytes]:
    """A Redis that answers."""
    assert chosen.program is not None, "no Redis on this machine"
    server = subprocess.Popen(chosen.program.command, stdout=subprocess.DEVNULL)
    wait_until(chosen.answers, seconds=10)
    return server


def wait_until(question, *, seconds: float) -> float:
    """Seconds until the answer was yes; `seconds` or more when it never was."""
    started = time.monotonic()
    while not question() and time.monotonic() - started < seconds:
        time.sleep(0.1)
    return time.monotonic() - started


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """A site with the sample content, for one fault."""
    chosen = broker.find(named="", folder=folder / "redis")
    port = ports.free_port()
    environment = dict(os.environ) | {"REDIS_URL": chosen.url}
    server = start(chosen)
    try:
        with Supervisor(environment=environment, log_folder=folder, say=print) as supervisor:
            supervisor.start(programs.web(port))
            supervisor.start(programs.worker())
            supervisor.start(programs.sweeper())
            assert supervisor.wait_until(lambda: programs.is_serving(port), seconds=60)
            one = Rig(f"http://127.0.0.1:{port}", chosen, server)
            yield one
    finally:
        server.kill()
        one.redis.send_signal(signal.SIGCONT)
        one.redis.kill()


def send_all(site: str, during) -> list[Visitor]:
    """50 journeys by 10 visitors at once; `during` runs when they have begun."""
    visitors = [Visitor(site, number) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        for _round in range(EACH):
            jobs = [pool.submit(visitor.submit) for visitor in visitors]
            if _round == 0:
                during()
            for job in jobs:
                job.result()
    return visitors


def waiting(codes: list[str]) -> int:
    """How many of these requests are not in a named coordinator's hands."""
    from clinic.people.models import Reference
    from referrals.desk.models import Referral

    cases = Reference.rows.filter(code__in=codes).values("about_id")
    routed = Referral.rows.filter(case__in=cases, coordinator__isnull=False).count()
    return len(codes) - routed


def fast_path_is_back(site: str) -> bool:
    """Send one more request and see whether it is routed before the sweeper would look."""
    from clinic.outbox.models import Effect
    from clinic.people.models import Reference
    from referrals.desk.models import Referral

    visitor = Visitor(site, 99)
    visitor.submit()
    code = visitor.references[-1].replace("-", "")
    case_id = Reference.rows.get(code=code).about_id
    row = Referral.rows.get(case=case_id)
    wait_until(
        lambda: Effect.objects.filter(about_id=row.pk, kind="desk.route", state="done").exists(),
        seconds=10,
    )
    effect = Effect.objects.get(about_id=row.pk, kind="desk.route")
    return effect.ended_at is not None and effect.ended_at - effect.created_at < FAST


def say(text: str) -> None:
    """A line for whoever runs this."""
    sys.stdout.write(text + "\n")


def run(fault: str, folder: Path) -> bool:
    """One fault; prints its figures and says whether all hold."""
    with rig(folder) as one:
        wait_until(lambda: fast_path_is_back(one.site), seconds=30)
        visitors = send_all(one.site, lambda: one.take_away(fault))
        sent_at = datetime.now(UTC)
        codes = [text.replace("-", "") for visitor in visitors for text in visitor.references]
        routed = wait_until(lambda: waiting(codes) == 0, seconds=60)
        one.bring_back(fault)
        back = wait_until(lambda: fast_path_is_back(one.site), seconds=60)
    answers = sorted(seconds for visitor in visitors for seconds, _status in visitor.answers)
    errors = [text for visitor in visitors for text in visitor.errors]
    bad = [status for visitor in visitors for _seconds, status in visitor.answers if status >= 400]
    say(
        f"Redis {fault}: {len(codes)} of {CLIENTS * EACH} requests kept, {len(answers)} answers, "
        f"{len(errors)} errors, statuses over 399: {bad or 'none'}; "
        f"longest answer {answers[-1]:.2f} s (limit {LONGEST_ANSWER}), "
        f"median {answers[len(answers) // 2]:.3f} s; all routed {routed:.1f} s after the last, "
        f"still without Redis (limit {ROUTED_WITHIN}); fast path back {back:.1f} s after its "
        f"return (limit {FAST_AGAIN_WITHIN}); last sent {sent_at:%H:%M:%S} UTC"
    )
    for text in errors[:5]:
        say(f"  {text}")
    return (
        len(codes) == CLIENTS * EACH
        and not bad
        and answers[-1] <= LONGEST_ANSWER
        and routed <= ROUTED_WITHIN
        and back <= FAST_AGAIN_WITHIN
    )


def main() -> int:
    """Both faults, each on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        results = [one_fault(fault, Path(name) / fault) for fault in ("stopped", "frozen")]
    return 0 if all(results) else 1


def one_fault(fault: str, folder: Path) -> bool:
    """Run in a process of its own: settings are read once for each process."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.faults.redis_away", fault, str(folder)]
    return subprocess.run(command, check=False, cwd=BASE_DIR).returncode == 0


def fresh_database(folder: Path) -> str:
    """An empty database: a SQLite file, or one made on the server of `FAULTS_POSTGRES_URL`."""
    server = os.environ.get("FAULTS_POSTGRES_URL")
    if not server:
        return f"sqlite:///{folder}/clinic.sqlite3"
    name = f"faults_{folder.name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def prepare(folder: Path) -> None:
    """Settings of the rig, and a database with the sample content."""
    from clinic.demo.setup import generate

    made = dict(line.split("=", 1) for line in generate().splitlines())
    os.environ |= made | {
        "DATABASE_URL": fresh_database(folder),
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "SITE_URL": "http://127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
    }
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_sample")
    connections.close_all()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    fault_name, fault_folder = sys.argv[1], Path(sys.argv[2])
    prepare(fault_folder)
    sys.exit(0 if run(fault_name, fault_folder) else 1)
