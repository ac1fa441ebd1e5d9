"""One site of real processes on loopback, and the things around it that can be broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic.demo import broker, ports, programs
from clinic.demo.supervisor import Supervisor
from tests.faults import canaries
from tests.faults.arming import ARMED
from tests.faults.books import Books
from tests.faults.grounds import Grounds
from tests.faults.site import NotUp, Plan, spawn, start_redis, start_site
from tests.faults.visitor import NoWay, Visitor

FAST = 2.0
"""The sweeper leaves the worker three seconds: what is routed sooner came by the fast path."""
WORD_WITHIN = 10.0
PROBES = 900_000
"""Numbers of the people who only try whether it works."""


class Stopped(Exception):
    """Somebody asked to stop."""


@dataclass
class Rig:
    """The running site, what it may be told, and what it did."""

    folder: Path
    site: str
    books: Books
    broker: broker.Broker
    supervisor: Supervisor
    redis: subprocess.Popen[bytes]
    environment: dict[str, str]
    clients: list[subprocess.Popen[bytes]] = field(default_factory=list)
    probes: int = 0

    def wait(self, question: Callable[[], bool], *, seconds: float) -> float:
        """Seconds until yes, looking after the processes; infinite when it never came."""
        started = time.monotonic()
        if self.supervisor.wait_until(question, seconds=seconds):
            return time.monotonic() - started
        if self.supervisor.stopping:
            raise Stopped
        return float("inf")

    def rest(self, seconds: float) -> None:
        """Let it run."""
        self.wait(lambda: False, seconds=seconds)

    # -- The things around it ----------------------------------------------------------------------
    def mood(self, mood: str) -> None:
        """How the mail server behaves from now on."""
        _write(self.folder / "mail" / "mood", mood)

    def line(self, name: str, mode: str) -> None:
        """How the line to `redis` (the worker's) or `smtp` behaves from now on."""
        _write(self.folder / f"{name}.line", mode)

    def take_redis(self, fault: str) -> None:
        """Stop Redis, or freeze it so that connections hang."""
        if fault == "frozen":
            self.redis.send_signal(signal.SIGSTOP)
        else:
            self.redis.terminate()
            self.redis.wait()

    def return_redis(self, fault: str) -> None:
        """Let it go on, or start it again."""
        if fault == "frozen":
            self.redis.send_signal(signal.SIGCONT)
        else:
            self.redis = start_redis(self.broker)

    # -- The people --------------------------------------------------------------------------------
    def start_client(self, module: str, *arguments: object) -> subprocess.Popen[bytes]:
        """One of our client programs; it is ended with the rig."""
        told = [str(one) for one in (self.site, self.folder, *arguments)]
        command = [sys.executable, "-m", f"tests.faults.{module}", *told]
        with (self.folder / f"{module}.log").open("ab") as log:
            client = spawn(command, self.environment, log)
        self.clients.append(client)
        return client

    def finish(self, client: subprocess.Popen[bytes], *, seconds: float) -> bool:
        """Wait for a client; False when it had to be stopped."""
        if self.wait(lambda: client.poll() is not None, seconds=seconds) < seconds:
            return client.returncode == 0
        client.kill()
        client.wait()
        return False

    def ledger(self) -> list[dict[str, Any]]:
        """Every reference that was shown to somebody."""
        return lines_of(self.folder / "ledger")

    def mail(self) -> list[dict[str, Any]]:
        """Every message the mail server took."""
        return lines_of(self.folder / "mail" / "kept.jsonl")

    def faults(self) -> int:
        """How often an armed fault happened."""
        names = [word.partition(":")[0] for word in self.environment["FAULTS_ARMED"].split()]
        return sum(len(list(self.folder.glob(f"{name}.[0-9]*"))) for name in names)

    def works(self) -> bool:
        """Send one request while nothing is broken; whether all that is owed for it is done soon.

        A build that loses people by itself proves nothing about faults.
        """
        if not self.fast_path():
            return False
        address = canaries.address(PROBES + self.probes)
        written = lambda: any(address in letter["to"] for letter in self.mail())  # noqa: E731
        return self.wait(written, seconds=WORD_WITHIN) < WORD_WITHIN

    def fast_path(self) -> bool:
        """Send one more request; whether a colleague has it before the sweeper would look."""
        self.probes += 1
        visitor = Visitor(self.site, seconds=5, tries=1)
        try:
            visitor.walk()
            reference = visitor.send(*visitor.fill(PROBES + self.probes))
        except (NoWay, OSError):
            return False
        with_colleague = lambda: self.books.asked()[reference].with_colleague > 0  # noqa: E731
        return self.wait(with_colleague, seconds=FAST) < FAST


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The finished lines of a file that somebody may be writing to."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


def _write(path: Path, text: str) -> None:
    # Never half a word: it is being read all the time.
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


@contextmanager
def rig(grounds: Grounds, name: str, plan: Plan) -> Iterator[Rig]:
    """A site with a database of its own, up and with a warm fast path."""
    folder, url = grounds.new_row(name)
    (folder / "mail").mkdir()
    chosen = broker.find(named="", folder=folder / "redis")
    web, smtp, sink, line = (ports.free_port() for _port in range(4))
    redis_port = int(chosen.url.rpartition(":")[2].partition("/")[0])
    environment = (
        grounds.environment
        | plan.environment()
        | {
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "FAULTS_FOLDER": str(folder),
            "REDIS_URL": chosen.url,
            "SITE_URL": f"http://127.0.0.1:{web}",
        }
    )
    if plan.worker_line:
        broken = chosen.url.replace(f":{redis_port}/", f":{line}/")
        environment["FAULTS_WORKER_BROKER"] = broken
    redis = start_redis(chosen)
    said: list[str] = []
    one = None
    try:
        with Supervisor(environment=environment, log_folder=folder / "log", say=said.append) as own:
            one = Rig(folder, environment["SITE_URL"], Books(url), chosen, own, redis, environment)
            start_site(own, plan, folder, (web, smtp, sink, line, redis_port), chosen.url)
            if one.wait(lambda: programs.is_serving(web), seconds=60) > 60:
                raise NotUp((folder / "log" / "web.log").read_text()[-2000:])
            if one.wait(one.works, seconds=60) > 60:
                raise NotUp("with nothing broken a request was not routed and told at once")
            (folder / ARMED).touch()
            yield one
    finally:
        for process in [*(one.clients if one else []), one.redis if one else redis]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        (folder / "said").write_text("\n".join(said))
        grounds.done_with(url)
