"""No health word where mail and texts come from: the host, the sender, the neutral names.

A check of a deployment. Refuses to read messages: their words are approved one by one, and tests
read them whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import Error as DatabaseError

from clinic.places import centre as places
from clinic.places.models import Location

# Hosts run words together, so these count anywhere in a word.
_ANYWHERE: Final = (
    "cancer|breast|tumou?r|oncolog|immuno|chemo|therap|disease|patient|health|hospital|clinic"
    "|medic|diagnos|referral|appointment|research|survivor|hospice"
)
# These stand inside harmless ones ("hillside", "industrial"), so only as a word of their own.
_ALONE: Final = "ill|illness|trials?|stud(?:y|ies)|doctors?|nurses?|treatments?|care"
_HEALTH: Final = re.compile(rf"(?:{_ANYWHERE})|\b(?:{_ALONE})\b", re.IGNORECASE)


def names_health(text: str) -> bool:
    """Whether a name or address says, or hints, what kind of place this is."""
    return _HEALTH.search(text) is not None


def nothing_names_an_illness(app_configs: object, **_: Any) -> list[CheckMessage]:
    """An error for each sender, host or neutral name that a locked screen must not show."""
    return [
        Error(
            f"{place} holds a health word, and every message shows it.",
            hint="Use a name that hints at no illness; a second host name is enough for links.",
            id="outbox.E001",
        )
        for place, text in _shown()
        if names_health(text)
    ]


def _shown() -> Iterator[tuple[str, str]]:
    yield "The host of SITE_URL", urlsplit(settings.SITE_URL).hostname or ""
    try:
        centre = places.current()
        if centre is not None:
            yield "The center's sender address", centre.sender_address
            yield "The center's neutral name", centre.neutral_name
        for location in Location.objects.all():
            yield f"The neutral name of location {location.pk}", location.neutral_name
    except DatabaseError:
        # Before the first migration there are no rows, and so no names.
        return
