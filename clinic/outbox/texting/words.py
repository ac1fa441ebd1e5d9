"""Telling somebody something by a text message, if she agreed to texts and it is not night.

Holds who may be texted and what. Refuses private links: a text is read on a locked screen.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.design import phone
from clinic.outbox.codes import MessageChannel
from clinic.outbox.messages import begin, deliver, said_in
from clinic.outbox.models import Message
from clinic.outbox.texting.providers import is_on, provider
from clinic.people import consents
from clinic.people.models import Person
from clinic.people.models.person import ConsentKind
from clinic.people.throttle import allow
from clinic.people.tokens import phone_digits
from clinic.places import centre as places
from clinic.signing.kinds import PRIVACY, SOURCE_LANGUAGE, TextKind
from clinic.signing.live import best_version
from clinic.signing.models import TextVersion

KIND: Final = TextKind(
    "sms",
    _("Text message"),
    (PRIVACY,),
    subject_help=_("the code of the text message, as in “request_received”"),
    shape={"words": ""},
    placeholders=frozenset({"caller", "due", "reference", "phone", "centre"}),
)
RECEIVED: Final = "request_received"
TEXTS: Final = 5
TEXT_WINDOW: Final = timedelta(hours=1)
# Area code and exchange begin with 2 to 9; neither ends in 11.
_AMERICAN: Final = re.compile(r"\+1[2-9](?!11)\d\d[2-9](?!11)\d{6}")
_NO_MOBILE: Final = frozenset({"800", "822", "833", "844", "855", "866", "877", "888", "900"})
"""Area codes of toll-free and premium numbers, which no mobile phone has."""


def mobile_of(person: Person) -> str:
    """Her number as `+12125550177` if it can be a mobile phone of ours; else ""."""
    try:
        number = phone.parse(person.phone)
    except (phone.NotANumber, phone.IncompleteNumber):
        return ""
    is_mobile = _AMERICAN.fullmatch(number.digits) and number.digits[2:5] not in _NO_MOBILE
    return number.digits if is_mobile and not number.extension else ""


def is_offered(*, at: datetime) -> bool:
    """Whether we may ask anybody to agree to texts: they are on, and have approved words."""
    return is_on() and words_of(RECEIVED, SOURCE_LANGUAGE, at=at) is not None


def may_text(person: Person, *, at: datetime) -> bool:
    """Whether this person can be told something by text: on, agreed, a number, live words."""
    return bool(
        is_on()
        and mobile_of(person)
        and consents.has_given(person, ConsentKind.SMS, at=at)
        and words_of(RECEIVED, person.language, at=at)
    )


def words_of(subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The live words of one text, in her language or in English."""
    return best_version(KIND.code, subject, language, at=at)


def compose(version: TextVersion, *, values: Mapping[str, str]) -> str:
    """The signed words on one line, with their places filled."""
    filled = {"centre": places.required().neutral_name, **values}
    return " ".join(version.content["words"].format_map(filled).split())


def tell(
    person: Person, *, effect_id: uuid.UUID, values: Mapping[str, str], at: datetime
) -> bool | None:
    """Text her that we have her request. Safe to call twice; outside any transaction.

    None when she may not be texted now or too many texts went to her number; False when the
    carrier will never take it. Raises to be tried again.
    """
    version = words_of(RECEIVED, person.language, at=at)
    if version is None or not may_text(person, at=at) or not _has_room(person, effect_id, at=at):
        return None
    message = begin(effect_id, version, at=at, person=person, channel=MessageChannel.SMS)
    filled = said_in(version, values)
    carry = partial(_send, version, to=mobile_of(person), effect_id=effect_id, values=filled)
    return deliver(message, carry, at=at)


def _send(
    version: TextVersion, *, to: str, effect_id: uuid.UUID, values: Mapping[str, str]
) -> None:
    report_to = settings.SITE_URL + reverse("machines:sms_report", kwargs={"effect_id": effect_id})
    provider().send(to=to, text=compose(version, values=values), report_to=report_to)


def _has_room(person: Person, effect_id: uuid.UUID, *, at: datetime) -> bool:
    """Not too many texts to one number: a stranger may type anybody's. A repeated try is one."""
    if Message.rows.filter(effect_id=effect_id, channel=MessageChannel.SMS).exists():
        return True
    return allow("sms", phone_digits(person.phone), limit=TEXTS, window=TEXT_WINDOW, at=at)
