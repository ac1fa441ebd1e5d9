"""What the database says, in plain SQL: an eye of its own, from which no code hides a row."""

from __future__ import annotations

import sqlite3
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

CASE, REQUEST = "desk.case", "appointments.appointmentrequest"
RUNNING = ("pending", "leased")
CANARY = "outbox.canary"
"""The site's own test of its fast path; it comes and goes by itself."""


@dataclass
class Asked:
    """One request as the database has it."""

    about_id: str
    rows: int = 0
    with_colleague: int = 0
    calls_of: set[str] = field(default_factory=set)
    flagged: bool = False


def plain(value: Any) -> str:
    """An id as SQLite and PostgreSQL both write it when asked nicely."""
    return uuid.UUID(str(value)).hex


def as_spoken(code: str) -> str:
    """A reference as it is shown and read out."""
    return f"{code[:4]}-{code[4:]}"


def instant(value: Any) -> float:
    """A moment as SQLite and PostgreSQL write it, as Unix time."""
    if value is None:
        return float("inf")
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class Books:
    """One database, opened anew for each question: nothing is held while a fault goes on."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """The rows of one SELECT."""
        if self.url.startswith("sqlite:///"):
            path = self.url.removeprefix("sqlite:///")
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
            try:
                return connection.execute(question).fetchall()
            finally:
                connection.close()
        with psycopg.connect(self.url, autocommit=True) as server:
            return server.execute(question).fetchall()

    def tables(self) -> list[str]:
        """The name of every table."""
        if self.url.startswith("sqlite:///"):
            where = "name FROM sqlite_master WHERE type = 'table'"
        else:
            where = "table_name FROM information_schema.tables WHERE table_schema = 'public'"
        return [name for (name,) in self.ask(f"SELECT {where}")]

    def asked(self) -> dict[str, Asked]:
        """Every request by its reference, as it is spoken."""
        found = {
            plain(about_id): (code, Asked(plain(about_id)))
            for code, about_id in self.ask("SELECT code, about_id FROM people_reference")
        }
        owners = self.ask("SELECT case_id, coordinator_id FROM desk_referral")
        owners += self.ask("SELECT id, owner_id FROM appointments_appointmentrequest")
        for about_id, owner in owners:
            one = found[plain(about_id)][1]
            one.rows += 1
            one.with_colleague += owner is not None
        for table in ("desk_case", "appointments_appointmentrequest"):
            for (about_id,) in self.ask(f"SELECT id FROM {table} WHERE possible_duplicate"):
                found[plain(about_id)][1].flagged = True
        for about_id, owner in self.ask(
            "SELECT about_id, assigned_to_id FROM outbox_calltask WHERE status = 'open'"
        ):
            if plain(about_id) in found:
                found[plain(about_id)][1].calls_of.add(str(owner))
        return {as_spoken(code): one for code, one in found.values()}

    def requests(self) -> int:
        """How many requests there are, shown to somebody or not."""
        cases = self.ask("SELECT count(*) FROM desk_case")[0][0]
        return int(cases + self.ask("SELECT count(*) FROM appointments_appointmentrequest")[0][0])

    def effects(self) -> Counter[tuple[str, str]]:
        """How many effects of each kind are in each state."""
        rows = self.ask("SELECT kind, state, count(*) FROM outbox_effect GROUP BY kind, state")
        return Counter({(kind, state): count for kind, state, count in rows if kind != CANARY})

    def ended(self, kinds: str) -> dict[str, float]:
        """By reference, when the last effect of these kinds (LIKE) about that request ended."""
        effects = f"FROM outbox_effect e JOIN {{}} WHERE e.kind LIKE '{kinds}'"
        itself = effects.format("people_reference r ON r.about_id = e.about_id")
        referral = effects.format(
            "desk_referral f ON f.id = e.about_id JOIN people_reference r ON r.about_id = f.case_id"
        )
        rows = self.ask(
            f"SELECT r.code, e.ended_at {itself} UNION ALL SELECT r.code, e.ended_at {referral}"
        )
        found: dict[str, float] = {}
        for code, moment in rows:
            spoken = as_spoken(code)
            found[spoken] = max(found.get(spoken, 0), instant(moment))
        return found

    def running(self) -> int:
        """How many effects are neither done nor in a colleague's list."""
        effects = self.effects().items()
        return sum(count for (_kind, state), count in effects if state in RUNNING)

    def quarantined(self) -> int:
        """How many effects wait for a person."""
        return sum(n for (_kind, state), n in self.effects().items() if state == "quarantined")

    def done_twice(self) -> int:
        """Things that can happen once and have an event for a second time."""
        rows = self.ask(
            "SELECT about_id, verb, count(*) FROM audit_event"
            " WHERE verb IN ('receive', 'refer', 'ask', 'sent', 'fail', 'owe_call')"
            " GROUP BY about_id, verb HAVING count(*) > 1"
        )
        return len(rows)
