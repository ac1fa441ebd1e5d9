"""Who may open an address: every view says it, and an address that does not fails the build.

Holds the declaration and the check that nothing is left undeclared. Refuses to decide anything:
the guards (`staff_page`, `opened`, the admin site) do, and a test holds that each keeps its word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.contrib.admin import AdminSite
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

View = TypeVar("View", bound=Callable[..., Any])


class Opens(StrEnum):
    """For whom a door opens."""

    ANYONE = "anyone"
    HER = "whoever has opened her request"
    COLLEAGUES = "signed-in colleagues"
    MACHINES = "machines with a signature"
    ADMIN = "whoever the admin lets in"


@dataclass(frozen=True, slots=True)
class Door:
    """The rule of one view; for colleagues the roles, where none means any role."""

    opens: Opens
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the site: its name, the names of its parts, its view and its rule."""

    name: str
    parts: tuple[str, ...]
    view: Callable[..., Any]
    door: Door | None


_ANYONE: Final = Door(Opens.ANYONE)


def declare(view: View, door: Door) -> View:
    """Say who may open a view; the guards around it must keep to it."""
    view.door = door  # type: ignore[attr-defined]  # Read by `addresses`.
    return view


def public(view: View) -> View:
    """Anyone may open it, signed in or not: nothing on it is about anybody."""
    return declare(view, _ANYONE)


def _door_of(view: Callable[..., Any]) -> Door | None:
    # Django's admin wraps its views, all but the sign-in, and leaves these names on them.
    is_admin = hasattr(view, "admin_site") or hasattr(view, "model_admin")
    if is_admin or isinstance(getattr(view, "__self__", None), AdminSite):
        return Door(Opens.ADMIN)
    found: Door | None = getattr(view, "door", None)
    return found


def addresses(
    patterns: Sequence[URLPattern | URLResolver] | None = None,
    namespaces: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
) -> Iterator[Address]:
    """Every address this installation serves, in the order in which they are tried."""
    known = get_resolver().url_patterns if patterns is None else patterns
    for one in known:
        inner = (*parts, *one.pattern.converters)
        if isinstance(one, URLResolver):
            spaces = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from addresses(one.url_patterns, spaces, inner)
        else:
            name = ":".join((*namespaces, one.name or str(one.pattern)))
            yield Address(name, inner, one.callback, _door_of(one.callback))


def every_address_has_a_rule(app_configs: object, **_: Any) -> list[CheckMessage]:
    """An error for each address of which nobody said who may open it."""
    return [
        Error(
            f"Nobody said who may open {one.name}.", hint="See clinic/doors.py.", id="clinic.E001"
        )
        for one in addresses()
        if one.door is None
    ]
