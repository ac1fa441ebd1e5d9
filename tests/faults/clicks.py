"""A client who clicks too often: `python -m tests.faults.clicks SITE FOLDER TIMES`.

One form sent many times at once; one sent on a line that is cut before the answer, and again; two
tabs of one person. What it was shown goes into the ledger and into `clicks.json`.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.load import Ledger, keep
from tests.faults.visitor import Visitor


def at_once(guide: Visitor, times: int) -> tuple[list[str], list[Visitor]]:
    """What each of so many clicks on one form was shown."""
    page, values = guide.fill(0)
    visitors = [guide.twin() for _click in range(times)]
    barrier = threading.Barrier(times)

    def click(visitor: Visitor) -> str:
        barrier.wait()
        return visitor.send(page, values)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(click, visitors)), visitors


def cut_off(guide: Visitor) -> str:
    """Send a form, hang up before the answer, and send it again."""
    page, values = guide.fill(1)
    where = urllib.parse.urlsplit(guide.site)
    cookies = "; ".join(f"{one.name}={one.value}" for one in guide.jar)
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": guide.site + page,
    }
    line = http.client.HTTPConnection(where.netloc, timeout=10)
    line.request("POST", page, urllib.parse.urlencode(values), headers)
    line.close()
    return guide.send(page, values)


def two_tabs(guide: Visitor) -> list[str]:
    """The same person in two tabs, one after the other."""
    tabs = [guide.fill(2), guide.fill(2)]
    return [guide.send(page, values) for page, values in tabs]


def main(site: str, folder: Path, times: int) -> None:
    """All three, one after the other."""
    guide = Visitor(site)
    guide.walk()
    clicked, visitors = at_once(guide, times)
    cut, tabs = cut_off(guide), two_tabs(guide)
    with (folder / "ledger").open("a") as file:
        ledger = Ledger(file)
        for number, reference in ((0, clicked[0]), (1, cut), *((2, tab) for tab in tabs)):
            ledger.write(number, reference)
    told = {"clicked": clicked, "cut": cut, "tabs": tabs, "forms": 4}
    (folder / "clicks.json").write_text(json.dumps(told))
    answers = [answer for one in [guide, *visitors] for answer in one.answers]
    keep(folder, answers, guide.paths)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
