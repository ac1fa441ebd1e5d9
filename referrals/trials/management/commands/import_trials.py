"""`manage.py import_trials PATH…`: registry records from files and folders into the database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from tqdm import tqdm

from referrals.trials.importing import Outcome, import_records
from referrals.trials.record_files import Advance, Broken, Item, find_files, read_file
from referrals.trials.registry import RefusedRecord, RegistryFacts, read_record

BATCH: Final = 50
BATCH_SIZE: Final = 4_000_000
"""Records, and characters, kept in one transaction: others who write wait no longer than that."""


class Command(BaseCommand):
    """Import every record, name every refusal, end with one line of counts."""

    help = "Import ClinicalTrials.gov v2 records (JSON, JSON lines, search answers, folders)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and count; exit status 1 when anything was refused."""
        self.counts: Counter[str] = Counter()
        self.seen: dict[str, str] = {}
        self.batch: dict[str, RegistryFacts] = {}
        try:
            self._import(options["paths"])
        except OperationalError as error:
            # Without the database every further record would fail the same way.
            raise CommandError(f"{self._summary()}; the database is away: {error}") from None
        self.stdout.write(self._summary())
        if self.counts["refused"]:
            sys.exit(1)

    def _import(self, paths: list[Path]) -> None:
        files, broken = find_files(paths)
        total = sum(map(_size, files))
        with tqdm(
            total=total, unit="B", unit_scale=True, file=sys.stderr, disable=not _on_terminal()
        ) as bar:
            for item in chain(broken, _items(files, bar.update)):
                self._take(item)
            self._keep()

    def _take(self, item: Item) -> None:
        if isinstance(item, Broken):
            self._refuse(item)
            return
        try:
            facts = read_record(item.raw)
            self._refuse_second_content(facts)
        except RefusedRecord as refusal:
            self._refuse(Broken(item.place, str(refusal)))
        else:
            self._add(facts)

    def _add(self, facts: RegistryFacts) -> None:
        if facts.nct_id in self.batch:
            self._keep()
        self.batch[facts.nct_id] = facts
        size = sum(len(one.canonical) for one in self.batch.values())
        if len(self.batch) == BATCH or size > BATCH_SIZE:
            self._keep()

    def _keep(self) -> None:
        outcomes = import_records(list(self.batch.values()), at=timezone.now())
        self.counts.update(outcomes)
        self.batch.clear()

    def _refuse_second_content(self, facts: RegistryFacts) -> None:
        # Two contents of one study in one run: which is newer is not ours to guess, and taking
        # the last would make every further run "change" the record twice.
        if self.seen.setdefault(facts.nct_id, facts.sha256) != facts.sha256:
            raise RefusedRecord(f"{facts.nct_id} came earlier in this run with other content")

    def _refuse(self, broken: Broken) -> None:
        self.counts["refused"] += 1
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{broken.place}: {broken.reason}")

    def _summary(self) -> str:
        return ", ".join(f"{name} {self.counts[name]}" for name in (*Outcome, "refused"))


def _on_terminal() -> bool:
    return sys.stderr.isatty()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        # Gone since the folder was listed: reading it says so.
        return 0


def _items(files: list[Path], advance: Advance) -> Iterator[Item]:
    for path in files:
        yield from read_file(path, advance=advance)
