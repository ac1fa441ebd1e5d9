"""What every sent form has in common: once is once, a promise, and consent to the words shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic.clock import call_due
from clinic.people import consents, intake
from clinic.people.models import Reference, User
from clinic.people.models.asking import Channel, PersonRequest
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


def once(
    model: type[PersonRequest], submission: Submission, make: Callable[[], Reference]
) -> Reference:
    """Run `make` in a transaction; the same key again, even at the same moment, gives the first.

    The unique key decides between two clicks, not a look beforehand.
    """
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        made = model._default_manager.filter(submission_key=submission.key).values("pk")
        first = Reference.rows.filter(about_id__in=made).first()
        if first is None:
            raise
        return first


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
        "possible_duplicate": bool(intake.possible_duplicates(who.patient)),
        "due_at": call_due(treatment_on=treatment_on, at=at, schedule=centre.schedule()),
        "created_at": at,
    }
