"""`python -m tests.bench`: every row on SQLite, and on PostgreSQL where a server is named.

Each database has a process of its own, because settings are read once. `BENCH_POSTGRES_URL` names
the server; a database is made there and dropped. Exit status 1 when a limit was missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django

from clinic.environment import BASE_DIR, VAR_DIR
from tests.bench import setting
from tests.bench.results import HEAD, report, say

OUTPUT = VAR_DIR / "bench.json"


def main() -> int:
    """Run what was asked for, print one table, write `var/bench.json`."""
    asked = _arguments()
    if asked.leg:
        _run_leg(asked.leg, Path(asked.folder), asked.rows, quick=asked.quick)
        return 0
    rows = [row for kind in _databases() for row in _leg(kind, asked.rows, quick=asked.quick)]
    found = report(rows, quick=asked.quick)
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    missed = [f"{row['name']} ({row['database']})" for row in rows if not row["passed"]]
    say(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery limit holds.")
    return 1 if missed or not rows else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", default="", help="names of rows, comma separated; all if absent")
    parser.add_argument("--quick", action="store_true", help="small counts: tries the harness")
    parser.add_argument("--leg", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _databases() -> Sequence[str]:
    return ("sqlite", "postgresql") if setting.SERVER else ("sqlite",)


def _leg(kind: str, rows: str, *, quick: bool) -> list[dict[str, Any]]:
    """The rows of one database, run in a process of its own; ends with its status if it fails."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        variables = setting.environment(folder, setting.fresh_database(kind, folder))
        command = [sys.executable, "-m", "tests.bench", f"--leg={kind}", f"--folder={folder}"]
        command += [f"--rows={rows}", *(["--quick"] if quick else [])]
        try:
            status = subprocess.run(command, check=False, cwd=BASE_DIR, env=variables).returncode
        finally:
            setting.drop_database(kind)
        if status:
            # It has said why.
            sys.exit(status)
        found: list[dict[str, Any]] = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
        return found


def _run_leg(kind: str, folder: Path, rows: str, *, quick: bool) -> None:
    django.setup()
    from tests.bench.rows import ROWS, WITHOUT_DATABASE

    given = setting.Setting(folder, kind, quick)
    names = [name.strip() for name in rows.split(",") if name.strip()] or list(ROWS)
    if unknown := sorted(set(names) - set(ROWS)):
        sys.stderr.write(f"No such row: {', '.join(unknown)}. There are {', '.join(ROWS)}.\n")
        sys.exit(2)
    _prepare()
    if kind != "sqlite":
        names = [name for name in names if name not in WITHOUT_DATABASE]
    say(f"\n{kind}\n{HEAD}")
    found = []
    for name in names:
        result = ROWS[name](given)
        say(result.as_text(name))
        found.append(result.as_json(name, kind))
    (folder / "rows.json").write_text(json.dumps(found), encoding="utf-8")


def _prepare() -> None:
    """A database with the sample content, and the static files."""
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_sample", stdout=sys.stderr)
    # The site's processes open their own.
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
