"""The site as real processes on loopback: web, worker and sweeper, with a Redis of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinic.demo import broker, ports, programs
from clinic.demo.supervisor import Program, Supervisor
from tests.bench.results import say

TICKS = os.sysconf("SC_CLK_TCK")
NO_REDIS = broker.NO_BROKER


@dataclass(frozen=True, slots=True)
class Site:
    """Where it answers, its broker, and what its processors have spent."""

    port: int
    redis_url: str
    supervisor: Supervisor
    programs: tuple[str, ...]

    def cpu_seconds(self) -> float:
        """Of web, worker and sweeper with all their children, since they were started."""
        groups = {self.supervisor.process_id(name) for name in self.programs}
        return sum(_spent(group) for group in groups)


def _spent(group: int) -> float:
    """Seconds of the living processes of a group; 0 where the system has no /proc."""
    fields = (_fields(path) for path in Path("/proc").glob("[0-9]*/stat"))
    return sum((int(one[11]) + int(one[12])) / TICKS for one in fields if _is_in(one, group))


def _fields(path: Path) -> list[str]:
    """What stands after the command, from the state on; see proc(5)."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _is_in(fields: Sequence[str], group: int) -> bool:
    return len(fields) > 12 and int(fields[2]) == group


@contextmanager
def redis(folder: Path) -> Iterator[broker.Broker]:
    """A Redis of this row's own."""
    chosen = broker.find(named="", folder=folder / "redis")
    assert chosen.program is not None, "no Redis server on this machine"
    with Supervisor(environment=os.environ, log_folder=folder, say=say) as supervisor:
        supervisor.start(chosen.program)
        assert supervisor.wait_until(chosen.answers, seconds=10), "Redis does not answer"
        yield chosen


@contextmanager
def serving(folder: Path, *, url: str, also: Sequence[Program]) -> Iterator[Site]:
    """The site with its web server and whatever else is named; `url` "" is a site without Redis."""
    port = ports.free_port()
    started = (programs.web(port), *also)
    environment = {**os.environ, "REDIS_URL": url}
    with Supervisor(environment=environment, log_folder=folder, say=say) as supervisor:
        for program in started:
            supervisor.start(program)
        assert supervisor.wait_until(lambda: programs.is_serving(port), seconds=60), "no site"
        yield Site(port, url, supervisor, tuple(one.name for one in started))


def wait_until(answer: Callable[[], bool], *, seconds: float, every: float = 0.05) -> float:
    """Seconds until the answer was yes; raises `TimeoutError` when it never was."""
    started = time.monotonic()
    while not answer():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)
    return time.monotonic() - started
