"""Finding somebody who is on the phone, and telling the colleague whom she asked for.

Two answers: the requests that a colleague may see, and, for the rest, a directory of who looks
after them, which says nothing about anybody but colleagues. Every search is recorded, by what kind
of thing was typed and never by what was typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from clinic.audit.recording import Actor, record, record_reads
from clinic.clock import add_business_time
from clinic.outbox.calls import call_about, owe_call
from clinic.outbox.codes import CallReason, CallState
from clinic.outbox.models import CallTask
from clinic.people import requests
from clinic.people.find import limits
from clinic.people.find.asked import Asked, TermKind
from clinic.people.intake import contact_person
from clinic.people.models import Helper, Person, Reference, SearchToken, User
from clinic.people.models.search import TokenKind, sought
from clinic.people.requests import Holder, RequestKind
from clinic.places import centre

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN: Final = 25
CALL_BACK_HOURS: Final = 4
"""She has called already: half a working day is the longest she waits for an answer."""


class NobodyToTell(Exception):
    """The request has ended, or no colleague is left who could be told."""


@dataclass(frozen=True, slots=True)
class Match:
    """A request that the colleague may see."""

    reference: Reference
    kind: StrOrPromise
    helpers: list[str]
    holder: Holder
    url: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A request that she may not see: in whose hands it is, and nothing else."""

    reference_id: uuid.UUID
    owner: User | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to one search; `is_telling` says whether the directory was asked, too."""

    matches: list[Match]
    is_cut: bool
    elsewhere: list[Elsewhere]
    is_telling: bool


def search(asked: Asked, *, by: User, at: datetime) -> Findings:
    """Whom a colleague may find by this; records what she was shown. Raises `TooManySearches`."""
    limits.count_search(by, at=at)
    found = _by_reference(asked)
    is_telling = asked.is_telling or found is not None
    if is_telling:
        limits.count_answer(by, at=at)
    everything = _by_person(asked) if found is None else found
    hers = everything.filter(pk__in=Reference.objects.visible_to(by).values("pk"))
    shown = list(_open_first(hers)[: SHOWN + 1])
    others = everything.exclude(pk__in=hers.values("pk")).filter(_open())
    listed = _one_for_each_owner(_open_first(others)[:SHOWN]) if is_telling else []
    if is_telling and not listed:
        limits.forgive_answer(by)
    kinds = asked.kinds if found is None else [TermKind.REFERENCE]
    _record(kinds, shown[:SHOWN], listed, by=by, at=at)
    return Findings(
        matches=[_match(one, reader=by) for one in shown[:SHOWN]],
        is_cut=len(shown) > SHOWN,
        elsewhere=[_elsewhere(one) for one in listed],
        is_telling=is_telling,
    )


def pass_message(reference_id: uuid.UUID, *, by: User, at: datetime) -> User:
    """Owe a call to who asked for a colleague; who owes it now. Raises `NobodyToTell`.

    One call an hour, however often and through whomever she asks; made within the hour, another.
    """
    reference = Reference.rows.select_related("person").filter(pk=reference_id).first()
    if reference is None:
        raise NobodyToTell("gone")
    due_at = add_business_time(at, CALL_BACK_HOURS, centre.schedule())
    with transaction.atomic():
        call = call_about(reference.about_kind, reference.about_id, due_at=due_at)
        if call is None:
            raise NobodyToTell("no colleague")
        owe_call(
            call,
            person=contact_person(reference.person),
            reason=CallReason.CALL_BACK,
            at=at,
            key=_occasion(reference, at=at),
            by=Actor.staff(by),
        )
        # The row is held since: what it says now is what decided whether the call is owed.
        call.about.refresh_from_db(fields=["ended_at"])
        if call.about.ended_at is not None:
            raise NobodyToTell("ended")
    return call.assigned_to


def _occasion(reference: Reference, *, at: datetime) -> str:
    # The calls that were made count: else who asks again after one would be promised another,
    # and nobody would owe it.
    made = CallTask.rows.about(reference.about_kind, reference.about_id)
    ended = made.filter(reason=CallReason.CALL_BACK).exclude(status=CallState.OPEN)
    return f"{at:%Y%m%d%H} {ended.count()}"


def _by_reference(asked: Asked) -> QuerySet[Reference] | None:
    """The request of a reference that was typed; None if none of it is one."""
    found = Reference.rows.filter(code__in=asked.codes)
    return found if asked.codes and found.exists() else None


def _by_person(asked: Asked) -> QuerySet[Reference]:
    """The requests of which everything is true, of the patient or of one who helps her."""
    people = Person.rows.all()
    groups = [
        *(people.filter(pk__in=_said(TokenKind.NAME, one)) for one in asked.words),
        *(people.filter(pk__in=_said(TokenKind.DIGITS, one)) for one in asked.last_fours),
        *(people.reached_by(phones=[one]) for one in asked.phones),
        *(people.reached_by(emails=[one]) for one in asked.emails),
    ]
    rows = Reference.rows.all() if groups else Reference.rows.none()
    for group in groups:
        helped = Helper.rows.filter(person__in=group).values("patient")
        rows = rows.filter(Q(person__in=group) | Q(person__in=helped))
    return rows


def _said(kind: TokenKind, said: str) -> QuerySet[SearchToken, Any]:
    return sought(kind, said).values("person")


def _open() -> Q:
    """A condition on references: their request has not ended."""
    found = Q(pk__in=[])
    for kind in requests.known():
        still = kind.model._default_manager.filter(ended_at=None).values("pk")
        found |= Q(about_kind=kind.kind, about_id__in=still)
    return found


def _open_first(rows: QuerySet[Reference]) -> QuerySet[Reference]:
    ended = Case(When(_open(), then=Value(0)), default=Value(1))
    related = rows.select_related("person").prefetch_related("person__helpers__person")
    return related.order_by(ended, "-created_at", "id")


def _kind(reference: Reference) -> RequestKind:
    kind = requests.kind_for(reference)
    # Whoever is found is visible or open, and only registered kinds say which requests are.
    assert kind is not None
    return kind


def _match(reference: Reference, *, reader: User) -> Match:
    kind = _kind(reference)
    return Match(
        reference=reference,
        kind=kind.model._meta.verbose_name or kind.kind,
        helpers=[one.person.full_name for one in reference.person.helpers.all()],
        holder=kind.holder(reference.about_id),
        url=kind.staff_url(reference.about_id, reader),
    )


def _one_for_each_owner(rows: Iterable[Reference]) -> list[Reference]:
    """The newest of each colleague's, and of each team's what nobody has yet."""
    found: dict[object, Reference] = {}
    for one in rows:
        owner = _kind(one).holder(one.about_id).owner
        found.setdefault(owner or one.about_kind, one)
    return list(found.values())


def _elsewhere(reference: Reference) -> Elsewhere:
    holder = _kind(reference).holder(reference.about_id)
    return Elsewhere(reference.pk, holder.owner, holder.next_at)


def _record(
    kinds: list[TermKind],
    shown: list[Reference],
    listed: list[Reference],
    *,
    by: User,
    at: datetime,
) -> None:
    actor = Actor.staff(by)
    ids = {
        "shown": [str(one.about_id) for one in shown],
        "directory": [str(one.about_id) for one in listed],
    }
    with transaction.atomic():
        record("search", about=by, by=actor, at=at, terms=kinds, **ids)
        record_reads(shown, by=actor, at=at, place="find")
        record_reads(listed, by=actor, at=at, place="directory")
