"""The letter that takes the place of a call, for whom only a postal address is known.

The approved words of the message it stands for. Refuses anything about health in what shows through
a window: her address and the neutral name, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy

from clinic.outbox.codes import CallReason
from clinic.outbox.messages import FALL_BACK, TEXT_KIND, said_in, words_for
from clinic.outbox.models import CallTask
from clinic.outbox.receipts import in_words, phone_of
from clinic.outbox.refusals import UNUSABLE
from clinic.people.references import reference_of
from clinic.people.requests import find
from clinic.places import centre as places
from clinic.places.models import ContactRole, Location
from clinic.signing.models import TextVersion

# With a link or without, the words are those of the receipt: they hold the reference.
_SUBJECTS: Final = dict.fromkeys(
    (CallReason.CONFIRM, CallReason.MESSAGE_FAILED, CallReason.LINK), "request_received"
)


def _door() -> str:
    return settings.SITE_URL + reverse("requests:open")


# In the language of the letter, which is chosen later.
_address_to_open = lazy(_door, str)


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed page; `language` is that of the words."""

    name: str
    address: str
    sender: str
    sender_address: str
    day: date
    language: str
    title: str
    lines: tuple[str, ...]


def write(task: CallTask, *, at: datetime) -> Letter | None:
    """The letter in the live words; None without an address, or without words to print."""
    subject = _SUBJECTS.get(CallReason(task.reason), FALL_BACK)
    # A promise whose hour has passed is not made in writing.
    if task.due_at <= at:
        subject = FALL_BACK
    version = words_for(TEXT_KIND, subject, task.person.language, at=at)
    if version is None or not task.person.postal_address:
        return None
    try:
        return _filled(version, task, at=at)
    except UNUSABLE:
        return None


def _filled(version: TextVersion, task: CallTask, *, at: datetime) -> Letter:
    centre, place = places.required(), Location.objects.first()
    values = said_in(version, {"centre": centre.neutral_name, **_values(task, at=at)})
    return Letter(
        name=task.person.full_name,
        address=task.person.postal_address,
        sender=centre.neutral_name,
        sender_address=place.address if place else "",
        day=timezone.localdate(at),
        language=version.text.language,
        title=version.content["subject"].format_map(values),
        lines=tuple(line.format_map(values) for line in version.content["lines"]),
    )


def _values(task: CallTask, *, at: datetime) -> dict[str, str]:
    reference, kind = reference_of(task.about_id), find(task.about_kind)
    role = kind.standing(task.about_id, at).phone_role if kind else ContactRole.MAIN
    return {
        "caller": task.assigned_to.full_name,
        "due": in_words(task.due_at),
        "reference": reference.spoken if reference else "",
        # Where she types the reference above: a private link is too long to type.
        "link": _address_to_open(),
        "phone": phone_of(role),
    }
