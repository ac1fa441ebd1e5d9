"""What somebody texts to us: STOP, HELP and START are answered at once, nothing else is read.

The text itself is stored nowhere. Urgent words in it, whatever else it says, owe a call.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.outbox.receipts import phone_of
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.providers import Inbound
from clinic.outbox.texting.stopping import people_with, stop_texts
from clinic.people.models import Person
from clinic.people.open_requests import open_references, request_of
from clinic.people.throttle import allow
from clinic.people.urgency.alarms import mark_if_urgent
from clinic.places.models import ContactRole
from clinic.signing.kinds import SOURCE_LANGUAGE

STOPS: Final = {
    "en": ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
    "es": ("alto", "baja", "parar", "cancelar"),
}
HELPS: Final = {"en": ("help", "info"), "es": ("ayuda",)}
STARTS: Final = {"en": ("start", "unstop")}
CLEAR_STOPS: Final = frozenset({"stop", "unsubscribe", "alto", "baja", "parar"})
"""Words that end texts also at the head of a sentence: "stop texting me" is meant, too."""
ANSWERS: Final = 5
WINDOW: Final = timedelta(hours=1)


class Word(StrEnum):
    """What a text asks for; the value names the approved answer."""

    STOP = "stopped"
    HELP = "help"
    START = "start"
    OTHER = "not_read"


def read(text: str) -> tuple[Word, str]:
    """What a text asks for, and in which language; "" where the word does not tell.

    Tolerant of case, accents, blanks and signs.
    """
    words = _plain(text).split()
    whole = "".join(words)
    for word, known in ((Word.STOP, STOPS), (Word.HELP, HELPS), (Word.START, STARTS)):
        for language, spellings in known.items():
            if whole in spellings:
                return word, language
    if words and words[0] in CLEAR_STOPS:
        return Word.STOP, "es" if words[0] in STOPS["es"] else "en"
    return Word.OTHER, ""


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return "".join(one if one.isalnum() else " " for one in bare)


def receive(inbound: Inbound, *, at: datetime) -> str:
    """Do what the text asks for; the approved answer, or "" for none. Safe to call twice."""
    word, language = read(inbound.text)
    people = people_with(inbound.number)
    with transaction.atomic():
        _look_for_urgent_words(inbound.text, people, at=at)
        for person in people:
            record("text", about=person, by=Actor.person(person), at=at, word=word.name)
        # One confirmation: a STOP that comes twice ends nothing the second time.
        if word == Word.STOP and not _stop(people, at=at):
            return ""
        if not allow("sms.answer", inbound.number, limit=ANSWERS, window=WINDOW, at=at):
            return ""
    return answer(word, language or _language_of(people), at=at)


def _stop(people: Sequence[Person], *, at: datetime) -> bool:
    return bool(people) and stop_texts(people, by=Actor.person(people[0]), at=at)


def _language_of(people: Sequence[Person]) -> str:
    return people[0].language if people else SOURCE_LANGUAGE


def answer(word: Word, language: str, *, at: datetime) -> str:
    """The approved words of an answer; "" where there are none, for nothing else may be said."""
    version = sms.words_of(word, language, at=at)
    return sms.compose(version, values={"phone": phone_of(ContactRole.MAIN)}) if version else ""


def _look_for_urgent_words(text: str, people: Sequence[Person], *, at: datetime) -> None:
    # The carrier may tell us twice; within the hour it is one call.
    key = f"text {at:%Y%m%d%H}"
    for person in people:
        for reference in open_references(person):
            request = request_of(reference)
            mark_if_urgent(request, [text], key=key, by=Actor.person(person), at=at)
