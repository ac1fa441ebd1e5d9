"""Writes down every command a Redis is given: `python -m tests.faults.listener URL FILE`.

Ends with the rig. While Redis is away it asks again and again, so that nothing is said unheard once
it is back; a Redis that is silent for long may still speak.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path

import redis

PAUSE = 0.05


def listen(url: str, path: Path) -> None:
    """Listen until the connection ends; raises what Redis raises."""
    with (
        redis.Redis.from_url(url, socket_timeout=None) as server,
        server.monitor() as monitor,
        path.open("a", encoding="utf-8") as file,
    ):
        for command in monitor.listen():
            file.write(f"{command['command']}\n")
            file.flush()


def main(url: str, path: Path) -> None:
    """Listen until the process is ended."""
    while True:
        with suppress(redis.RedisError):
            listen(url, path)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
