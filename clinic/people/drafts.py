"""What a colleague has half typed, kept until she sends it or throws it away.

Holds where drafts may be kept, and how one is saved, shown again and spent. A draft is hers alone
and is sealed. Refuses ticks of consent (words are read out and agreed to each time), tokens and
passwords: what is kept can be typed again, never a yes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from clinic.people.models import Draft, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLACE: Final = "draft"
"""The hidden field that names the place of a form."""
LONGEST: Final = 64 * 1024
OLDEST: Final = timedelta(days=30)
NEVER_KEPT: Final = ("csrfmiddlewaretoken", "agree_", "version_", "password", "keep", PLACE)
"""How names of fields begin that are left out."""
SPENT: Final = "spent"

Typed = dict[str, list[str]]


class TooLong(Exception):
    """More was typed than a draft holds."""


class UnknownPlace(Exception):
    """No form of this name keeps drafts."""


def _nothing(_typed: QueryDict, _at: datetime) -> tuple[str, ...]:
    """What most forms leave out."""
    return ()


@dataclass(frozen=True, slots=True)
class DraftForm:
    """A form that keeps drafts: its code, its name, and the page on which it stands.

    `leaves_out` names the fields that must not be kept of what is typed.
    """

    code: str
    label: StrOrPromise
    address: Callable[[uuid.UUID], str]
    leaves_out: Callable[[QueryDict, datetime], Collection[str]] = _nothing

    def place(self, about_id: uuid.UUID) -> str:
        """Where the draft of this form about this is kept."""
        return f"{self.code}:{about_id}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page shows of a draft: its place, and since when something is kept there."""

    place: str
    saved_at: datetime | None = None


_FORMS: Final[dict[str, DraftForm]] = {}


def register(form: DraftForm) -> None:
    """Let a form keep drafts."""
    if _FORMS.setdefault(form.code, form) != form:
        raise ValueError(f"The draft form {form.code} is registered twice.")


def find(place: str) -> tuple[DraftForm, uuid.UUID]:
    """The form of a place and what it is about; raises `UnknownPlace`."""
    code, _sep, about = place.partition(":")
    try:
        return _FORMS[code], uuid.UUID(about)
    except (KeyError, ValueError) as error:
        raise UnknownPlace("not a place of drafts") from error


def keep(typed: QueryDict, *, place: str, by: User, at: datetime) -> bool:
    """Save a form as it stands; False when that very form was sent before.

    A save that was under way while the form was sent may arrive after it: kept, it would bring back
    what is done. Raises `TooLong`, `UnknownPlace`.
    """
    form, about_id = find(place)
    fields = _clean(typed, without=form.leaves_out(typed, at))
    if len(json.dumps(fields)) > LONGEST:
        raise TooLong(form.code)
    key = next(iter(fields.get("key", [])), "")
    with transaction.atomic():
        draft, made = Draft.rows.select_for_update(no_key=True).get_or_create(
            user=by,
            place=form.place(about_id),
            defaults={"typed": {"fields": fields}, "saved_at": at},
        )
        if draft.typed.get(SPENT) == key:
            return False
        if not made:
            draft.typed, draft.saved_at = {"fields": fields}, at
            draft.save(update_fields=["typed", "saved_at"])
    return True


def _clean(typed: QueryDict, *, without: Collection[str]) -> Typed:
    kept = (name for name in typed if not name.startswith(NEVER_KEPT))
    return {name: typed.getlist(name) for name in kept if name not in without}


@contextmanager
def spent(*, place: str, key: uuid.UUID, by: User, at: datetime) -> Iterator[None]:
    """What is done inside and the end of its draft are one: neither happens alone.

    The row stays with the key of the sent form and none of its words, see `keep`.
    """
    with transaction.atomic():
        yield
        spend(place=place, key=key, by=by, at=at)


def spend(*, place: str, key: uuid.UUID, by: User, at: datetime) -> None:
    """Forget what was typed, and keep nothing more of the form with this key."""
    values = {"typed": {SPENT: str(key)}, "saved_at": at}
    Draft.rows.update_or_create(user=by, place=place, defaults=values)


def throw_away(*, place: str, by: User) -> bool:
    """Delete a draft of hers; False when she has none there."""
    return bool(Draft.rows.filter(user=by, place=place).delete()[0])


def is_spent(*, place: str, key: uuid.UUID, by: User) -> bool:
    """Whether the form with this key was sent from here."""
    draft = Draft.objects.visible_to(by).filter(place=place).first()
    return draft is not None and draft.typed.get(SPENT) == str(key)


def typed_at(place: str, *, by: User) -> tuple[Mapping[str, Any], datetime] | None:
    """What she has typed at a place and when it was kept; None where there is nothing."""
    draft = Draft.objects.visible_to(by).filter(place=place).first()
    if draft is None or "fields" not in draft.typed:
        return None
    return MultiValueDict(draft.typed["fields"]), draft.saved_at


def of(code_prefix: str, *, by: User) -> list[Draft]:
    """Her drafts of forms whose code begins so, the newest first; none of a wing left out."""
    rows = Draft.objects.visible_to(by).filter(place__startswith=code_prefix)
    known = (one for one in rows if one.place.partition(":")[0] in _FORMS)
    return [one for one in known if "fields" in one.typed]


def show_typed(form: forms.Form, typed: Mapping[str, Any]) -> None:
    """Fill an unsent form with what was typed, mistakes included, without judging any of it."""
    found = {
        name: field.widget.value_from_datadict(typed, MultiValueDict(), form.add_prefix(name))
        for name, field in form.fields.items()
        if not name.startswith(NEVER_KEPT)
    }
    form.initial = {name: value for name, value in found.items() if value is not None}


def show(form: forms.Form, *, place: str, by: User) -> Kept:
    """Fill an unsent form with her draft, if there is one; what its page needs to know of it."""
    found = None if form.is_bound else typed_at(place, by=by)
    if found is None:
        return Kept(place)
    show_typed(form, found[0])
    return Kept(place, found[1])


def forget_old(at: datetime) -> None:
    """Delete what was last touched a month ago."""
    Draft.rows.filter(saved_at__lt=at - OLDEST).delete()
