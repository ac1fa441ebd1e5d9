"""A try at reaching somebody, as colleagues log it, and when the next step is due after it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import Actor
from clinic.clock import CALL_WITHIN_HOURS, Schedule, add_business_time
from clinic.people.models.attempt import AttemptResult
from clinic.people.urgency.alarms import mark_if_urgent

if TYPE_CHECKING:
    from clinic.people.models import User
    from clinic.people.models.asking import PersonRequest


class NextTry(models.TextChoices):
    """When the colleague wants to try, or call, again; in business hours of the centre."""

    HALF_DAY = "4", _("In half a day")
    NEXT_DAY = "8", _("Next working day")
    THREE_DAYS = "24", _("In three working days")
    WEEK = "40", _("In a week")
    NONE = "none", _("No further call")


@dataclass(frozen=True, slots=True)
class Try:
    """One try: the key of the form, how, what came of it, a note, and when to try again."""

    key: uuid.UUID
    channel: str
    result: str
    note: str = ""
    next_try: str = ""

    @property
    def reached(self) -> bool:
        """Whether she was spoken with."""
        return self.result == AttemptResult.REACHED

    def next_at(self, *, at: datetime, schedule: Schedule) -> datetime | None:
        """When the next step is due; unless told otherwise, the next working day after a miss."""
        if self.next_try == NextTry.NONE or (self.reached and not self.next_try):
            return None
        hours = float(self.next_try or CALL_WITHIN_HOURS)
        return add_business_time(at, hours, schedule)


def columns_of(logged: Try, next_at: datetime | None, *, by: User, at: datetime) -> dict[str, Any]:
    """The values of an attempt's row."""
    return {
        "submission_key": logged.key,
        "channel": logged.channel,
        "result": logged.result,
        "note": logged.note,
        "next_try_at": next_at,
        "by": by,
        "at": at,
    }


def note_urgent_words(request: PersonRequest, logged: Try, *, by: User, at: datetime) -> None:
    """Mark the request if the note has urgent words: a call is owed, also after this one."""
    mark_if_urgent(request, [logged.note], key=str(logged.key), by=Actor.staff(by), at=at)


DUE_FIRST: Final = (models.F("next_at").asc(nulls_last=True), "id")
"""The order of every list of colleagues: what is due soonest first, what waits for nothing last."""
