"""When somebody reads what she types into a box: one sentence, computed, the same everywhere."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clinic.clock import Schedule, call_due, is_open, next_open
from clinic.design.said_dates import said
from clinic.places import centre
from clinic.places.models import ContactRole


def when_read(*, at: datetime) -> str:
    """By when it is read, or before when it is not, and whom to call instead when very ill."""
    return f"{_sentence(at, centre.schedule())} {_instead()}"


def _sentence(at: datetime, schedule: Schedule) -> str:
    if is_open(at, schedule):
        # The hour that is promised for the call: whoever calls has read it.
        due = call_due(treatment_on=None, at=at, schedule=schedule)
        return _("We read this by %(due)s.") % {"due": _in_words(due)}
    return _("Nobody reads this before %(opens)s.") % {"opens": _in_words(next_open(at, schedule))}


def _instead() -> str:
    night = centre.contacts().get(ContactRole.NIGHT)
    number = night.display if night else centre.required().emergency_number
    return _("If you feel very ill, do not wait for us: call %(number)s.") % {"number": number}


def _in_words(at: datetime) -> str:
    local = localtime(at)
    return _("%(time)s on %(day)s") % {
        "time": said(local, "P"),
        "day": said(local, "l, F j"),
    }
