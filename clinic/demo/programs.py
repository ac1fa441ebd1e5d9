"""The processes of a site on one machine, as command lines, and how to see that it is up.

Refuses to hold who starts them: the demo's supervisor does here, a service manager elsewhere.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Mapping
from typing import Any

from clinic.demo.ports import LOOPBACK
from clinic.demo.supervisor import Program
from clinic.environment import BASE_DIR


def web(port: int) -> Program:
    """One gunicorn process with eight threads, on loopback.

    No access log: an address may carry a private link. No control socket: it would lie in the home
    folder of whoever started it.
    """
    options = (
        f"--bind={LOOPBACK}:{port}",
        "--workers=1",
        "--worker-class=gthread",
        "--threads=8",
        "--timeout=60",
        "--graceful-timeout=5",
        "--no-control-socket",
    )
    return Program("web", (sys.executable, "-m", "gunicorn", *options, "clinic.wsgi:application"))


def worker() -> Program:
    """Two Celery processes that talk to nobody but the broker."""
    options = ("--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat")
    command = (sys.executable, "-m", "celery", "--app=clinic", "worker", "--loglevel=INFO")
    return Program("worker", (*command, *options))


def sweeper() -> Program:
    """The process that runs what is overdue, with or without a broker."""
    return Program("sweeper", (sys.executable, str(BASE_DIR / "manage.py"), "sweep"))


def is_serving(port: int) -> bool:
    """True when the site's health page answers 200."""
    status, _words = _ask(port, "/healthz")
    return status == http.HTTPStatus.OK


def pulse_ages(port: int) -> Mapping[str, float | None]:
    """Seconds since each sign of life, None for never; empty when the site does not say."""
    _status, words = _ask(port, "/healthz/queue")
    try:
        found: Any = json.loads(words)
        return dict(found["pulse_ages_seconds"])
    except (ValueError, KeyError, TypeError):
        return {}


def _ask(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
