"""One visitor: a plain HTTP client that fills in the trial finder and remembers what it was shown.

The references it was shown are the oracle: whatever a visitor saw must be in the database.
"""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

QUESTIONS = ("now", "birth", "sex", "travel", "type", "stage")


@dataclass
class Visitor:
    """Submissions of one client; `answers` are (seconds, status) of every request it made."""

    site: str
    number: int
    answers: list[tuple[float, int]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def submit(self) -> None:
        """One whole journey: safety check, six questions answered "not sure", "look for me"."""
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        try:
            self._post("/find/safety/", very_ill="no")
            self._post("/find/who/", who="me")
            for slug in QUESTIONS:
                self._post(f"/find/{slug}/", **self._unsure(slug))
            self._post("/find/results/", ask="anyone")
            page = self._post("/find/send/", **self._person())
            found = re.search(r'class="reference">\s*([A-Z0-9]{4}-[A-Z0-9]{4})', page)
            if found is None:
                self.errors.append("no reference on the last page")
            else:
                self.references.append(found.group(1))
        except OSError as error:
            self.errors.append(repr(error))

    def _unsure(self, slug: str) -> dict[str, str]:
        if slug == "birth":
            return {"answer_month": "4", "answer_year": "1972"}
        return {"answer": "unsure"}

    def _person(self) -> dict[str, str]:
        return {
            "given_name": f"Visitor {self.number}",
            "birth_date_month": "4",
            "birth_date_day": "27",
            "birth_date_year": "1972",
            "phone": f"(212) 555-{1000 + self.number}",
            "language": "en",
            "agree_contact": "on",
        }

    def _post(self, path: str, **values: str) -> str:
        """Open the form, keep its hidden fields, send it; the page that follows."""
        form = self._open(path)
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return self._open(path, urllib.parse.urlencode({**hidden, **values}).encode())

    def _open(self, path: str, data: bytes | None = None) -> str:
        started = time.monotonic()
        headers = {"Referer": self.site + path}
        request = urllib.request.Request(self.site + path, data, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                text: str = answer.read().decode()
                self.answers.append((time.monotonic() - started, answer.status))
        except urllib.error.HTTPError as error:
            self.answers.append((time.monotonic() - started, error.code))
            raise
        return text
