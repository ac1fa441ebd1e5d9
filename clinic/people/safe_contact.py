"""What a colleague must know before she calls somebody: whose phone, when, and what may be said.

Pure: reads what the person told us and the instant. Refuses to decide for the colleague: an urgent
call may be right at night, so it says how late it is and forbids nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django_stubs_ext import StrOrPromise

from clinic.people.models import Person
from clinic.quiet_hours import may_ring, next_ring
from clinic.signing.kinds import SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class SafeContact:
    """The rules for one phone number; read its instants in her `zone`."""

    ask_for: str
    phone: str
    dial: str
    may_leave_voicemail: bool
    before_calling: str
    language: StrOrPromise
    needs_interpreter: bool
    zone: ZoneInfo
    may_call_now: bool
    call_from: datetime


def zone_of(person: Person) -> ZoneInfo:
    """The zone she told us, else the centre's."""
    try:
        return ZoneInfo(person.time_zone or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):
        # A name that this machine has no hours for must not hide her number.
        return ZoneInfo(settings.TIME_ZONE)


def safe_contact(person: Person, *, at: datetime) -> SafeContact:
    """The rules for calling this person at this instant."""
    zone = zone_of(person)
    return SafeContact(
        ask_for=person.given_name,
        phone=person.phone,
        dial=person.dial,
        may_leave_voicemail=person.may_leave_voicemail,
        before_calling=person.contact_note,
        language=person.language_name,
        needs_interpreter=person.needs_interpreter or person.language != SOURCE_LANGUAGE,
        zone=zone,
        may_call_now=may_ring(at, zone),
        call_from=next_ring(at, zone),
    )
