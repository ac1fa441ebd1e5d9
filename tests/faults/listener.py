"""Writes down every command a Redis is given: `python -m tests.faults.listener URL FILE`.

Ends when Redis does; the supervisor starts it again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import redis


def main(url: str, path: Path) -> None:
    """Listen until the connection ends."""
    with (
        redis.Redis.from_url(url) as server,
        server.monitor() as monitor,
        path.open("a", encoding="utf-8") as file,
    ):
        for command in monitor.listen():
            file.write(f"{command['command']}\n")
            file.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
