"""What the visitors type about themselves, and where none of it may ever be found in clear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

NAME = "Zzyzxanna"
FAMILY = "Qvortrupzz"
DIAGNOSIS = "zzyzxcarcinoma"
NOTE = "qqfluorspar"
AREA, EXCHANGE = "646", "555"
MAIL_HOST = "zzyzx.example.org"
CHUNK = 1 << 20
OVERLAP = 64


def phone(number: int) -> str:
    """A number that is nobody's, another for each person."""
    return f"({AREA}) {EXCHANGE}-{number % 10_000:04d}"


def address(number: int) -> str:
    """Where word for this person goes; the same each time it is asked."""
    return f"person-{number}@{MAIL_HOST}"


def typed(number: int) -> dict[str, str]:
    """The page that sends, as person `number` fills it in."""
    return {
        "given_name": f"{NAME} {number}",
        "family_name": FAMILY,
        "birth_date_month": "4",
        "birth_date_day": "27",
        "birth_date_year": "1972",
        "phone": phone(number),
        "email": address(number),
        "language": "en",
        "contact_note": f"{NOTE} after four",
        "note": f"They say it is {DIAGNOSIS}. {NOTE}",
        "agree_contact": "on",
    }


WORDS = re.compile(
    "|".join(
        [
            *(re.escape(word) for word in (NAME, FAMILY, DIAGNOSIS, NOTE)),
            # A phone number as it is written, dialed or squeezed; never digits inside an id.
            rf"(?<![0-9a-f])(?:\+?1[ .-]?)?\(?{AREA}\)?[ .-]?{EXCHANGE}[ .-]?\d{{4}}(?![0-9a-f])",
        ]
    ).encode(),
    re.IGNORECASE,
)
MAILBOX = re.compile(re.escape(f"@{MAIL_HOST}").encode(), re.IGNORECASE)
"""A mail address may stand on its own mail, and nowhere else."""


def found_in(files: Iterable[Path], *, mail: bool = False) -> Iterator[str]:
    """A sentence for each file that holds a word; `mail` files may hold the mailbox."""
    for path in files:
        for chunk in _chunks(path):
            patterns = (WORDS,) if mail else (WORDS, MAILBOX)
            if any(pattern.search(chunk) for pattern in patterns):
                yield f"typed words stand in {path.name}"
                break


def _chunks(path: Path) -> Iterator[bytes]:
    # Overlapping: a word may lie across the edge of two.
    with path.open("rb") as file:
        end = b""
        while chunk := file.read(CHUNK):
            yield end + chunk
            end = chunk[-OVERLAP:]


def files_of(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
