"""Triggers with which the database itself refuses to change or delete an event.

The model refuses, too, but a shell, another program or a forgotten `QuerySet` goes around it. Holds
the statements for SQLite and PostgreSQL. Refuses to run by itself: migrations of the table, and the
tests' flushing, need it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.audit.models import Event

TABLE: Final = Event._meta.db_table
FUNCTION: Final = "audit_event_refuse"
# RAISE(ABORT) undoes the statement. The third: INSERT OR REPLACE deletes without a DELETE trigger.
SQLITE: Final = {
    "audit_event_no_update": """
        BEFORE UPDATE ON audit_event
        BEGIN SELECT RAISE(ABORT, 'Events are append-only.'); END""",
    "audit_event_no_delete": """
        BEFORE DELETE ON audit_event
        BEGIN SELECT RAISE(ABORT, 'Events are append-only.'); END""",
    "audit_event_no_replace": """
        BEFORE INSERT ON audit_event
        WHEN EXISTS (SELECT 1 FROM audit_event WHERE sequence = NEW.sequence OR id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'Events are append-only.'); END""",
}
POSTGRESQL: Final = {
    "audit_event_no_change": """
        BEFORE UPDATE OR DELETE ON audit_event
        FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
    "audit_event_no_truncate": """
        BEFORE TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
}
REFUSE: Final = """
    CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'Events are append-only.'; END $$"""
# tgenabled: 'O' fires in ordinary sessions, 'A' always; a table's owner can switch one off.
STANDING_POSTGRESQL: Final = """
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = to_regclass('audit_event') AND tgenabled IN ('O', 'A')"""
STANDING_SQLITE: Final = """
    SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; a second time changes nothing."""
    if not missing(connection):
        return
    with transaction.atomic(using=connection.alias):
        remove(connection)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(REFUSE)
            for name, rule in _triggers(connection).items():
                cursor.execute(f"CREATE TRIGGER {name} {rule}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take them away, for a migration of the table; whoever does it installs them again."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in _triggers(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there, or are switched off."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(STANDING_POSTGRESQL if is_postgresql else STANDING_SQLITE)
        found = {name for (name,) in cursor.fetchall()}
    return sorted(set(_triggers(connection)) - found)


def _triggers(connection: BaseDatabaseWrapper) -> Mapping[str, str]:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def check_guard(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """For `check --deploy --database default`: the events are guarded where they stand."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    if TABLE not in connection.introspection.table_names() or not missing(connection):
        return []
    hint = "Run `manage.py guard_audit` after `migrate`."
    return [Error("The database lets events be changed and deleted.", hint=hint, id="audit.E001")]
