"""Invented people for samples: details from a short line, and a clock that runs in the past.

Nobody here exists. Numbers are from the range kept free for fiction (555-01xx), e-mail addresses
from a domain that cannot receive mail.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Final

from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import Effect
from clinic.people.consents import wordings
from clinic.people.intake import Details, HelperDetails, Intake
from clinic.people.models.person import ConsentKind
from clinic.signing.models import TextVersion

NAMESPACE: Final = uuid.UUID("6f1e3c1a-2f0d-4b7e-9a55-0d1c6f3f0a01")
MAIL: Final = "mail"
PHONE: Final = "phone"
BOTH: Final = "both"
POST: Final = "post"


def key(name: str) -> uuid.UUID:
    """The same submission key at every start, so that a sample is never made twice."""
    return uuid.uuid5(NAMESPACE, name)


def details(
    name: str, born: str, reach: str, line: int, *, language: str = "en", note: str = ""
) -> Details:
    """A person from `name`, ISO birth date, how to reach her and the last digits of her phone."""
    given, _, family = name.partition(" ")
    address = f"{given.lower()}.{family.lower().replace(' ', '.')}@example.org"
    return Details(
        given_name=given,
        family_name=family,
        birth_date=date.fromisoformat(born),
        phone=f"(212) 555-01{line:02d}" if reach in (PHONE, BOTH) else "",
        email=address.encode("ascii", "ignore").decode() if reach in (MAIL, BOTH) else "",
        postal_address="12 Elm Street\nSpringfield, NY 10003" if reach == POST else "",
        language=language,
        needs_interpreter=language != "en",
        may_leave_voicemail=line % 2 == 0,
        contact_note=note,
    )


def helped(patient: Details, helper: Details, relationship: str) -> Intake:
    """A request written by a helper, who is also called first."""
    return Intake(patient, HelperDetails(helper, relationship, "helper", patient_knows=True))


def agreed(*kinds: ConsentKind, at: datetime) -> dict[str, TextVersion]:
    """The live words of consents, as if she had ticked them."""
    return {str(kind): version for kind, version in wordings(kinds, "en", at=at).items()}


def pay_what_is_owed(at: datetime) -> None:
    """What the worker would have done by then."""
    while due := list(Effect.objects.runnable(at=at).values_list("pk", flat=True)):
        for effect_id in due:
            dispatch(effect_id, at=at)
