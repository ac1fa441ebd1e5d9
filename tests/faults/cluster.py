"""A PostgreSQL of this run's own, as an unprivileged user; or the one of `FAULTS_POSTGRES_URL`."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from clinic.demo import ports
from clinic.demo.supervisor import Program, Supervisor

OWNER = "faults"


class NoCluster(Exception):
    """There is no PostgreSQL to be had; the text says why."""


def programs_folder() -> Path:
    """Where `initdb` and `postgres` lie: the PATH, else Debian's folder, newest first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise NoCluster("no initdb on this machine")


def server_user() -> str | None:
    """Whom the server runs as when we are root, which it refuses; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoCluster("no user for PostgreSQL to run as")


def as_user(name: str | None, *command: str) -> tuple[str, ...]:
    """The command as that user; it ends with whoever started it."""
    if name is None:
        return command
    if not shutil.which("setpriv"):
        raise NoCluster("no setpriv to leave root with")
    group = f"--regid={pwd.getpwnam(name).pw_gid}"
    who = ("setpriv", f"--reuid={name}", group, "--clear-groups", "--pdeathsig=TERM")
    return (*who, "--", *command)


@contextmanager
def cluster(environment: dict[str, str]) -> Iterator[str]:
    """The address of a server in which databases may be made; raises `NoCluster`."""
    if named := os.environ.get("FAULTS_POSTGRES_URL"):
        yield named
        return
    programs, user = programs_folder(), server_user()
    folder = Path(tempfile.mkdtemp(prefix="faults-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        yield from _served(programs, user, folder, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(
    programs: Path, user: str | None, folder: Path, environment: dict[str, str]
) -> Iterator[str]:
    port, secret = ports.free_port(), secrets.token_urlsafe(18)
    data, words = folder / "data", folder / "password"
    words.write_text(secret)
    words.chmod(0o644)
    init = ("--auth=scram-sha-256", f"--pwfile={words}", f"--username={OWNER}", "--encoding=UTF8")
    command = as_user(user, str(programs / "initdb"), f"--pgdata={data}", "--no-sync", *init)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
    words.unlink()
    where = (f"-D{data}", f"-p{port}", "-h127.0.0.1", "-cunix_socket_directories=")
    server = Program("postgres", as_user(user, str(programs / "postgres"), *where))
    url = f"postgres://{OWNER}:{secret}@127.0.0.1:{port}/postgres"
    logs = Path(environment["FAULTS_FOLDER"]) / "postgres"
    with Supervisor(environment=environment, log_folder=logs, say=print) as supervisor:
        supervisor.start(server)
        if not supervisor.wait_until(lambda: answers(url), seconds=30):
            raise NoCluster("PostgreSQL did not start")
        yield url


def answers(url: str) -> bool:
    """Whether the server takes a connection."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def database(server: str, *, like: str = "template1") -> str:
    """A new database, a copy of another; its address."""
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def drop(server: str, url: str) -> None:
    """Take a database of ours away."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name_of(url)}" WITH (FORCE)')


def name_of(url: str) -> str:
    """The database that an address names."""
    return urlsplit(url).path.removeprefix("/")
