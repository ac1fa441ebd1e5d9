"""The one stylesheet: its parts in `styles/`, joined in the order of their layers.

Holds the list of parts and the finder by which Django's static files see the whole. Refuses to be
run by hand and to be committed: the joined file is made in `var/` whenever somebody asks for it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME: Final = "design/house.css"
FOLDER: Final = Path(__file__).parent / "styles"
PARTS: Final = ("tokens", "base", "layout", "forms", "components", "staff", "print")
FOR_AUTHORS: Final = re.compile(r"/\*.*?\*/\s*|^\s+", re.DOTALL | re.MULTILINE)


def joined() -> str:
    """The whole stylesheet as it is served: without comments, indents and empty lines."""
    whole = "".join((FOLDER / f"{part}.css").read_text(encoding="utf-8") for part in PARTS)
    return FOR_AUTHORS.sub("", whole)


def write(path: Path) -> None:
    """Make the joined file. A reader sees the old one or the new one, never half of it."""
    text = joined()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(beside).chmod(0o644)
    Path(beside).replace(path)


class StylesheetFinder(BaseFinder):
    """Finds one file, the joined one, for the test server and for `collectstatic`."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        self.storage = FileSystemStorage(location=Path(settings.VAR_DIR, "joined"))

    def check(self, **_kwargs: object) -> list[Any]:
        """Nothing is configured that could be wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: object) -> Any:
        """The absolute path of the joined file; empty for every other name."""
        if path != NAME:
            return []
        write(Path(self.storage.path(NAME)))
        return [self.storage.path(NAME)] if find_all else self.storage.path(NAME)

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, Storage]]:
        """The one file and where it lies."""
        write(Path(self.storage.path(NAME)))
        yield NAME, self.storage
