"""Whose requests a colleague sees; each room with a kind of request says it at start.

A person is never listed alone: she is seen through a request. Refuses to import any model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from clinic.people.models.staff import User

Visible = Callable[["User"], "QuerySet[Any]"]

_VISIBLE: Final[dict[str, Visible]] = {}


def register(kind: str, visible: Visible) -> None:
    """Say which requests of a kind a colleague may see; rows with `pk` and `person`."""
    if _VISIBLE.setdefault(kind, visible) is not visible:
        raise ValueError(f"Who sees {kind} is said twice.")


def people(user: User) -> Q:
    """A condition on `Person`: the patients of visible requests, and those who help them."""
    found = Q(pk__in=[])
    for visible in _VISIBLE.values():
        patients = visible(user).values("person")
        found |= Q(pk__in=patients) | Q(helps__patient__in=patients)
    return found


def requests(user: User) -> Q:
    """A condition on whatever names a request by `about_kind` and `about_id`."""
    found = Q(pk__in=[])
    for kind, visible in _VISIBLE.items():
        found |= Q(about_kind=kind, about_id__in=visible(user).values("pk"))
    return found
