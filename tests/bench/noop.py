"""The least that a worker can do: a task that does nothing. The measured worker is given it."""

from __future__ import annotations

from typing import Final

from clinic.celery import app

NAME: Final = "tests.bench.noop"


@app.task(name=NAME, ignore_result=True)
def noop(**_: object) -> None:
    """Nothing."""
