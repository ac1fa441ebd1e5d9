"""The processes of one site, as command lines, and how they differ from the usual ones."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.demo import broker, programs
from clinic.demo.supervisor import Program, Supervisor, _die_with
from clinic.environment import BASE_DIR

OURS, NAIVE = "ours", "naive"
ACCESS = ("--access-logfile=-", "--access-logformat=%(m)s %(U)s?%(q)s %(s)s %(f)s")


class NotUp(Exception):
    """The site did not start; nothing can be said about the fault."""


@dataclass(frozen=True)
class Plan:
    """How a row's site differs from the usual one."""

    build: str = OURS
    armed: str = ""
    clock: float = 0
    lease: float = 0
    grace: float | None = None
    smtp_seconds: float = 15
    sweepers: int = 1
    sweeps_every: float = 2.0
    limit: float = 0
    """How long one effect may take; 0 is the real one, 60 s."""
    worker_line: bool = False
    """Whether the worker speaks to Redis through a line that can be broken."""

    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        told = {
            "FAULTS_BUILD": self.build,
            "FAULTS_ARMED": self.armed,
            "FAULTS_SMTP_SECONDS": str(self.smtp_seconds),
        }
        if self.clock:
            told["FAULTS_CLOCK"] = str(self.clock)
        if self.lease:
            told["FAULTS_LEASE"] = str(self.lease)
        if self.limit:
            told["FAULTS_LIMIT"] = str(self.limit)
        if self.grace is not None:
            told["FAULTS_GRACE"] = str(self.grace)
        return told


def spawn(command: list[str], environment: dict[str, str], log: Any) -> subprocess.Popen[bytes]:
    """A process that ends with this one."""
    return subprocess.Popen(
        command,
        env=environment,
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509  (one thread only)
    )


def start_redis(chosen: broker.Broker) -> subprocess.Popen[bytes]:
    """A Redis that answers; outside the supervisor, which would bring it back at once."""
    if chosen.program is None:
        raise NotUp("no Redis on this machine")
    server = spawn(list(chosen.program.command), dict(os.environ), subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not chosen.answers():
        if time.monotonic() > deadline:
            raise NotUp("Redis did not start")
        time.sleep(0.1)
    return server


def start_site(
    own: Supervisor, plan: Plan, folder: Path, used: tuple[int, int, int, int, int], url: str
) -> None:
    """Start everything but Redis: `used` are the ports, `url` is the Redis to listen to."""
    web, smtp, sink, line, redis = used
    own.start(_ours("sink", sink, folder / "mail"))
    own.start(_ours("proxy", smtp, sink, folder / "smtp.line", name="smtp"))
    own.start(_ours("proxy", line, redis, folder / "redis.line", name="line"))
    own.start(_ours("listener", url, folder / "monitor.txt"))
    site = programs.web(web)
    own.start(Program("web", (*site.command[:-1], *ACCESS, site.command[-1])))
    worker = programs.worker()
    command = list(worker.command)
    if plan.build == NAIVE:
        command = ["--app=tests.faults.naive" if one == "--app=clinic" else one for one in command]
    own.start(Program("worker", tuple(command)))
    for number in range(plan.sweepers if plan.build == OURS else 0):
        sweeper = programs.sweeper()
        options = (f"--interval={plan.sweeps_every}",)
        own.start(Program(f"sweeper-{number}", (*sweeper.command, *options)))


def _ours(module: str, *arguments: object, name: str = "") -> Program:
    told = tuple(str(one) for one in arguments)
    return Program(name or module, (sys.executable, "-m", f"tests.faults.{module}", *told))
