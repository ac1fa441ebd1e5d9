"""What somebody texts to us: STOP, HELP and START are answered at once, nothing else is read.

The text itself is stored nowhere. Urgent words in it, whatever else it says, owe a call, and are
always answered with the numbers to call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.encryption import blind_index
from clinic.outbox.receipts import phone_of
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.keywords import Word, read
from clinic.outbox.texting.providers import Inbound
from clinic.outbox.texting.stopping import people_with, stop_texts
from clinic.people.models import Person
from clinic.people.open_requests import newest_reference, open_references, request_of
from clinic.people.throttle import allow
from clinic.people.urgency.alarms import are_urgent, mark_if_urgent
from clinic.places.models import ContactRole
from clinic.signing.kinds import SOURCE_LANGUAGE

ANSWERS: Final = 5
WINDOW: Final = timedelta(hours=1)


def receive(inbound: Inbound, *, at: datetime) -> str:
    """Do what the text asks for; the approved answer, or "" for none. Safe to call twice."""
    word, language = read(inbound.text)
    people = people_with(inbound.number)
    # HELP alone is what carriers have people text for our number.
    is_urgent = word != Word.HELP and are_urgent([inbound.text])
    with transaction.atomic():
        if is_urgent:
            _owe_calls(inbound, people, at=at)
        for person in people:
            record("text", about=person, by=Actor.person(person), at=at, word=word.name)
        # One confirmation: a STOP that comes twice ends nothing the second time.
        needs_none = word == Word.STOP and not _stop(people, at=at)
        if not is_urgent and (needs_none or not _has_room(inbound, at=at)):
            return ""
    said = Word.URGENT if is_urgent else word
    return answer(said, language or _language_of(people), at=at)


def _has_room(inbound: Inbound, *, at: datetime) -> bool:
    # Two machines must not talk for ever.
    return allow("sms.answer", inbound.number, limit=ANSWERS, window=WINDOW, at=at)


def _stop(people: Sequence[Person], *, at: datetime) -> bool:
    return bool(people) and stop_texts(people, by=Actor.person(people[0]), at=at)


def _language_of(people: Sequence[Person]) -> str:
    return people[0].language if people else SOURCE_LANGUAGE


def answer(word: Word, language: str, *, at: datetime) -> str:
    """The approved words of an answer; "" where there are none, for nothing else may be said."""
    version = sms.words_of(word, language, at=at)
    if version is None and word == Word.URGENT:
        # These name the emergency number, too.
        return answer(Word.OTHER, language, at=at)
    night = phone_of(ContactRole.NIGHT) if word == Word.URGENT else ""
    values = {"phone": night or phone_of(ContactRole.MAIN)}
    return sms.compose(version, values=values) if version else ""


def _occasion(inbound: Inbound, *, at: datetime) -> str:
    # The carrier may tell us of one text twice; where it does not say so, the same words within the
    # hour are one text.
    digest = blind_index(inbound.text, purpose="sms.text")
    return f"text {inbound.message_id or f'{at:%Y%m%d%H} {digest}'}"


def _owe_calls(inbound: Inbound, people: Sequence[Person], *, at: datetime) -> None:
    """A call about each open request; about the newest where all have ended."""
    key = _occasion(inbound, at=at)
    for person in people:
        newest = newest_reference(person)
        for reference in open_references(person) or ([newest] if newest else []):
            request = request_of(reference)
            mark_if_urgent(request, [inbound.text], key=key, by=Actor.person(person), at=at)
