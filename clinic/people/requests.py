"""Kinds of request a person can come back to; the rooms that own them register here at start."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from clinic.audit.recording import Actor, kind_of
from clinic.people import seeing
from clinic.people.models import Person, Reference, User
from clinic.people.models.asking import PersonRequest
from clinic.people.models.staff import UserQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands, in her words: what happened, who calls, by when, what was asked."""

    happened: StrOrPromise
    next_step: StrOrPromise
    caller: StrOrPromise
    phone_role: str
    # None once somebody has spoken with her, or the request has ended.
    due_at: datetime | None
    is_open: bool
    # She and her helper; whom we call first stands first.
    people: Sequence[Person]
    at: datetime
    asked_for: tuple[StrOrPromise, ...] = ()

    @property
    def contact(self) -> Person:
        """Whom to reach about it."""
        return self.people[0]

    @property
    def is_late(self) -> bool:
        """Whether the promised hour has passed without a word from us."""
        return self.due_at is not None and self.due_at < self.at


@dataclass(frozen=True, slots=True)
class Holder:
    """In whose hands a request is, and when her next step is due; nothing about the request."""

    owner: User | None
    next_at: datetime | None
    is_open: bool


class NobodyElse(Exception):
    """No other colleague could be given a request of this kind; the text names the kind."""


@dataclass(frozen=True, slots=True)
class RequestKind:
    """What others must know of a kind of request; `team` is the role that stands in.

    `held` counts what a colleague has in hand, `takers` are those who could be given some of it,
    and `hand_over` gives all she holds to one of them, or to whom the router chooses, inside the
    caller's transaction; it returns how many it gave and raises `NobodyElse`.
    """

    model: type[PersonRequest]
    standing: Callable[[uuid.UUID, datetime], Standing]
    change_mind: Callable[[uuid.UUID, Actor, datetime], None]
    # For one reader, a page that she may open; for None, the first there is.
    staff_url: Callable[[uuid.UUID, User], str]
    holder: Callable[[uuid.UUID], Holder]
    team: str
    label: StrOrPromise
    held: Callable[[User], int]
    takers: Callable[[datetime], UserQuerySet]
    hand_over: Callable[[User, User | None, User, datetime], int]
    # Other rows that belong to such a request, by kind: from the row's id to the request's.
    parts: Mapping[str, Callable[[uuid.UUID], uuid.UUID | None]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The stable name that references, effects and calls store."""
        return kind_of(self.model)


_KINDS: Final[dict[str, RequestKind]] = {}


def register(kind: RequestKind) -> None:
    """Make a kind of request known."""
    if _KINDS.setdefault(kind.kind, kind) != kind:
        raise ValueError(f"The request kind {kind.kind} is registered twice.")
    seeing.register(kind.kind, kind.model.objects.visible_to)


def staff_url(about_kind: str, about_id: uuid.UUID, *, reader: User) -> str:
    """Where this colleague looks at a request; empty if she may not, or its wing is left out."""
    kind = _KINDS.get(about_kind)
    if kind is None or not kind.model.objects.visible_to(reader).filter(pk=about_id).exists():
        return ""
    return kind.staff_url(about_id, reader)


def known() -> list[RequestKind]:
    """Every kind of request this installation has."""
    return list(_KINDS.values())


def find(about_kind: str) -> RequestKind | None:
    """The kind of this name; None when its wing is left out."""
    return _KINDS.get(about_kind)


def request_behind(about_kind: str, about_id: uuid.UUID) -> uuid.UUID | None:
    """The id of the request that a row is, or belongs to; None for any other row."""
    if about_kind in _KINDS:
        return about_id
    kinds = [kind for kind in _KINDS.values() if about_kind in kind.parts]
    return kinds[0].parts[about_kind](about_id) if kinds else None


def request_of(reference: Reference) -> PersonRequest | None:
    """The request behind a reference; None when its wing is left out."""
    kind = kind_for(reference)
    return kind.model._default_manager.get(pk=reference.about_id) if kind else None


def kind_for(reference: Reference) -> RequestKind | None:
    """The kind behind a reference; None when its wing is left out."""
    return _KINDS.get(reference.about_kind)
