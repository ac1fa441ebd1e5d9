"""`manage.py rotate_keys`: everything that personal data hang on, brought under the newest key."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.encryption import CannotDecrypt, SealedField, newest_key
from clinic.people.find.reindexing import found_by_older_keys, note_newest_key, old_links, reindex
from clinic.sealing_anew import (
    ELSEWHERE,
    seal_column_anew,
    sealed_columns,
    under_older_keys,
)


class Command(BaseCommand):
    """Seal and index anew, then say what still hangs on older keys; `--check` only says it.

    Safe while the site runs, and safe to stop and start again.
    """

    help = "Bring sealed values, indexes and search tokens under the newest key of FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is left to do")

    def handle(self, *, check: bool, **_: Any) -> None:
        """Exit status 1 while an older key is still needed."""
        self.stdout.write(f"The newest key is {newest_key()}.")
        if not check:
            note_newest_key(at=timezone.now())
            self._seal()
            self._index()
        if self._left():
            sys.exit(1)

    def _seal(self) -> None:
        for column in sealed_columns():
            done = seal_column_anew(column)
            if done.anew or done.unreadable:
                self.stdout.write(
                    f"{column.place}: {done.anew} sealed anew, {done.unreadable} unreadable"
                )

    def _index(self) -> None:
        changed = unreadable = 0
        for person_id in found_by_older_keys():
            try:
                changed += reindex(person_id)
            except CannotDecrypt:
                unreadable += 1
        self.stdout.write(f"People: {changed} indexed anew, {unreadable} unreadable")

    def _left(self) -> bool:
        """Say what still hangs on older keys; whether anything does."""
        columns = [self._values_left(column) for column in sealed_columns()]
        people = sum(1 for _person in found_by_older_keys())
        links = old_links(at=timezone.now())
        self.stdout.write(f"Left: {sum(columns)} values, {people} people, {links.count} links")
        if links.until:
            self.stdout.write(f"The last of these links ends at {links.until:%Y-%m-%d %H:%M %Z}.")
        return bool(sum(columns) or people or links.count)

    def _values_left(self, column: SealedField[Any, Any]) -> int:
        left = under_older_keys(column)
        for key_id, count in left.items():
            key = "no key of the ring" if key_id == ELSEWHERE else f"key {key_id}"
            self.stdout.write(f"{column.place}: {count} values under {key}")
        return sum(left.values())
