"""Everything a site leaves behind, searched for what visitors typed (I5).

Its files with logs, addresses and what Redis was told; what Redis holds; what the database holds;
and the mail, in which nothing may stand but to whom it goes.
"""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import redis

from tests.faults import canaries
from tests.faults.books import Books
from tests.faults.rig import lines_of

MAIL = "mail"
"""The folder of the mail server, whose letters are opened one by one."""


def leaks(folder: Path, books: Books, redis_url: str) -> list[str]:
    """A sentence for each place where typed words stand in clear."""
    places = [*_files(folder), *_redis(redis_url), *_database(books), *_mail(folder)]
    return [f"typed words stand in {place}" for place in dict.fromkeys(places)]


def _files(folder: Path) -> Iterator[str]:
    """Logs, with the address of each request, those of the database, and whatever was written."""
    for path in [*folder.rglob("*"), *(folder.parent / "postgres").rglob("*")]:
        is_mail = path.is_relative_to(folder / MAIL)
        if path.is_file() and not is_mail and canaries.stand_in(path.read_bytes()):
            yield path.name


def _redis(url: str) -> Iterator[str]:
    with redis.Redis.from_url(url) as server:
        # A long value would be dumped compressed.
        server.config_set("rdbcompression", "no")
        for key in server.scan_iter():
            if canaries.stand_in(key + b" " + (server.dump(key) or b"")):
                yield f"Redis, {key.decode(errors='replace')}"


def _database(books: Books) -> Iterator[str]:
    """Every value by itself: in the file one may be split between two pages."""
    for table in books.tables():
        rows = books.ask(f'SELECT * FROM "{table}"')
        if canaries.stand_in(b"\n".join(_raw(value) for row in rows for value in row)):
            yield f"the table {table}"


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _mail(folder: Path) -> Iterator[str]:
    for line in lines_of(folder / MAIL / "kept.jsonl"):
        letter = email.message_from_bytes(
            base64.b64decode(line["content"]), policy=email.policy.default
        )
        assert isinstance(letter, EmailMessage)
        if any(canaries.stand_in(text) for text in _readable(letter)):
            yield f"the mail {letter['Message-ID']}"


def _readable(letter: EmailMessage) -> Iterator[bytes]:
    """Headers and parts, attachments too, as a mail program shows them."""
    del letter["To"]
    for part in letter.walk():
        yield from (f"{name}: {value}".encode() for name, value in part.items())
        content = part.get_payload(decode=True)
        yield content if isinstance(content, bytes) else b""
