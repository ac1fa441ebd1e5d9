"""What every row is given, and the site's settings for one database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from clinic.demo.setup import generate
from clinic.environment import BASE_DIR

SERVER: str = os.environ.get("BENCH_POSTGRES_URL", "")
DATABASE = f"bench_{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Setting:
    """A folder of the run's own, the database's kind, and whether small counts do."""

    folder: Path
    database: str
    quick: bool

    def count(self, full: int, quick: int) -> int:
        """How many: the full number, or the small one where only the harness is tried."""
        return quick if self.quick else full


def environment(folder: Path, database_url: str) -> Mapping[str, str]:
    """The variables of a site that has everything in `folder`; its broker comes with a row."""
    made = dict(line.split("=", 1) for line in generate().splitlines())
    return {
        **os.environ,
        **made,
        "BENCH_FOLDER": str(folder),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "REDIS_URL": "",
        "SHARED_DATA": os.environ.get("SHARED_DATA") or str(BASE_DIR.parent / "shared" / "data"),
        "SITE_URL": "http://127.0.0.1",
        "WINGS": "education,referrals",
    }


def fresh_database(kind: str, folder: Path) -> str:
    """The address of an empty one: a file, or one made on the server of `BENCH_POSTGRES_URL`."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/clinic.sqlite3"
    _on_server(f"CREATE DATABASE {DATABASE}")
    return urlsplit(SERVER)._replace(path=f"/{DATABASE}").geturl()


def drop_database(kind: str) -> None:
    """Leave nothing on the server."""
    if kind != "sqlite":
        _on_server(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
