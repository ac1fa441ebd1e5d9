"""How a list of colleagues is sorted and filtered: by its address and by nothing else.

Holds the orders and filters that a list allows, and the addresses that lead from one to another.
Refuses whatever a list did not allow: an unknown name or value is neither used nor kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.http import HttpRequest

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SORT: Final = "sort"
BACKWARDS: Final = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; where rows can be sorted by it, the address that does."""

    label: StrOrPromise
    url: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to see a list; `count` is how many rows it shows, None where nobody counts."""

    label: StrOrPromise
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice, and whether the address names it."""

    value: str
    label: StrOrPromise
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with a value: the name in the address, and what may be chosen."""

    name: str
    label: StrOrPromise
    options: Sequence[Option]

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        name: str,
        label: StrOrPromise,
        allowed: Iterable[tuple[str, StrOrPromise]],
    ) -> Choice:
        """What an address chooses of the values that are allowed."""
        asked = request.GET.get(name)
        return cls(name, label, [Option(one, words, one == asked) for one, words in allowed])

    @property
    def chosen(self) -> str:
        """The value that is chosen; empty for none."""
        return next((one.value for one in self.options if one.chosen), "")


@dataclass(frozen=True, slots=True)
class Sorting:
    """One order of a list and the filters that narrow it, as its address asks.

    `allowed` maps the name of an order to columns of the database; `order` is such a name, with
    "-" before it for backwards; `chosen` holds the filters of the address, where a flag such as
    `?mine` has an empty value.
    """

    allowed: Mapping[str, Sequence[str]]
    default: str
    order: str
    chosen: Mapping[str, str]

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        *,
        allowed: Mapping[str, Sequence[str]],
        default: str,
        flags: Sequence[str] = (),
        choices: Sequence[Choice] = (),
    ) -> Sorting:
        """What an address asks for; an order that is not allowed is the default one."""
        asked = request.GET.get(SORT, "")
        order = asked if asked.removeprefix(BACKWARDS) in allowed else default
        chosen = {one: "" for one in flags if one in request.GET}
        chosen |= {one.name: one.chosen for one in choices if one.chosen}
        return cls(allowed, default, order, chosen)

    @property
    def ordering(self) -> tuple[OrderBy | str, ...]:
        """For `order_by`: total, and the same on every database; what has no value comes last."""
        columns = [F(one) for one in self.allowed[self._name]]
        if self._is_backwards:
            return (*(one.desc(nulls_last=True) for one in columns), "id")
        return (*(one.asc(nulls_last=True) for one in columns), "id")

    @property
    def _name(self) -> str:
        return self.order.removeprefix(BACKWARDS)

    @property
    def _is_backwards(self) -> bool:
        return self.order.startswith(BACKWARDS)

    def columns(self, labels: Mapping[str, StrOrPromise]) -> list[Column]:
        """The heads of a table; a label whose name is no order cannot be sorted by."""
        return [self._column(name, label) for name, label in labels.items()]

    def _column(self, name: str, label: StrOrPromise) -> Column:
        if name not in self.allowed:
            return Column(label)
        if name != self._name:
            return Column(label, self._address(self.chosen, name))
        turned = name if self._is_backwards else f"{BACKWARDS}{name}"
        direction = "descending" if self._is_backwards else "ascending"
        return Column(label, self._address(self.chosen, turned), direction)

    def one_of(
        self, label: StrOrPromise, flag: str, *, of: Sequence[str], count: int | None = None
    ) -> Filter:
        """A link to one flag out of several that exclude each other; "" is none of them."""
        others = {name: value for name, value in self.chosen.items() if name not in of}
        wanted = {flag: "", **others} if flag else others
        return Filter(label, self._address(wanted, self.order), self.chosen == wanted, count)

    def turn(self, label: StrOrPromise, flag: str) -> Filter:
        """A link that turns one flag on, or off again."""
        others = {name: value for name, value in self.chosen.items() if name != flag}
        is_on = flag in self.chosen
        wanted = others if is_on else {flag: "", **others}
        return Filter(label, self._address(wanted, self.order), is_on)

    @property
    def kept(self) -> str:
        """What another page of the same list must say before its own number."""
        query = _query(self.chosen, self._sent(self.order))
        return f"{query}&" if query else ""

    @property
    def hidden(self) -> dict[str, str]:
        """What a form that sets the choices must send along."""
        flags = {name: "" for name, value in self.chosen.items() if not value}
        return {**flags, **self._sent(self.order)}

    def _sent(self, order: str) -> dict[str, str]:
        return {} if order == self.default else {SORT: order}

    def _address(self, filters: Mapping[str, str], order: str) -> str:
        return f"?{_query(filters, self._sent(order))}"


def _query(*parts: Mapping[str, str]) -> str:
    # A flag stands alone, as people type it: `mine&sort=-due`.
    pairs = [pair for part in parts for pair in part.items()]
    return "&".join(urlencode([pair]) if pair[1] else pair[0] for pair in pairs)
