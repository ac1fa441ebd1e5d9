"""Keeps a handful of child processes running, and stops them all, whatever ends first.

Holds starting, restarting, log files and a clean stop; it knows neither Django nor which programs
it runs. Refuses to hold readiness rules: callers bring their own question to `wait_until`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY: Final = 0.1
LONGEST_PAUSE: Final = 10.0
STEADY_AFTER: Final = 30.0
GRACE: Final = 8.0
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One child: a short name, also of its log file, and its command line."""

    name: str
    command: tuple[str, ...]


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    start_again_at: float | None = None


class Supervisor:
    """Starts programs in order and stops them in the opposite order; use it as a context.

    `environment` is given to every child; `log_folder` gets one file a program, the previous run's
    beside it as `.1`; `say` receives one sentence for whatever an operator should know.
    """

    def __init__(
        self, *, environment: Mapping[str, str], log_folder: Path, say: Callable[[str], None]
    ) -> None:
        self._environment = dict(environment)
        self._log_folder = log_folder
        self._say = say
        self._children: list[_Child] = []
        self._previous_handlers: dict[signal.Signals, object] = {}
        self._hurry = False
        self.stopping = False

    def __enter__(self) -> Self:
        self._log_folder.mkdir(parents=True, exist_ok=True)
        for number in STOP_SIGNALS:
            self._previous_handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def start(self, program: Program) -> None:
        """Start one program and look after it from now on."""
        log = self.log_of(program.name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        self._children.append(_Child(program, self._spawn(program), time.monotonic()))

    def log_of(self, name: str) -> Path:
        """The file that takes what the program prints."""
        return self._log_folder / f"{name}.log"

    def process_id(self, name: str) -> int:
        """The id of the named program's running process."""
        return next(one.process.pid for one in self._children if one.program.name == name)

    def seconds_up(self, name: str) -> float:
        """For how long the named program's process has been running."""
        return next(
            time.monotonic() - one.started for one in self._children if one.program.name == name
        )

    def restart(self, name: str, *, because: str) -> None:
        """End the named program, politely first, and start it again at once."""
        child = next(one for one in self._children if one.program.name == name)
        self._say(f"{name} {because}; it starts again. Its log: {self.log_of(name)}")
        self._end([child])
        self._start_again(child, time.monotonic())

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Look after the children until `ready()`; False on a stop signal or when time is up."""
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            if ready():
                return True
            self.look()
            time.sleep(LOOK_EVERY)
        return False

    def watch(self, *, also: Callable[[], None] | None = None) -> None:
        """Look after the children until somebody asks to stop; `also` is called at each look."""
        while not self.stopping:
            self.look()
            if also:
                also()
            time.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Notice who died, and start again whose pause is over."""
        now = time.monotonic()
        for child in self._children:
            if child.start_again_at is not None:
                if now >= child.start_again_at:
                    self._start_again(child, now)
            elif child.process.poll() is not None:
                self._note_death(child, now)

    def stop(self) -> None:
        """End every child and whatever it started: the last started first, each with its grace."""
        self.stopping = True
        # The first is the one the others lean on (the broker); it goes when they are gone.
        self._end(self._children[:0:-1])
        self._end(self._children[:1])
        self._children.clear()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._hurry = self.stopping
        self.stopping = True

    def _note_death(self, child: _Child, now: float) -> None:
        steady = now - child.started > STEADY_AFTER
        child.failures = 0 if steady else child.failures + 1
        pause = min(0.25 * 2**child.failures, LONGEST_PAUSE)
        child.start_again_at = now + pause
        self._end_group(child, signal.SIGKILL)
        self._say(
            f"{child.program.name} ended ({child.process.returncode}); it starts again "
            f"in {pause:.1f} s. Its log: {self.log_of(child.program.name)}"
        )

    def _start_again(self, child: _Child, now: float) -> None:
        child.process = self._spawn(child.program)
        child.started, child.start_again_at = now, None

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        with self.log_of(program.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (the commands are our own, no shell)
                program.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Its own group: Ctrl-C reaches the supervisor only, which then stops in order.
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509  (one thread only)
            )

    def _end(self, children: list[_Child]) -> None:
        for child in children:
            with suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + GRACE
        while any(child.process.poll() is None for child in children):
            if self._hurry or time.monotonic() > deadline:
                break
            time.sleep(LOOK_EVERY / 2)
        for child in children:
            self._end_group(child, signal.SIGKILL)
            child.process.wait()

    def _end_group(self, child: _Child, number: signal.Signals) -> None:
        # The group may outlive its first process: pool workers of a worker that was killed.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, number)


def _die_with(parent: int) -> Callable[[], None] | None:
    """What a child does first on Linux: ask the kernel to be ended when the supervisor dies.

    Elsewhere there is no such call, and children outlive a supervisor that is killed with SIGKILL.
    """
    if sys.platform != "linux":
        return None
    system = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        system.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(0)

    return ask
