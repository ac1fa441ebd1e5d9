"""The database itself refuses to change or delete an event, on a database of these tests' own."""

from __future__ import annotations

import uuid
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from clinic.audit import guard
from clinic.audit.models import Event
from tests.builders import NOON

ALIAS = "scratch"
CHANGES = {
    "an update": "UPDATE audit_event SET verb = 'other'",
    "an update of nothing new": "UPDATE audit_event SET verb = verb",
    "a delete": "DELETE FROM audit_event",
    "a delete of one": "DELETE FROM audit_event WHERE verb = 'read1'",
}
ONLY = {
    "postgresql": {"a truncate": "TRUNCATE audit_event"},
    "sqlite": {
        "a replacing insert": (
            "INSERT OR REPLACE INTO audit_event "
            "SELECT sequence, id, at, 'system', actor_id, 'x', about_kind, about_id, codes "
            "FROM audit_event"
        ),
        "an upsert": (
            "INSERT INTO audit_event SELECT * FROM audit_event WHERE true "
            "ON CONFLICT(sequence) DO UPDATE SET verb = 'other'"
        ),
    },
}


def settings_of_scratch(folder):
    """The settings of the suite's database, for another one beside it."""
    values = {**connections["default"].settings_dict}
    if values["ENGINE"].endswith("sqlite3"):
        return values | {"NAME": str(folder / "scratch.sqlite3")}
    options = {name: value for name, value in values["OPTIONS"].items() if name != "pool"}
    return values | {"NAME": f"scratch_{uuid.uuid4().hex}", "OPTIONS": options}


@pytest.fixture
def scratch(tmp_path, django_db_blocker):
    """A database with the table of events and nothing else; never the suite's, which is flushed."""
    with django_db_blocker.unblock():
        connections.settings[ALIAS] = settings_of_scratch(tmp_path)
        connection = connections[ALIAS]
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        is_server = connection.vendor == "postgresql"
        if is_server:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
        with connection.schema_editor() as editor:
            editor.create_model(Event)
        yield connection
        connection.close()
        if is_server:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")
        del connections[ALIAS]
        del connections.settings[ALIAS]


def written(verb="read"):
    return Event.objects.using(ALIAS).create(
        at=NOON,
        actor_kind="system",
        actor_id="test",
        verb=verb,
        about_kind="x",
        about_id=uuid.uuid4(),
    )


def run(*arguments, **options):
    out, err = StringIO(), StringIO()
    call_command("guard_audit", *arguments, database=ALIAS, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def attempted(connection, statement):
    with transaction.atomic(using=ALIAS), connection.cursor() as cursor:
        cursor.execute(statement)


def written_and_deleted(connection):
    with transaction.atomic(using=ALIAS):
        written("second")
        attempted(connection, "DELETE FROM audit_event")


def events():
    return [one.canonical() for one in Event.objects.using(ALIAS).all()]


def test_whatever_changes_or_deletes_is_refused(scratch):
    run()
    for number in range(3):
        written(f"read{number}")
    before = events()
    for what, statement in (CHANGES | ONLY[scratch.vendor]).items():
        with pytest.raises(DatabaseError, match=r"append-only"):
            attempted(scratch, statement)
        assert events() == before, what


def test_new_events_are_written_as_before_also_many_at_once(scratch):
    run()
    first = written()
    Event.objects.using(ALIAS).bulk_create(
        Event(
            at=NOON,
            actor_kind="staff",
            actor_id="a",
            verb="read",
            about_kind="x",
            about_id=first.id,
        )
        for _number in range(5)
    )
    assert Event.objects.using(ALIAS).count() == 6


def test_one_refused_statement_leaves_the_rest_of_the_work_whole(scratch):
    run()
    written()
    with pytest.raises(DatabaseError, match="append-only"):
        written_and_deleted(scratch)
    assert Event.objects.using(ALIAS).count() == 1


def test_a_second_time_changes_nothing(scratch):
    run()
    assert "guarded" in run()
    assert guard.missing(scratch) == []
    assert run(verbosity=0) == ""


def test_check_tells_by_its_exit_status(scratch):
    with pytest.raises(CommandError, match="Not guarded: audit_event_no") as told:
        run(check=True)
    assert told.value.returncode == 1
    run()
    assert "The events are guarded." in run(check=True)


def test_half_a_guard_is_none(scratch):
    run()
    name = guard.missing(scratch) or sorted(
        guard.POSTGRESQL if scratch.vendor == "postgresql" else guard.SQLITE
    )
    on_table = " ON audit_event" if scratch.vendor == "postgresql" else ""
    attempted(scratch, f"DROP TRIGGER {name[0]}{on_table}")
    assert guard.missing(scratch) == name[:1]
    run()
    assert guard.missing(scratch) == []


def test_a_trigger_that_is_switched_off_is_missing(scratch):
    if scratch.vendor != "postgresql":
        return
    run()
    attempted(scratch, "ALTER TABLE audit_event DISABLE TRIGGER ALL")
    assert len(guard.missing(scratch)) == len(guard.POSTGRESQL)
    run()
    assert guard.missing(scratch) == []


def test_it_is_taken_away_for_a_migration_and_says_so_loudly(scratch):
    run()
    written()
    assert "THE EVENTS ARE NOT GUARDED NOW" in run(remove=True)
    attempted(scratch, "UPDATE audit_event SET verb = 'migrated'")
    assert run(remove=True)
    run()
    with pytest.raises(DatabaseError, match="append-only"):
        attempted(scratch, "UPDATE audit_event SET verb = 'again'")


def test_before_the_first_migration_it_says_what_is_missing(scratch):
    with scratch.schema_editor() as editor:
        editor.delete_model(Event)
    with pytest.raises(CommandError, match="run migrate first"):
        run()


def test_a_rebuilt_table_is_told_as_unguarded(scratch):
    """SQLite makes a new table for most migrations, and triggers go with the old one."""
    run()
    with scratch.schema_editor() as editor:
        editor.delete_model(Event)
        editor.create_model(Event)
    assert guard.missing(scratch) != []


def test_a_deployment_is_told_and_other_checks_ask_no_database(scratch, monkeypatch):
    monkeypatch.setattr(guard, "connections", {"default": scratch})
    assert guard.check_guard(databases=None) == []
    assert [one.id for one in guard.check_guard(databases=["default"])] == ["audit.E001"]
    run()
    assert guard.check_guard(databases=["default"]) == []


def test_the_check_is_one_of_those_for_deployments(db):
    found = {one.id for one in run_checks(include_deployment_checks=False, databases=["default"])}
    assert "audit.E001" not in found
    deployed = run_checks(tags=["database"], include_deployment_checks=True, databases=["default"])
    assert "audit.E001" in {one.id for one in deployed}


def test_the_statements_name_the_table_that_the_model_has():
    assert guard.TABLE == "audit_event"
