"""`manage.py guard_audit`: from now on the database refuses to change or delete an event."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from clinic.audit import guard


class Command(BaseCommand):
    """Install the triggers, tell whether they stand, or take them away for a migration."""

    help = "Guard the audit events in the database itself. Run it after each migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of `--check` and `--remove`, or neither."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--check", action="store_true", help="Only tell; 1 if unguarded.")
        choice.add_argument("--remove", action="store_true", help="Take the guard away.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))

    def handle(self, *, check: bool, remove: bool, database: str, verbosity: int, **_: Any) -> None:
        """Exit status 1 when `--check` finds a trigger missing."""
        connection = connections[database]
        if guard.TABLE not in connection.introspection.table_names():
            raise CommandError("There is no table of events yet: run migrate first.")
        if check:
            if absent := guard.missing(connection):
                raise CommandError(f"Not guarded: {', '.join(absent)}. Run guard_audit.")
            self.stdout.write("The events are guarded.")
        elif remove:
            guard.remove(connection)
            self.stderr.write(
                self.style.WARNING(
                    "THE EVENTS ARE NOT GUARDED NOW: they can be changed and deleted. "
                    "Run guard_audit as soon as the migration is done."
                )
            )
        else:
            guard.install(connection)
            if verbosity:
                self.stdout.write("The events are guarded: nothing changes or deletes them.")
