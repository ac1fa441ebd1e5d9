"""What the visitors type about themselves, and how to see it in bytes that should not hold it.

Knows what hides nothing: percent signs, base64 and the compression of Django's sessions. Refuses to
know where to look (`searching`).
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote_to_bytes

NAME = "Zzyzxanna"
FAMILY = "Qvortrupzz"
DIAGNOSIS = "zzyzxcarcinoma"
NOTE = "qqfluorspar"
AREA, EXCHANGE = "646", "555"
MAIL_HOST = "zzyzx.example.org"


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
            *(re.escape(word) for word in (NAME, FAMILY, DIAGNOSIS, NOTE, f"@{MAIL_HOST}")),
            # A phone number as it is written, dialed or squeezed; never digits inside an id.
            rf"(?<![0-9a-f])(?:\+?1[ .-]?)?\(?{AREA}\)?[ .-]?{EXCHANGE}[ .-]?\d{{4}}(?![0-9a-f])",
        ]
    ).encode(),
    re.IGNORECASE,
)
CODED = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
"""A run that may be base64, in either alphabet."""
FILLED_UP = (b"", b"AAA", b"AA", b"A")
"""What makes a run whole whose end is no multiple of four."""
URL_SAFE = bytes.maketrans(b"-_", b"+/")


def stand_in(raw: bytes) -> bool:
    """Whether anything that a visitor typed can be read in these bytes."""
    return any(WORDS.search(text) for text in _readings(raw))


def _readings(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield unquote_to_bytes(raw.replace(b"+", b" "))
    for run in set(CODED.findall(raw)):
        yield from _decoded(run.translate(URL_SAFE))


def _decoded(run: bytes) -> Iterator[bytes]:
    # What stands before it may look as if it belonged to it: it can begin at any of four places.
    for start in range(4):
        text = base64.b64decode(run[start:] + FILLED_UP[(len(run) - start) % 4])
        yield text
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(text)
