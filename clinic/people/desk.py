"""Rows and notices of the staff index; rooms and wings register theirs at start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from clinic.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A page for colleagues of some roles; on a list `count` gives what is open for one.

    `due` gives for each row of the list when its next step is due, None for one that waits for
    nothing; `key` is the letter that opens the list after "g".
    """

    label: StrOrPromise
    url_name: str
    roles: tuple[str, ...]
    count: Callable[[User], int] | None
    order: int = 0
    due: Callable[[User], Sequence[datetime | None]] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in one list: how many, when each that has an hour is due, how many are overdue."""

    label: StrOrPromise
    url: str
    count: int
    due: Sequence[datetime]
    overdue: int

    @property
    def soonest(self) -> datetime | None:
        """When the first of them is, or was, due."""
        return min(self.due, default=None)


@dataclass(frozen=True, slots=True)
class DeskNotice:
    """One sentence above the lists; `url` leads to where it is told in full."""

    text: StrOrPromise
    is_warning: bool = False
    url: str = ""
    action: StrOrPromise = ""


Notice = Callable[[User, datetime], DeskNotice | None]

_ROWS: Final[dict[str, DeskRow]] = {}
_NOTICES: Final[list[Notice]] = []


def register(row: DeskRow) -> None:
    """Add a list to the staff index."""
    _ROWS[row.url_name] = row


def _of(user: User) -> list[DeskRow]:
    mine = [row for row in _ROWS.values() if user.has_role(*row.roles)]
    return sorted(mine, key=lambda row: (row.order, row.url_name))


def rows_for(user: User, *, path: str = "") -> list[dict[str, Any]]:
    """The lists of a colleague's roles: `label`, `url`, `count`, `key` and whether she is there."""
    return [
        {
            "label": row.label,
            "url": (url := reverse(row.url_name)),
            "count": row.count(user) if row.count else None,
            "key": row.key,
            "current": path.startswith(url),
        }
        for row in _of(user)
    ]


def waiting_for(user: User, *, at: datetime) -> list[Waiting]:
    """What waits in each of her lists that has hours."""
    return [_waiting(row, row.due(user), at) for row in _of(user) if row.due]


def _waiting(row: DeskRow, hours: Sequence[datetime | None], at: datetime) -> Waiting:
    due = [one for one in hours if one]
    late = sum(one < at for one in due)
    return Waiting(row.label, reverse(row.url_name), len(hours), due, late)


def register_notice(notice: Notice) -> None:
    """Ask `notice(user, at)` for a sentence each time somebody opens the staff index."""
    if notice not in _NOTICES:
        _NOTICES.append(notice)


def notices_for(user: User, *, at: datetime) -> list[DeskNotice]:
    """What a colleague should know before she looks at her lists."""
    return [found for notice in _NOTICES if (found := notice(user, at))]
