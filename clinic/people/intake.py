"""From what somebody typed about herself to rows: the patient, and the helper who wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.encryption import blind_index
from clinic.people.models import Helper, Person, Reference
from clinic.people.references import end_links_of
from clinic.people.requests import request_of
from clinic.people.urgency.alarms import mark_if_urgent

CONTACT_FIELDS = ("phone", "email", "postal_address", "may_leave_voicemail", "contact_note")


FREE_TEXT = ("postal_address", "contact_note")
"""What she types as she likes: urgent words are looked for in each of these, and in names."""


class CannotBeReached(Exception):
    """There is no phone, no e-mail and no postal address."""


@dataclass(frozen=True, slots=True)
class Details:
    """Clean values about one person; empty text where she gave none."""

    given_name: str
    family_name: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    postal_address: str = ""
    language: str = "en"
    needs_interpreter: bool = False
    may_leave_voicemail: bool = False
    contact_note: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class HelperDetails:
    """A helper, and how she stands to the patient."""

    details: Details
    relationship: str
    speak_first: str
    patient_knows: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything a request says about people."""

    patient: Details
    helper: HelperDetails | None = field(default=None)

    def free_texts(self) -> list[str]:
        """All that was typed about people in words of one's own."""
        people = [self.patient, *([self.helper.details] if self.helper else [])]
        # Whole names: Socorro Díaz does not cry for help.
        names = [f"{one.given_name} {one.family_name}" for one in people]
        return names + [getattr(one, name) for one in people for name in FREE_TEXT]


@dataclass(frozen=True, slots=True)
class Registered:
    """The rows made from an intake; `writer` is who typed it."""

    patient: Person
    helper: Helper | None

    @property
    def writer(self) -> Person:
        """Who filled in the form."""
        return self.helper.person if self.helper else self.patient

    @property
    def people(self) -> list[Person]:
        """The patient, and her helper where one wrote."""
        return [self.patient, *([self.helper.person] if self.helper else [])]

    @property
    def actor(self) -> Actor:
        """The writer as the actor of events."""
        return Actor.person(self.writer)


def _make(details: Details, *, at: datetime) -> Person:
    return Person.rows.create(
        given_name=details.given_name,
        family_name=details.family_name,
        birth_date=details.birth_date.isoformat() if details.birth_date else "",
        phone=details.phone,
        email=details.email,
        postal_address=details.postal_address,
        language=details.language,
        needs_interpreter=details.needs_interpreter,
        may_leave_voicemail=details.may_leave_voicemail,
        contact_note=details.contact_note,
        time_zone=details.time_zone,
        created_at=at,
    )


def register(intake: Intake, *, at: datetime) -> Registered:
    """Make the rows; call inside the transaction of the request. Raises `CannotBeReached`."""
    people = [intake.patient, *([intake.helper.details] if intake.helper else [])]
    if not any(one.phone or one.email or one.postal_address for one in people):
        raise CannotBeReached("no channel")
    patient = _make(intake.patient, at=at)
    if intake.helper is None:
        return Registered(patient, None)
    helper = Helper.rows.create(
        patient=patient,
        person=_make(intake.helper.details, at=at),
        relationship=intake.helper.relationship,
        speak_first=intake.helper.speak_first,
        patient_knows=intake.helper.patient_knows,
    )
    return Registered(patient, helper)


def people_to_reach(patient: Person) -> list[Person]:
    """She and her helper: the one to speak to first, if she can be reached, then the other."""
    helper = patient.helpers.select_related("person").first()
    if helper is None:
        return [patient]
    people = [helper.person, patient] if helper.speak_first_is_helper else [patient, helper.person]
    return people if people[0].can_be_reached else people[::-1]


def contact_person(patient: Person) -> Person:
    """Whom to reach about this patient."""
    return people_to_reach(patient)[0]


def possible_duplicates(patient: Person) -> list[Person]:
    """Other patients with the same birth date and phone or e-mail, newest first.

    A helper's phone and e-mail count for whom she helps. Flagged for a colleague, never merged or
    dropped: mother and daughter may share a phone.
    """
    helpers = patient.helpers.select_related("person")
    return duplicates_of(patient, [patient, *(one.person for one in helpers)])


def duplicates_of(patient: Person, ours: Sequence[Person]) -> list[Person]:
    """The same where `ours`, herself and her helpers, are at hand."""
    if not patient.birth_date:
        return []
    rows = Person.rows.order_by()
    reached = rows.reached_by(
        phones=[one.phone for one in ours], emails=[one.email for one in ours]
    )
    # A union, not an "or": the indexes serve each half.
    found = reached.union(rows.filter(helpers__person__in=reached))
    others = [one for one in found if one.pk != patient.pk]
    same = [one for one in others if one.birth_date == patient.birth_date]
    return sorted(same, key=lambda one: one.created_at, reverse=True)


def correct_contact(
    person: Person,
    changes: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
    reference: Reference | None = None,
) -> None:
    """Change how somebody is reached; raises `CannotBeReached` when nothing would be left.

    Urgent words in what is new mark the request, opened by `reference`, on whose page they stand.
    """
    changed = [
        name
        for name in CONTACT_FIELDS
        if name in changes and getattr(person, name) != changes[name]
    ]
    for name in changed:
        setattr(person, name, changes[name])
    if not person.can_be_reached:
        raise CannotBeReached("no channel")
    if changed:
        with transaction.atomic():
            # Only what she changed: somebody else may be correcting another line right now.
            person.save(update_fields=changed)
            record("correct_contact", about=person, by=by, at=at, fields=changed)
            if not {"email", "phone"}.isdisjoint(changed):
                # Whoever reads the old mailbox or phone must not open her request any more.
                end_links_of(person, at=at)
            if request := request_of(reference) if reference else None:
                texts = [getattr(person, name) for name in changed if name in FREE_TEXT]
                # Of the words: a double click is one call, other words on the same day another.
                digest = blind_index(" ".join(texts), purpose="urgent words")[:16]
                key = f"contact {at.date()} {digest}"
                mark_if_urgent(request, texts, key=key, by=by, at=at)
