"""Arms a process: kill points, scaled waits, poison, the naive build. All by its environment.

A Django app, so that production code needs no hook: `ready()` runs in every process of the site
before it does anything, and wraps the functions at whose edge a process is to die.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig

ARMED = "armed"
"""The file that arms the faults: the rig makes it when the site is up and warm."""
IS_NAIVE = os.environ.get("FAULTS_BUILD") == "naive"
GAP = 0.3
"""Seconds between two kills: a process must come up before it can be killed again."""


class ArmedFault(Exception):
    """What an armed seam raises; the class is all that may reach a log."""


class Slots:
    """Faults of one name, counted in a folder that all processes share: each happens once."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        self.folder, self.name, self.count = folder, name, count

    def take(self) -> bool:
        """Whether the fault happens now; creating the file decides between two processes."""
        if not (self.folder / ARMED).exists():
            return False
        for number in range(self.count):
            path = self.folder / f"{self.name}.{number}"
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                if time.time() - path.stat().st_mtime < GAP:
                    return False
            else:
                return True
        return False


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    """Fail where nobody expects it."""
    raise ArmedFault


def before(owner: Any, name: str, slots: Slots, act: Callable[[], None]) -> None:
    """Have `act` happen at the door of `owner.name`, as often as there are slots."""
    original = getattr(owner, name)

    def armed(*args: Any, **kwargs: Any) -> Any:
        if slots.take():
            act()
        return original(*args, **kwargs)

    setattr(owner, name, armed)


def after(owner: Any, name: str, slots: Slots, act: Callable[[], None]) -> None:
    """The same, when it has done its work."""
    original = getattr(owner, name)

    def armed(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        if slots.take():
            act()
        return answer

    setattr(owner, name, armed)


def scale(module: ModuleType, name: str, value: timedelta | float) -> None:
    """Put another length of time in the place of one that is there."""
    assert isinstance(value, type(getattr(module, name))), name
    setattr(module, name, value)


class Faults(AppConfig):
    """The last app of the rig's settings."""

    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from tests.faults import poison

        _scale_waits()
        if IS_NAIVE:
            from tests.faults import naive

            naive.install()
        poison.register()
        for word in os.environ.get("FAULTS_ARMED", "").split():
            name, _, count = word.partition(":")
            _arm(name, Slots(Path(os.environ["FAULTS_FOLDER"]), name, int(count)))


def _scale_waits() -> None:
    from clinic.celery import app
    from clinic.outbox import dispatch, patience, sweep

    if factor := float(os.environ.get("FAULTS_CLOCK", "0")):
        scale(dispatch, "FIRST_WAIT", dispatch.FIRST_WAIT / factor)
        scale(dispatch, "LONGEST_WAIT", dispatch.LONGEST_WAIT / factor)
    if lease := os.environ.get("FAULTS_LEASE"):
        scale(dispatch, "LEASE", timedelta(seconds=float(lease)))
    if grace := os.environ.get("FAULTS_GRACE"):
        scale(sweep, "GRACE", timedelta(seconds=float(grace)))
    if limit := float(os.environ.get("FAULTS_LIMIT", "0")):
        app.conf.update(task_soft_time_limit=limit / 2, task_time_limit=limit)
        scale(patience, "LIMIT", limit)


def _arm(name: str, slots: Slots) -> None:
    from django.core.mail.backends import smtp

    from clinic.outbox import handlers
    from clinic.people.models import Reference

    if name == "after_commit_before_publish":
        before(*_publisher(), slots, die)
    elif name == "publishing_raises":
        before(*_publisher(), slots, refuse)
    elif name == "after_claim":
        before(handlers, "run", slots, die)
    elif name == "after_smtp_250_before_commit":
        after(smtp.EmailBackend, "send_messages", slots, die)
    elif name == "roll_back_after_wake":
        # The reference is the last row of a request, written when its effects are owed.
        before(Reference, "save", slots, refuse)
    else:
        raise ValueError(name)


def _publisher() -> tuple[Any, str]:
    """What gives a message to the broker."""
    if IS_NAIVE:
        from tests.faults import naive

        return naive.pay, "apply_async"
    from clinic.outbox import wake

    return wake, "publish"
