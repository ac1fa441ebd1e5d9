"""Files of registry records: where each record stands, one at a time, whatever the shape.

Holds the four shapes an operator has (a record, a list, a search answer, one record a line) and
the ways a file can be broken. Refuses to hold what a record means (`registry`) or the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from referrals.trials.registry import RefusedRecord, parse

SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson"})
LINE_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
# The largest records with results are a few megabytes; one line must not fill the memory.
LONGEST_LINE: Final = 32_000_000
LARGEST_DOCUMENT: Final = 256_000_000
# A file of noise should not print a million lines: after so many bad ones, and no good, it stops.
PATIENCE: Final = 20

FOREIGN: Final = {
    b"\xff\xfe": "is UTF-16 or UTF-32 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
    b"\x00\x00\xfe\xff": "is UTF-32 text; save it as UTF-8",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"PK\x03\x04": "is compressed; unpack it first",
    b"<": "is HTML or XML, not JSON",
}
UTF8_MARK: Final = b"\xef\xbb\xbf"

Advance: TypeAlias = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a line of it (from 1), a record in a list (from 1)."""

    path: Path
    line: int = 0
    record: int = 0

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        return f"{self.path}{line}" + (f", record {self.record}" if self.record else "")


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value that should be a record, and where it stands."""

    place: Place
    raw: object


@dataclass(frozen=True, slots=True)
class Broken:
    """A place that gave nothing, and why, in words for the operator."""

    place: Place
    reason: str


Item: TypeAlias = Found | Broken


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Broken]]:
    """Return the files to read, folders searched to the bottom, and the paths that gave none."""
    files: list[Path] = []
    broken: list[Broken] = []
    for path in paths:
        if path.is_dir():
            inside = _inside(path)
            files += inside
            broken += [] if inside else [Broken(Place(path), "holds no .json or .jsonl file")]
        elif path.is_file():
            files.append(path)
        else:
            reason = "is not a file" if path.exists() else "does not exist"
            broken.append(Broken(Place(path), reason))
    return files, broken


def read_file(path: Path, *, advance: Advance) -> Iterator[Item]:
    """Yield what `path` holds, in order; `advance` is told of each stretch of bytes read."""
    try:
        with path.open("rb") as stream:
            yield from _read(path, stream, advance)
    except OSError as error:
        yield Broken(Place(path), f"cannot be read: {error.strerror}")


def _inside(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _read(path: Path, stream: BinaryIO, advance: Advance) -> Iterator[Item]:
    head = stream.read(64)
    start = len(UTF8_MARK) if head.startswith(UTF8_MARK) else 0
    text = head[start:].lstrip()
    if reason := next((why for mark, why in FOREIGN.items() if text.startswith(mark)), ""):
        yield Broken(Place(path), reason)
        return
    stream.seek(start)
    if _stands_in_lines(path, text):
        yield from _read_lines(path, stream, advance)
    else:
        yield from _read_document(path, stream, advance)


def _stands_in_lines(path: Path, head: bytes) -> bool:
    # A pretty-printed document that was named .jsonl: its first line is a bracket and no more.
    first = head.split(b"\n", 1)[0].strip()
    return path.suffix.lower() in LINE_SUFFIXES and first not in {b"{", b"["}


def _read_document(path: Path, stream: BinaryIO, advance: Advance) -> Iterator[Item]:
    content = stream.read(LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        yield Broken(Place(path), "is larger than 256 MB; give it as JSON lines")
        return
    advance(len(content))
    try:
        value = _decode(content)
    except RefusedRecord as refusal:
        yield from _lines_after_all(path, content, refusal)
    else:
        yield from _expand(Place(path), value)


def _lines_after_all(path: Path, content: bytes, refusal: RefusedRecord) -> Iterator[Item]:
    if "Extra data" not in str(refusal):
        yield Broken(Place(path), str(refusal))
        return
    for number, line in enumerate(content.splitlines(), start=1):
        yield from _read_line(Place(path, number), line)


def _read_lines(path: Path, stream: BinaryIO, advance: Advance) -> Iterator[Item]:
    bad = good = number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        advance(len(line))
        for item in _read_long_line(Place(path, number), line, stream, advance):
            bad, good = bad + isinstance(item, Broken), good + isinstance(item, Found)
            yield item
        if bad == PATIENCE and not good:
            yield Broken(Place(path), f"none of its first {PATIENCE} records was JSON; left there")
            return


def _read_long_line(
    place: Place, line: bytes, stream: BinaryIO, advance: Advance
) -> Iterator[Item]:
    if len(line) <= LONGEST_LINE:
        yield from _read_line(place, line)
        return
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(1_000_000)
        advance(len(rest))
    yield Broken(place, "is longer than 32 MB")


def _read_line(place: Place, line: bytes) -> Iterator[Item]:
    if not line.strip():
        return
    try:
        value = _decode(line)
    except RefusedRecord as refusal:
        yield Broken(place, str(refusal))
    else:
        yield from _expand(place, value)


def _decode(content: bytes) -> object:
    if not content.strip():
        raise RefusedRecord("is empty")
    try:
        return parse(content.decode())
    except UnicodeDecodeError as error:
        raise RefusedRecord(f"is not UTF-8 text (byte {error.start})") from None


def _expand(place: Place, value: object) -> Iterator[Item]:
    if isinstance(value, dict) and "studies" in value and "protocolSection" not in value:
        value = value["studies"]
        if not isinstance(value, list):
            yield Broken(place, "its studies are not a list")
            return
    if not isinstance(value, list):
        yield Found(place, value)
        return
    for number, raw in enumerate(value, start=1):
        yield Found(Place(place.path, place.line, number), raw)
