"""Catalogs (`.po`) into what Django reads (`.mo`), without gettext's own programs.

Needs no settings, so that setup and tests can run it before Django starts. Refuses a catalog with
a doubtful (fuzzy) entry: nobody has read those words beside the English of today.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import polib

LOCALE: Final = Path(__file__).parents[1] / "locale"


class Doubtful(Exception):
    """A catalog holds entries that a tool has guessed."""


def catalogs(folder: Path = LOCALE) -> list[Path]:
    """Every catalog of the project, by path."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalog(path: Path) -> Path:
    """Write the compiled file beside the catalog and return its path; raises `Doubtful`.

    By rename, so that a process that starts meanwhile never reads half a file.
    """
    entries = polib.pofile(str(path))
    if doubtful := [entry.msgid for entry in entries if entry.fuzzy]:
        raise Doubtful(f"{path.name} guesses the words for: {'; '.join(doubtful)}")
    target = path.with_suffix(".mo")
    part = path.with_suffix(f".{os.getpid()}")
    entries.save_as_mofile(str(part))
    part.replace(target)
    return target


def compile_changed(folder: Path = LOCALE) -> list[Path]:
    """Compile what has changed since it was last compiled; the paths written."""
    return [compile_catalog(path) for path in catalogs(folder) if _has_changed(path)]


def _has_changed(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime
