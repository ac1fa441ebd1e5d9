"""A desk's list as its address asks for it: filters with their counts, order, heads of columns.

Holds what the lists of all desks share. Refuses to widen anything: it is given what the reader may
see, and every filter narrows that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.design.tables import Choice, Filter, Sorting
from clinic.people.models import User
from clinic.people.models.person import SPOKEN_LANGUAGES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES: Final = ("overdue", "ended")
"""Of these at most one is asked for; what has neither waits."""


class Rows(Protocol):
    """What a reader may see of a desk, with the words in which it is asked."""

    def waiting(self) -> Self: ...
    def overdue(self, *, at: datetime) -> Self: ...
    def filter(self, *args: Any, **kwargs: Any) -> Self: ...
    def exclude(self, *args: Any, **kwargs: Any) -> Self: ...
    def order_by(self, *args: Any) -> Self: ...
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """How one desk names things: where its colleague and her language stand, and its columns.

    `orders` maps a column that can be sorted by to columns of the database; `labels` are the heads
    after the first, which says when.
    """

    owner: str
    language: str
    orders: Mapping[str, Sequence[str]]
    labels: Mapping[str, StrOrPromise]

    def listing(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        me: User,
        at: datetime,
        choices: Mapping[str, Choice],
    ) -> dict[str, Any]:
        """The context of the page; `choices` are the desk's own, by the column they narrow."""
        spoken = Choice.of(request, "language", _("Language"), SPOKEN_LANGUAGES)
        asked = {**choices, self.language: spoken}
        sorting = self._sorting(request, list(asked.values()))
        narrowed = rows.filter(**{name: one.chosen for name, one in asked.items() if one.chosen})
        if "mine" in sorting.chosen:
            narrowed = narrowed.filter(**{self.owner: me})
        return {
            "rows": _in_state(narrowed, sorting, at).order_by(*sorting.ordering),
            "sorting": sorting,
            "choices": list(asked.values()),
            "columns": sorting.columns({**_when(sorting), **self.labels}),
            "filters": _filters(narrowed, sorting, at),
            "now": at,
        }

    def _sorting(self, request: HttpRequest, choices: Sequence[Choice]) -> Sorting:
        return Sorting.of(
            request,
            allowed={"due": ("next_at",), "ended": ("ended_at",), **self.orders},
            default="-ended" if "ended" in request.GET else "due",
            flags=("mine", *STATES),
            choices=choices,
        )


def _in_state(rows: Rows, sorting: Sorting, at: datetime) -> Rows:
    if "ended" in sorting.chosen:
        return rows.exclude(ended_at=None)
    return rows.overdue(at=at) if "overdue" in sorting.chosen else rows.waiting()


def _when(sorting: Sorting) -> dict[str, StrOrPromise]:
    return {"ended": _("Closed")} if "ended" in sorting.chosen else {"due": _("Next step by")}


def _filters(rows: Rows, sorting: Sorting, at: datetime) -> list[Filter]:
    return [
        sorting.one_of(_("Waiting"), "", of=STATES, count=rows.waiting().count()),
        sorting.one_of(_("Overdue"), "overdue", of=STATES, count=rows.overdue(at=at).count()),
        sorting.one_of(_("Closed"), "ended", of=STATES),
        sorting.turn(_("Only mine"), "mine"),
    ]
