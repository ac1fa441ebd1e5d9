"""Requests that colleagues take down: on the phone, from a clinic, from a fax or a letter.

Kinds of request register here at start, each with its own questions and the verb that the website
uses, too. Refuses to know what is asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.audit.recording import Actor, record
from clinic.people import drafts, requests, roles
from clinic.people.forms import ADULT_AGE, age_on
from clinic.people.models import Reference, User
from clinic.people.models.person import ConsentKind
from clinic.people.submitting import Submission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROLES: Final = (roles.SCHEDULER, roles.COORDINATOR, roles.LEAD)
"""Who takes calls; each kind says which of them it is for."""
PREFIX: Final = "new."
"""How the codes of these forms' drafts begin."""
BIRTH_DATE: Final = ("birth_date_year", "birth_date_month", "birth_date_day")


def birth_date_of_a_minor(typed: QueryDict, at: datetime) -> tuple[str, ...]:
    """The fields that hold a child's date of birth, which is kept nowhere."""
    year, month, day = (typed.get(name, "").strip() for name in BIRTH_DATE)
    try:
        birth, today = date(int(year), int(month), int(day)), timezone.localdate(at)
    except (ValueError, OverflowError):
        return ()
    return BIRTH_DATE if birth <= today and age_on(birth, today) < ADULT_AGE else ()


@dataclass(frozen=True, slots=True)
class IntakeKind:
    """One thing that people call about; `url_name` is the page of its forms.

    `questions` gives the kind's own fields in a language, `ask` makes the request from their clean
    values, and `take` puts it into a colleague's hands where she may have it.
    """

    code: str
    label: StrOrPromise
    url_name: str
    roles: tuple[str, ...]
    consents: tuple[ConsentKind, ...]
    questions: Callable[[str, datetime], dict[str, forms.Field]]
    ask: Callable[[Submission, Mapping[str, Any], datetime], Reference]
    takers: tuple[str, ...]
    take: Callable[[uuid.UUID, User, datetime], None]

    @property
    def draft_form(self) -> drafts.DraftForm:
        """Where half-typed forms of this kind are kept."""
        code = f"{PREFIX}{self.code}"
        return drafts.DraftForm(code, self.label, self.address, leaves_out=birth_date_of_a_minor)

    def address(self, key: uuid.UUID) -> str:
        """The page of one form; the key makes it that one, however often it is opened."""
        return reverse(self.url_name, kwargs={"key": key})


_KINDS: Final[dict[str, IntakeKind]] = {}


def register(kind: IntakeKind) -> None:
    """Let colleagues take down a kind of request."""
    if _KINDS.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"The intake kind {kind.code} is registered twice.")
    drafts.register(kind.draft_form)


def known(user: User) -> list[IntakeKind]:
    """The kinds that a colleague may take down."""
    return [kind for _code, kind in sorted(_KINDS.items()) if user.has_role(*kind.roles)]


def kind_at(place: str) -> IntakeKind:
    """The kind whose draft stands at a place; raises `UnknownPlace`."""
    form, _key = drafts.find(place)
    return _KINDS[form.code.removeprefix(PREFIX)]


def take_down(
    kind: IntakeKind,
    submission: Submission,
    answers: Mapping[str, Any],
    *,
    form_key: uuid.UUID,
    mine: bool,
    by: User,
    at: datetime,
) -> Reference:
    """Make the request and end its draft, all or nothing; `mine`: it is hers from the start.

    The same submission again gives the reference of the first.
    """
    place = kind.draft_form.place(form_key)
    with drafts.spent(place=place, key=form_key, by=by, at=at):
        reference = kind.ask(submission, answers, at)
        if mine:
            kind.take(reference.about_id, by, at)
    return reference


def receipt(reference_id: uuid.UUID, *, reader: User, at: datetime) -> Reference | None:
    """A reference that this colleague took down; the look is recorded."""
    reference = Reference.rows.filter(pk=reference_id).first()
    if reference is None:
        return None
    first = Event.objects.about(reference.about_kind, reference.about_id).first()
    if first is None or (first.actor_kind, first.actor_id) != ("staff", str(reader.pk)):
        return None
    record("read", about=reference, by=Actor.staff(reader), at=at, place="receipt")
    return reference


def address_for(reference: Reference, reader: User) -> str:
    """The page of its request; empty for whoever may not see it."""
    return requests.staff_url(reference.about_kind, reference.about_id, reader=reader)
