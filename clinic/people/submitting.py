"""What every sent form has in common: once is once, a promise, and consent to the words shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic.audit.recording import Actor
from clinic.clock import call_due
from clinic.people import consents, intake
from clinic.people.models import Reference, User
from clinic.people.models.asking import Channel, PersonRequest
from clinic.people.urgency.alarms import are_urgent, mark_if_urgent
from clinic.places import centre
from clinic.signing.models import TextVersion


@dataclass(frozen=True, slots=True)
class Submission:
    """A clean form: its key, the people in it, what she agreed to, a date, her own words."""

    key: uuid.UUID
    people: intake.Intake
    agreed: Mapping[str, TextVersion]
    treatment_on: date | None = None
    note: str = ""
    channel: str = Channel.WEB
    # The colleague who filled it in and read the consents out, where she could not herself.
    witness: User | None = None

    @property
    def on_paper(self) -> bool:
        """Whether what she agreed to came to us in writing."""
        return self.channel in {Channel.CLINIC, Channel.FAX}

    def actor(self, who: intake.Registered) -> Actor:
        """Who asks: the colleague who typed it for her, else whoever wrote."""
        return Actor.staff(self.witness) if self.witness else who.actor


def once(
    model: type[PersonRequest], submission: Submission, make: Callable[[], Reference]
) -> Reference:
    """Run `make` in a transaction; the same key again, even at the same moment, gives the first.

    The unique key decides between two clicks, not a look beforehand.
    """
    try:
        with transaction.atomic():
            reference = make()
            _look_for_urgent_words(model, submission, reference)
            return reference
    except IntegrityError:
        made = model._default_manager.filter(submission_key=submission.key).values("pk")
        first = Reference.rows.filter(about_id__in=made).first()
        if first is None:
            raise
        return first


def _look_for_urgent_words(
    model: type[PersonRequest], submission: Submission, reference: Reference
) -> None:
    texts = [submission.note, *submission.people.free_texts()]
    if not are_urgent(texts):
        # Most have none, and then nothing is read again.
        return
    request = model._default_manager.get(pk=reference.about_id)
    who = intake.Registered(reference.person, reference.person.helpers.first())
    mark_if_urgent(
        request,
        texts,
        key="asked",
        by=submission.actor(who),
        at=reference.created_at,
    )


def register(submission: Submission, *, at: datetime) -> intake.Registered:
    """The people of a form and their consents; call inside the transaction of the request."""
    who = intake.register(submission.people, at=at)
    for kind, version in submission.agreed.items():
        consents.give(
            who.patient,
            kind=kind,
            version=version,
            given_by=who.writer,
            at=at,
            witness=submission.witness,
            on_paper=submission.on_paper,
        )
    return who


def columns(submission: Submission, who: intake.Registered, *, at: datetime) -> dict[str, Any]:
    """The values of a new request's shared columns, the promised hour among them."""
    treatment_on = submission.treatment_on
    return {
        "submission_key": submission.key,
        "person": who.patient,
        "channel": submission.channel,
        "treatment_date": treatment_on.isoformat() if treatment_on else "",
        "note": submission.note,
        "possible_duplicate": bool(intake.duplicates_of(who.patient, who.people)),
        "due_at": call_due(treatment_on=treatment_on, at=at, schedule=centre.schedule()),
        "created_at": at,
    }
