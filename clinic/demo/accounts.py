"""The demo's sign-ins: one random password, and the file that names who may use it.

Refuses to hold the people themselves: the sample loaders create them and hand over the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from clinic.demo.setup import write_private

_LINE_OF_IT: Final = "Password for all of them: "


@dataclass(frozen=True, slots=True)
class Account:
    """One invented member of staff; `role` in the words a newcomer reads: "research nurse"."""

    email: str
    name: str
    role: str

    def __str__(self) -> str:
        return f"{self.email:<30} {self.name}, {self.role}"


def password(path: Path | None = None) -> str:
    """The demo's password: made at random once, then read from the accounts file."""
    path = path or settings.ACCOUNTS_FILE
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(_LINE_OF_IT):
                return line.removeprefix(_LINE_OF_IT)
    made = secrets.token_urlsafe(12)
    _replace(path, made, ())
    return made


def write(rows: Iterable[Account], path: Path | None = None) -> None:
    """Name the accounts in the file, mode 600; the password in it stays."""
    path = path or settings.ACCOUNTS_FILE
    _replace(path, password(path), rows)


def _replace(path: Path, secret: str, rows: Iterable[Account]) -> None:
    lines = ["Demo accounts: invented people, on this machine only.", _LINE_OF_IT + secret]
    path.unlink(missing_ok=True)
    write_private(path, "\n".join([*lines, "", *map(str, rows), ""]))
