"""The load client, a process of its own: sends requests, and writes down what it was shown.

`python -m tests.faults.load SITE FOLDER CLIENTS EACH FIRST`: each reference goes into `ledger`,
on the disk before the next request is sent. That file is the oracle: what stands in it was promised
to somebody. What was answered how fast goes into `answers.json` at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tests.faults.visitor import NoWay, Visitor


class Ledger:
    """An append-only file; a line that `write` returned from survives a power cut."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.lock = threading.Lock()

    def write(self, number: int, reference: str) -> None:
        """Person `number` was shown this reference, now."""
        line = {"number": number, "reference": reference, "at": time.time()}
        with self.lock:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())


def keep(
    folder: Path,
    answers: Sequence[tuple[float, int]],
    paths: Collection[str],
    given_up: Sequence[str] = (),
    **more: object,
) -> None:
    """Write down how fast what was answered (seconds, status), and where the clients have been."""
    told = {
        "seconds": [seconds for seconds, _status in answers],
        "statuses": Counter(str(status) for _seconds, status in answers),
        "given_up": list(given_up),
        "paths": sorted(paths),
        **more,
    }
    (folder / "answers.json").write_text(json.dumps(told))


@dataclass
class Work:
    """What the clients do between them."""

    ledger: Ledger
    first: int
    each: int
    given_up: list[str] = field(default_factory=list)

    def run(self, visitor: Visitor, client: int) -> None:
        """One client, one request after the other."""
        for turn in range(self.each):
            number = self.first + client * self.each + turn
            try:
                page, values = visitor.fill(number)
                self.ledger.write(number, visitor.send(page, values))
            except NoWay as error:
                self.given_up.append(str(error))


def main(site: str, folder: Path, clients: int, each: int, first: int) -> None:
    """Send `clients` times `each` requests."""
    guide = Visitor(site)
    guide.walk()
    visitors = [guide.twin() for _client in range(clients)]
    with (folder / "ledger").open("a") as file, ThreadPoolExecutor(clients) as pool:
        work = Work(Ledger(file), first, each)
        for job in [pool.submit(work.run, one, client) for client, one in enumerate(visitors)]:
            job.result()
    answers = [answer for visitor in visitors for answer in visitor.answers]
    paths = {path for visitor in visitors for path in visitor.paths}
    keep(folder, answers, paths, work.given_up)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6]))
