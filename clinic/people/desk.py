"""Rows and notices of the staff index; rooms and wings register theirs at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from clinic.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A page for colleagues of some roles; on a list `count` gives what is open for one."""

    label: StrOrPromise
    url_name: str
    roles: tuple[str, ...]
    count: Callable[[User], int] | None
    order: int = 0


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


def rows_for(user: User) -> list[dict[str, Any]]:
    """The lists of a colleague's roles as `label`, `url`, `count`."""
    mine = [row for row in _ROWS.values() if user.has_role(*row.roles)]
    return [
        {
            "label": row.label,
            "url": reverse(row.url_name),
            "count": row.count(user) if row.count else None,
        }
        for row in sorted(mine, key=lambda row: (row.order, row.url_name))
    ]


def register_notice(notice: Notice) -> None:
    """Ask `notice(user, at)` for a sentence each time somebody opens the staff index."""
    if notice not in _NOTICES:
        _NOTICES.append(notice)


def notices_for(user: User, *, at: datetime) -> list[DeskNotice]:
    """What a colleague should know before she looks at her lists."""
    return [found for notice in _NOTICES if (found := notice(user, at))]
