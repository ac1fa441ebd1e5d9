"""One visitor: a plain HTTP client that fills in a form and remembers what it was shown.

When the site does not answer, or answers that it cannot, the same filled-in form is sent again, as
people do. Refuses to know the site's code: what a page carries is read from the page.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from tests.faults import canaries

APPOINTMENT = {
    "/appointments/safety/": {"very_ill": "no"},
    "/appointments/for/": {"who": "me"},
    "/appointments/about/": {"reason": "immunotherapy"},
    "/appointments/time/": {"preferred_time": "any"},
}
FINDER = {
    "/find/safety/": {"very_ill": "no"},
    "/find/who/": {"who": "me"},
    "/find/now/": {"answer": "unsure"},
    "/find/birth/": {"answer_month": "4", "answer_year": "1972"},
    "/find/sex/": {"answer": "unsure"},
    "/find/travel/": {"answer": "unsure"},
    "/find/type/": {"answer": "unsure"},
    "/find/stage/": {"answer": "unsure"},
    "/find/results/": {"ask": "anyone"},
}
JOURNEYS = (("/find/send/", FINDER), ("/appointments/send/", APPOINTMENT))
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
REFERENCE = re.compile(r'class="reference">\s*([A-Z0-9]{4}-[A-Z0-9]{4})')
AWAY = (OSError, http.client.HTTPException)
PATIENCE = 0.5
"""Seconds until she tries again."""


class NoWay(Exception):
    """A page did not lead where it should; the visitor gives up."""


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect in place of following it, so that each answer has its own time."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Visitor:
    """One browser; `answers` are (seconds, status) of every form sent, 0 for none at all."""

    site: str
    seconds: float = 30.0
    tries: int = 40
    answers: list[tuple[float, int]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            Stay, urllib.request.HTTPCookieProcessor(self.jar)
        )

    def walk(self) -> None:
        """Answer the short questions of both journeys."""
        for _page, steps in JOURNEYS:
            for path, values in steps.items():
                _status, form = self.read(path)
                self.ask(path, {**dict(HIDDEN.findall(form)), **values})

    def twin(self) -> Visitor:
        """Another browser with the same short answers: nothing of them is kept on the server."""
        other = Visitor(self.site, self.seconds, self.tries)
        for cookie in self.jar:
            other.jar.set_cookie(copy(cookie))
        return other

    def fill(self, number: int) -> tuple[str, dict[str, str]]:
        """The page that sends, filled in as person `number`."""
        page, _steps = JOURNEYS[number % len(JOURNEYS)]
        kept = [copy(cookie) for cookie in self.jar]
        status, form = self.patiently(page)
        for cookie in kept:
            self.jar.set_cookie(cookie)
        if status != http.HTTPStatus.OK:
            raise NoWay(f"{page} answers {status}")
        return page, {**dict(HIDDEN.findall(form)), **canaries.typed(number)}

    def send(self, page: str, values: dict[str, str]) -> str:
        """Send the form, again and again if need be; the reference that was shown."""
        kept = [copy(cookie) for cookie in self.jar]
        status, location = self.patiently(page, values)
        if status != http.HTTPStatus.FOUND:
            raise NoWay(f"{page} sent: {status}")
        _status, shown = self.patiently(location)
        # What she answered before is forgotten with the form; the next person answers the same.
        for cookie in kept:
            self.jar.set_cookie(cookie)
        found = REFERENCE.search(shown)
        if found is None:
            raise NoWay(f"no reference after {page}")
        return found.group(1)

    def patiently(self, path: str, values: dict[str, str] | None = None) -> tuple[int, str]:
        """The answer, once the site gives one that is no error of its own."""
        for _try in range(self.tries):
            started, status, text = time.monotonic(), 0, ""
            with suppress(*AWAY):
                status, text = self.ask(path, values) if values else self.read(path)
            if values:
                self.answers.append((time.monotonic() - started, status))
            if 0 < status < 500:
                return status, text
            time.sleep(PATIENCE)
        raise NoWay(f"{path} did not answer")

    def read(self, path: str) -> tuple[int, str]:
        """A page."""
        return self._open(path, None)

    def ask(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        """Send a form once; where it leads, or the page that came instead."""
        return self._open(path, urllib.parse.urlencode(values).encode())

    def _open(self, path: str, data: bytes | None) -> tuple[int, str]:
        url = urllib.parse.urljoin(self.site, path)
        self.paths.add(path)
        request = urllib.request.Request(url, data, {"Referer": url})
        try:
            with self.opener.open(request, timeout=self.seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location") or error.read().decode()
