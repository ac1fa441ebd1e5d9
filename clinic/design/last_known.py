"""The centre's name and numbers as last read, for the day when the database is away.

Holds the reading of `settings.CONTACT_FILE`, which `clinic.places` writes. Refuses to fail: a
missing or broken file gives an empty answer, and the page is shown without a number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from django.conf import settings

from clinic.places.models import words_in


class Contact(Protocol):
    """What a page needs of a contact point, from a row or from the file."""

    @property
    def label(self) -> str: ...
    @property
    def display(self) -> str: ...
    @property
    def digits(self) -> str: ...
    @property
    def spoken(self) -> str: ...
    @property
    def hours_text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class KnownContact:
    """One number from the file."""

    label: str = ""
    display: str = ""
    digits: str = ""
    spoken: str = ""
    hours_text: str = ""
    label_es: str = ""
    hours_text_es: str = ""


@dataclass(frozen=True, slots=True)
class KnownCentre:
    """The centre's name from the file; `contacts` by role."""

    name: str = ""
    contacts: Mapping[str, Contact] = field(default_factory=dict)


def in_language(point: Contact, language: str) -> KnownContact:
    """A contact point as a page in this language shows it."""
    return KnownContact(
        label=words_in(point, "label", language),
        display=point.display,
        digits=point.digits,
        spoken=point.spoken,
        hours_text=words_in(point, "hours_text", language),
    )


def read() -> KnownCentre:
    """What the file says, or an empty centre."""
    try:
        data = json.loads(settings.CONTACT_FILE.read_text(encoding="utf-8"))
        contacts = {role: _contact(entry) for role, entry in data["contacts"].items()}
        return KnownCentre(name=str(data["name"]), contacts=contacts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return KnownCentre()


def _contact(entry: dict[str, Any]) -> KnownContact:
    return KnownContact(**{one.name: str(entry.get(one.name, "")) for one in fields(KnownContact)})
