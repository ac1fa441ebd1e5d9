"""A content page as every reader gets it, beside an empty view behind the same middleware."""

from __future__ import annotations

import http.client
import io
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from clinic.demo import ports, programs
from clinic.demo.supervisor import Program
from clinic.places.models import ContactPoint, ContactRole
from clinic.signing import epoch
from education import urls
from tests.bench import site, visitors
from tests.bench.measuring import Contest, Took, nothing, often
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

PAGE = "/learn/immunotherapy-for-breast-cancer/"
EMPTY = "/nothing/immunotherapy-for-breast-cancer/"
FLOOR = "an empty view at such an address"
PHONE = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br", "HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.9"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server is handed."""

    status: int
    headers: Mapping[str, str]
    size: int


class Door:
    """The site's own WSGI door in this process, with an empty view beside the page."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        if not any(one.name == "nothing" for one in urls.urlpatterns):
            urls.urlpatterns.append(path("nothing/<slug:slug>/", _empty, name="nothing"))

    def ask(self, address: str, **headers: str) -> Answer:
        """One GET, as gunicorn asks, read to its end."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        asked = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            **PHONE,
            **headers,
        }
        body = self.application(asked, lambda status, found: started.append((status, found)))
        size = sum(len(part) for part in body)
        body.close()
        ((status, found),) = started
        return Answer(int(status[:3]), dict(found), size)


def _empty(_request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse()


def cached(setting: Setting) -> Result:
    """The page compressed, from what this process keeps."""
    door = Door()
    whole = door.ask(PAGE)
    assert (whole.status, whole.headers["Content-Encoding"]) == (200, "gzip")
    found = _beside(door, setting, "a content page that is kept", lambda: door.ask(PAGE))
    found.figures |= {"bytes": whole.size}
    return found


def confirmed(setting: Setting) -> Result:
    """A reader has the page already."""
    door = Door()
    held = {"HTTP_IF_NONE_MATCH": door.ask(PAGE).headers["ETag"]}
    assert door.ask(PAGE, **held).status == 304
    return _beside(door, setting, "304: she has the page already", lambda: door.ask(PAGE, **held))


def _beside(door: Door, setting: Setting, says: str, step: Callable[[], object]) -> Result:
    found = Result(says, FLOOR, *_contest(door, setting, step))
    rate = 1 / found.cpu_ratio
    found.limits.append(Limit("of the rate of an empty view, by CPU", rate, 0.7, at_most=False))
    return found


def _contest(door: Door, setting: Setting, step: Callable[[], object]):
    seconds = setting.count(full=500, quick=50) / 1000
    empty = often(lambda: door.ask(EMPTY), seconds=seconds)
    contest = Contest(nothing, often(step, seconds=seconds), empty)
    return contest.run(rounds=setting.count(full=15, quick=3))


def uncached(setting: Setting) -> Result:
    """The same page where nothing is kept: neither it, nor the centre, nor the epoch."""
    door = Door()

    def step() -> None:
        epoch.forget()
        door.ask(PAGE)

    with CaptureQueriesContext(connection) as queries:
        step()
        asked = len(queries)
    found = Result("the page, with nothing kept", FLOOR, *_contest(door, setting, step))
    found.limits.append(Limit("queries", asked, 6))
    return found


def published(setting: Setting) -> Result:
    """A number is changed; how long until no process of two shows the old one."""
    port = ports.free_port()
    other = Program("other-web", programs.web(port).command)
    with site.serving(setting.folder / "published", url="", also=(other,)) as one:
        site.wait_until(lambda: programs.is_serving(port), seconds=60)
        return _published(one, (one.port, port), setting)


def _published(one: site.Site, both: tuple[int, ...], setting: Setting) -> Result:
    waits: list[float] = []
    main = ContactPoint.objects.get(role=ContactRole.MAIN)

    def ours(_prepared: None) -> Took:
        # Another moment in the quarter of a second for which a process believes what it has read.
        time.sleep(len(waits) * 0.037 % 0.25)
        main.label = f"Call us, number {len(waits)}"
        main.save()
        waits.append(site.wait_until(lambda: _all_say(both, main.label), seconds=10, every=0.01))
        return 1, waits[-1]

    def floor(_prepared: None) -> Took:
        return 1, sum(visitors.look(one.port, 1, clients=1))

    contest = Contest(nothing, ours, floor, one.cpu_seconds)
    costs = contest.run(rounds=setting.count(full=15, quick=3))
    found = Result("change a number, until two processes show it", "GET /healthz", *costs)
    # As with the costs, the first one warms up: both processes build their first page in it.
    found.limits.append(Limit("longest, in seconds", max(waits[1:]), 1.0))
    return found


def _all_say(both: tuple[int, ...], words: str) -> bool:
    # Both are asked every time: a process that was left alone would read the epoch anew.
    pages = [_page(port) for port in both]
    return all(words in page for page in pages)


def _page(port: int) -> str:
    line = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=10)
    try:
        line.request("GET", PAGE)
        return line.getresponse().read().decode()
    finally:
        line.close()
