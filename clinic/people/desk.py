"""Rows of the staff index; the rooms and wings that have lists register them at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from clinic.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A list that waits for colleagues of some roles; `count` gives what is open for one."""

    label: StrOrPromise
    url_name: str
    roles: tuple[str, ...]
    count: Callable[[User], int]
    order: int = 0


_ROWS: Final[dict[str, DeskRow]] = {}


def register(row: DeskRow) -> None:
    """Add a list to the staff index."""
    _ROWS[row.url_name] = row


def rows_for(user: User) -> list[dict[str, Any]]:
    """The lists of a colleague's roles as `label`, `url`, `count`."""
    mine = [row for row in _ROWS.values() if user.has_role(*row.roles)]
    return [
        {"label": row.label, "url": reverse(row.url_name), "count": row.count(user)}
        for row in sorted(mine, key=lambda row: (row.order, row.url_name))
    ]
