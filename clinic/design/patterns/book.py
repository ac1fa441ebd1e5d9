"""What stands in the pattern book, found in its folder: a pattern is a folder, a state a file.

Holds the listing. Refuses to show a file that it did not find itself, so that no address can name
another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.defaultfilters import capfirst

FOLDER: Final = Path(settings.BASE_DIR, "templates", "patterns")
# Landmarks of their own: they stand beside the main part of a page, never in it.
AROUND_MAIN: Final = frozenset({"alert", "footer", "header", "language-help"})


def name_of(slug: str) -> str:
    """`care-urgent` as words: "Care urgent"."""
    return str(capfirst(slug.replace("-", " ")))


@dataclass(frozen=True, slots=True)
class State:
    """One part in one state; its file holds nothing but the tag that makes it."""

    pattern: str
    slug: str
    source: str

    @property
    def name(self) -> str:
        """The state in words."""
        return name_of(self.slug)

    @property
    def template(self) -> str:
        """The name under which Django finds the file."""
        return f"patterns/{self.pattern}/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One part of a page with its states, by address."""

    slug: str
    states: Mapping[str, State]

    @property
    def name(self) -> str:
        """The pattern in words."""
        return name_of(self.slug)

    @property
    def is_around_main(self) -> bool:
        """Whether it stands beside the main part of a page."""
        return self.slug in AROUND_MAIN


def patterns() -> dict[str, Pattern]:
    """Every pattern by its address, in the order of the alphabet."""
    folders = sorted(one for one in FOLDER.iterdir() if one.is_dir())
    return {one.name: Pattern(one.name, _states(one)) for one in folders}


def _states(folder: Path) -> dict[str, State]:
    return {
        file.stem: State(folder.name, file.stem, file.read_text(encoding="utf-8").strip())
        for file in sorted(folder.glob("*.html"))
    }
