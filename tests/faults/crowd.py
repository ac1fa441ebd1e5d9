"""A crowd in one lean process: `python -m tests.faults.crowd SITE FOLDER CLIENTS EACH`.

It runs on the machine of the site, which lacks whatever it spends: forms are opened and filled in
before the time begins, and each client sends bytes that lie ready, on one connection a person.
Refuses to try again: in a crowd with nothing broken each answer must be the right one.
"""

from __future__ import annotations

import http.client
import sys
import time
import urllib.parse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.load import Ledger, keep
from tests.faults.visitor import AWAY, REFERENCE, Visitor

OPENERS = 4
LONGEST = 60.0
"""Seconds after which a visitor gives up."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Form:
    """What the browser of person `number` sends."""

    number: int
    page: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Crowd:
    """The clients, what they were answered how fast, and how long until each saw her reference."""

    site: str
    ledger: Ledger
    answers: list[tuple[float, int]] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def run(self, forms: Sequence[Form]) -> None:
        """One client: one form after the other."""
        for form in forms:
            try:
                self._one(form)
            except AWAY as error:
                self.given_up.append(type(error).__name__)

    def _one(self, form: Form) -> None:
        started, status = time.monotonic(), 0
        line = http.client.HTTPConnection(urllib.parse.urlsplit(self.site).netloc, timeout=LONGEST)
        with closing(line):
            try:
                status, where, cookies = _ask(line, form)
            finally:
                self.answers.append((time.monotonic() - started, status))
            line.request("GET", where, headers={"Cookie": cookies})
            with line.getresponse() as page:
                found = REFERENCE.search(page.read().decode())
        self.paths |= {form.page, where}
        if found is None:
            self.given_up.append(f"no reference after {form.page}")
            return
        self.shown.append(time.monotonic() - started)
        self.ledger.write(form.number, found[1])


def _ask(line: http.client.HTTPConnection, form: Form) -> tuple[int, str, str]:
    """The answer to one form, where it leads, and what the browser is to bring along there."""
    line.request("POST", form.page, form.body, form.headers)
    with line.getresponse() as answer:
        answer.read()
    given = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
    return answer.status, answer.getheader("Location", form.page), "; ".join(given)


def opened(guide: Visitor, number: int) -> Form:
    """The form of one person, opened and filled in."""
    page, values = guide.fill(number)
    cookies = "; ".join(f"{one.name}={one.value}" for one in guide.jar)
    headers = {**FORM, "Cookie": cookies, "Referer": guide.site + page}
    return Form(number, page, headers, urllib.parse.urlencode(values).encode())


def main(site: str, folder: Path, clients: int, each: int) -> None:
    """Have `clients` people at a time send `each` forms, one after the other."""
    guide = Visitor(site)
    guide.walk()
    with ThreadPoolExecutor(OPENERS) as pool:
        forms = list(pool.map(lambda number: opened(guide.twin(), number), range(clients * each)))
    with (folder / "ledger").open("a") as file, ThreadPoolExecutor(clients) as pool:
        crowd = Crowd(site, Ledger(file))
        before = time.process_time()
        list(pool.map(crowd.run, [forms[client::clients] for client in range(clients)]))
        spent = time.process_time() - before
    told = {"shown": crowd.shown, "processor_seconds": spent}
    keep(folder, crowd.answers, crowd.paths, crowd.given_up, **told)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:5]))
