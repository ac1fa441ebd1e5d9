"""The only code that changes a status: compare-and-set, event and effects, one transaction.

Holds the mechanism, for a change of owner too, and refuses to hold any particular workflow: each
room keeps its codes and its table of allowed moves beside its models.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from clinic.audit.models import Event
from clinic.audit.recording import Actor, kind_of, record, record_all
from clinic.outbox.ledger import Owed, owe_all


class NotMoved(Exception):
    """The row was not moved; `last` is the event that brought it where it stands, if any."""

    def __init__(self, text: str, *, last: Event | None) -> None:
        super().__init__(text)
        self.last = last


class Conflict(NotMoved):
    """Somebody moved the row after it was loaded."""


class MoveRefused(NotMoved):
    """The workflow has no such move from where the row stands."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one row's move carries: `values` are other columns, `codes` go on its event."""

    row: models.Model
    values: Mapping[str, Any] = field(default_factory=dict)
    codes: Mapping[str, Any] = field(default_factory=dict)
    owing: Sequence[Owed] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One status column with its table of allowed moves (state -> states it may become)."""

    name: str
    moves: Mapping[str, frozenset[str]]
    column: str = "status"
    final: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        final = frozenset(state for state, targets in self.moves.items() if not targets)
        object.__setattr__(self, "final", final)

    @property
    def open(self) -> frozenset[str]:
        """The states from which something can still happen."""
        return frozenset(self.moves) - self.final

    def allows(self, state: str, to: str) -> bool:
        """Whether the table has this move."""
        return to in self.moves.get(state, frozenset())

    def compare_and_set(
        self, row: models.Model, *, to: str, where: models.Q | None = None, **values: Any
    ) -> bool:
        """Move the row in one UPDATE if it is still as loaded; False when someone was faster."""
        state = getattr(row, self.column)
        if not self.allows(state, to):
            text = f"{self.name} has no move from {state} to {to}."
            raise MoveRefused(text, last=_last_event(row))
        unchanged = models.Q(**{"pk": row.pk, self.column: state})
        changes = {self.column: to, **values}
        rows = type(row)._default_manager.filter(unchanged & (where or models.Q()))
        if rows.update(**changes) != 1:
            return False
        for name, value in changes.items():
            setattr(row, name, value)
        return True

    def set_all(self, rows: models.QuerySet[Any], *, before: str, to: str, **values: Any) -> int:
        """Move those of the rows that stand at `before`, in one UPDATE; how many they were."""
        if not self.allows(before, to):
            raise MoveRefused(f"{self.name} has no move from {before} to {to}.", last=None)
        return rows.filter(**{self.column: before}).update(**{self.column: to}, **values)

    def move(
        self,
        row: models.Model,
        *,
        to: str,
        by: Actor,
        at: datetime,
        verb: str,
        values: Mapping[str, Any] | None = None,
        codes: Mapping[str, Any] | None = None,
        owing: Sequence[Owed] = (),
        where: models.Q | None = None,
    ) -> Event:
        """Move `row`, write the event and owe the effects, all or nothing.

        `values` are other columns set in the same UPDATE, `codes` go on the event. Raises
        `Conflict` when the row was moved by somebody else since it was loaded and `MoveRefused`
        when the table has no such move.
        """
        before = getattr(row, self.column)
        step = Step(row, values or {}, codes or {}, owing)
        events = self.move_all([step], to=to, by=by, at=at, verb=verb, where=where)
        if not events:
            raise self._conflict(row, expected=before)
        return events[0]

    def move_all(
        self,
        steps: Sequence[Step],
        *,
        to: str,
        by: Actor,
        at: datetime,
        verb: str,
        where: models.Q | None = None,
    ) -> list[Event]:
        """Move many rows in one transaction; a row that somebody else moved is left as it is.

        Returns the events of those that were moved, in the order of `steps`.
        """
        noted: list[tuple[models.Model, dict[str, Any]]] = []
        owed: list[Owed] = []
        with transaction.atomic():
            for step in steps:
                before = getattr(step.row, self.column)
                if self.compare_and_set(step.row, to=to, where=where, **step.values):
                    noted.append((step.row, {"from": before, "to": to, **step.codes}))
                    owed.extend(step.owing)
            events = record_all(verb, noted, by=by, at=at)
            owe_all(owed, at=at)
        return events

    def assign(
        self,
        row: models.Model,
        *,
        column: str,
        to: uuid.UUID,
        by: Actor,
        at: datetime,
        verb: str,
        values: Mapping[str, Any] | None = None,
        owing: Sequence[Owed] = (),
    ) -> Event:
        """Give an open row to another owner, write the event and owe the effects, all or nothing.

        `column` is the foreign key to the owner; its status may go on moving meanwhile. Raises
        `Conflict` when the row was given to somebody else since it was loaded, or has ended, and
        `MoveRefused` when it had ended before or is hers already.
        """
        key = f"{column}_id"
        before = getattr(row, key)
        if getattr(row, self.column) in self.final or before == to:
            raise MoveRefused(f"{self.name} {row.pk} cannot be given on.", last=_last_event(row))
        changes = {key: to, **(values or {})}
        unchanged = {"pk": row.pk, key: before, f"{self.column}__in": self.open}
        with transaction.atomic():
            if type(row)._default_manager.filter(**unchanged).update(**changes) != 1:
                text = f"{kind_of(row)} {row.pk} has ended or is in other hands."
                raise Conflict(text, last=_last_event(row))
            codes = {"from": str(before) if before else None, "to": str(to)}
            event = record(verb, about=row, by=by, at=at, **codes)
            owe_all(owing, at=at)
        for name, value in changes.items():
            setattr(row, name, value)
        return event

    def _conflict(self, row: models.Model, *, expected: str) -> Conflict:
        manager = type(row)._default_manager
        found = manager.values_list(self.column, flat=True).filter(pk=row.pk).first()
        text = f"{kind_of(row)} {row.pk} is {found or 'gone'}, not {expected}."
        return Conflict(text, last=_last_event(row))


def _last_event(row: models.Model) -> Event | None:
    # Only what moved it or gave it on: whoever sent her link, or read the row, was not "faster".
    return Event.objects.about(kind_of(row), row.pk).filter(codes__has_key="to").last()
