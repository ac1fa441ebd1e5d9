"""Visitors who send the page "How can we reach you?", many at once, and note what they were shown.

One light process: bytes are written and read as they stand, forms are opened and filled in before
the time begins. What a visitor was shown is the oracle: it must be in the database.
"""

from __future__ import annotations

import asyncio
import html
import re
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Self

from clinic.demo.ports import LOOPBACK
from referrals.screening.steps import JOURNEY

PATH = "/find/send/"
ANSWERS = {
    "safe": True,
    "who": "me",
    "answers": {
        "disease_setting": ["metastatic"],
        "age_years": ["1972-04"],
        "sex_at_birth": ["female"],
        "travel_days": ["few"],
        "cancer_type": ["unsure"],
        "stage_group": ["unsure"],
    },
    "studies": [],
}
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
REFERENCE = re.compile(r'class="reference">\s*([A-Z0-9]{4}-[A-Z0-9]{4})')
Maker = Callable[[], Awaitable[Any]]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Form:
    """A page that was opened and filled in, ready to be sent."""

    cookie: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending: when (Unix time), seconds to the answer, and until she saw her reference.

    `reference` is empty where something went wrong, which `problem` names.
    """

    at: float
    answered: float
    shown: float
    reference: str = ""
    problem: str = ""


class Answer:
    """One response, read whole."""

    def __init__(self, head: str, body: str) -> None:
        self.status = int(head.split(" ", 2)[1])
        self.body = body
        self.location = _header(head, "location")
        self.cookies = dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r\n]*)", head))


def _header(head: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}: ([^\r\n]*)", head)
    return found[1] if found else ""


class Line:
    """One connection to the site, kept for the requests of one visitor."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(LOOPBACK, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def ask(self, path: str, *, cookie: str = "", body: bytes | None = None) -> Answer:
        """GET, or POST where there is a body."""
        host = f"{LOOPBACK}:{self.port}"
        lines = [
            f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
            f"Host: {host}",
            f"Referer: http://{host}{path}",
        ]
        lines += [f"Cookie: {cookie}"] if cookie else []
        if body is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        size = int(_header(head, "content-length") or 0)
        return Answer(head, (await self.reader.readexactly(size)).decode())


async def _open(port: int) -> Form:
    """Open the sending page and fill it in, each time for another person."""
    answers = f"{JOURNEY.name}={JOURNEY.seal(ANSWERS)}"
    async with Line(port) as line:
        page = await line.ask(PATH, cookie=answers)
    token = page.cookies["csrftoken"]
    values = {**_hidden(page.body), **_typed(next(_numbers))}
    body = urllib.parse.urlencode(values).encode()
    return Form(f"{answers}; csrftoken={token}", body)


def _hidden(page: str) -> dict[str, str]:
    found = {}
    for tag in HIDDEN.findall(page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name is not None
        found[name[1]] = html.unescape(value[1]) if value else ""
    return found


def _typed(number: int) -> dict[str, str]:
    return {
        "given_name": f"Visitor {number}",
        "family_name": f"Number {number}",
        "birth_date_month": "4",
        "birth_date_day": str(number % 28 + 1),
        "birth_date_year": str(1950 + number % 40),
        "phone": f"(212) 555-{number % 10000:04}",
        "email": f"visitor{number}@example.org",
        "language": "en",
        "agree_contact": "on",
        "agree_share": "on",
    }


async def _send(port: int, form: Form) -> Sent:
    at, started = time.time(), time.perf_counter()
    answered = shown = float("inf")
    try:
        async with Line(port) as line:
            answer = await line.ask(PATH, cookie=form.cookie, body=form.body)
            answered = time.perf_counter() - started
            if answer.status != 302:
                return Sent(at, answered, shown, problem=f"status {answer.status}")
            cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
            page = await line.ask(answer.location, cookie=cookie)
            shown = time.perf_counter() - started
    except (OSError, EOFError) as error:
        return Sent(at, answered, shown, problem=repr(error))
    found = REFERENCE.search(page.body)
    if found is None:
        return Sent(at, answered, shown, problem=f"no reference, status {page.status}")
    return Sent(at, answered, shown, reference=found[1].replace("-", ""))


async def _healthy(port: int) -> float:
    started = time.perf_counter()
    async with Line(port) as line:
        assert (await line.ask("/healthz")).status == 200
    return time.perf_counter() - started


async def _at_once(makers: Iterable[Maker], clients: int, pace: float = 0) -> list[Any]:
    """Run the coroutines that `makers` make, in order: so many at a time, `pace` seconds apart."""
    waiting, done = enumerate(makers), []
    started = time.monotonic()

    async def client() -> None:
        for number, make in waiting:
            await asyncio.sleep(max(0, started + number * pace - time.monotonic()))
            done.append(await make())

    await asyncio.gather(*(client() for _ in range(clients)))
    return done


def open_forms(port: int, times: int, *, clients: int = 8) -> list[Form]:
    """So many sending pages, opened and filled in."""
    return asyncio.run(_at_once([partial(_open, port)] * times, clients))


def send(port: int, forms: Iterable[Form], *, clients: int, pace: float = 0) -> list[Sent]:
    """Send them all, `clients` at a time; at least `pace` seconds apart."""
    return asyncio.run(_at_once([partial(_send, port, form) for form in forms], clients, pace))


def look(port: int, times: int, *, clients: int) -> list[float]:
    """Seconds of so many GETs of the health page, `clients` at a time."""
    return asyncio.run(_at_once([partial(_healthy, port)] * times, clients))


def problems(sendings: Sequence[Sent]) -> list[str]:
    """What went wrong, each once."""
    return sorted({one.problem for one in sendings if one.problem})
