"""What every row starts from: one folder, one set of secrets, one database with the sample in it.

Each row gets a copy of that database, so that no row sees another's; all is gone at the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from clinic.demo.setup import generate
from clinic.environment import BASE_DIR
from tests.faults import cluster

SQLITE, POSTGRES = "sqlite", "postgres"
LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "TESTS_FOLDER", "EMAIL_URL", "WINGS", "TRUSTED_PROXIES")
"""What the caller's own environment may say, and no process here may hear."""


@dataclass
class Grounds:
    """Where the rows happen; `server` is the PostgreSQL for the rows that use one."""

    folder: Path
    kind: str
    server: str = ""
    template: str = ""
    rows: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        made = dict(line.split("=", 1) for line in generate().splitlines())
        self.environment = (
            kept
            | made
            | {
                "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
                "FAULTS_FOLDER": str(self.folder),
                "EMAIL_URL": f"filemail:///{self.folder}/mail",
                "PYTHONUNBUFFERED": "1",
                "REAL_PATIENTS": "no",
                "REDIS_URL": "",
                "SITE_URL": "http://127.0.0.1",
            }
        )

    def prepare(self) -> None:
        """Make the database that the rows copy: migrated, with the sample, nothing owed."""
        if self.kind == POSTGRES:
            self.template = cluster.database(self.server)
        else:
            self.template = f"sqlite:///{self.folder}/template.sqlite3"
        self.manage("migrate", "--verbosity=0")
        self.manage("load_sample")
        for _round in range(3):
            self.manage("sweep", "--once")

    def manage(self, *arguments: str) -> None:
        """Run one management command on the template."""
        environment = self.environment | {"DATABASE_URL": self.template}
        command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
        subprocess.run(command, check=True, env=environment, cwd=BASE_DIR)

    def new_row(self, name: str) -> tuple[Path, str]:
        """A folder and a database for one row."""
        self.rows += 1
        folder = self.folder / f"{self.rows:02d}-{name}"
        folder.mkdir()
        if self.kind == POSTGRES:
            return folder, cluster.database(self.server, like=cluster.name_of(self.template))
        shutil.copy(self.template.removeprefix("sqlite:///"), folder / "clinic.sqlite3")
        return folder, f"sqlite:///{folder}/clinic.sqlite3"

    def done_with(self, url: str) -> None:
        """The row is over."""
        if self.kind == POSTGRES:
            cluster.drop(self.server, url)
