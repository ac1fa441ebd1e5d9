"""What a colleague typed to find somebody, taken apart: name, number, address, reference.

Pure: text in, things to look for out. Refuses rows, and to say what she may see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from clinic.people.references import ALPHABET, CODE_LENGTH, normalise_code
from clinic.people.tokens import LAST_DIGITS, asked_words

SHORTEST_PHONE: Final = 7

_ADDRESS: Final = re.compile(r"\S+@\S+")
_NUMBER: Final = re.compile(r"[+(]{0,2}\d(?:[\s().\-‐-―/]*\d)*")
_EXTENSION: Final = re.compile(r"\bext(?:ension)?\b\.?[\s:]*\d*", re.IGNORECASE)


class NothingToFind(Exception):
    """No name, number or address was typed, or too little of one."""


class HalfANumber(Exception):
    """Digits that are neither the last four of a number nor a whole one."""


class TermKind(StrEnum):
    """What was typed; codes for the audit."""

    REFERENCE = "reference"
    NAME = "name"
    LAST_FOUR = "last_four"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that must be true of whom she looks for; `codes` may be references, or names."""

    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    last_fours: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def kinds(self) -> list[TermKind]:
        """Which kinds of thing were typed, references apart: only rows can tell those."""
        typed = {
            TermKind.NAME: self.words,
            TermKind.LAST_FOUR: self.last_fours,
            TermKind.PHONE: self.phones,
            TermKind.EMAIL: self.emails,
        }
        return [kind for kind, values in typed.items() if values]

    @property
    def is_telling(self) -> bool:
        """Whether only one who speaks with the caller knows this much about her."""
        return bool(self.phones or self.emails or (self.words and self.last_fours))


def read(text: str) -> Asked:
    """Take apart what was typed; raises `NothingToFind` and `HalfANumber`.

    What may be a reference is never refused: eight signs are also how many names are long.
    """
    codes = _codes(text)
    try:
        return replace(_read_person(text), codes=codes)
    except (NothingToFind, HalfANumber):
        if not codes:
            raise
        return Asked(codes=codes)


def _codes(text: str) -> tuple[str, ...]:
    """Whatever could be a reference: a word, two that follow each other, or the whole."""
    words = text.split()
    said = [text, *words, *map("".join, pairwise(words))]
    codes = dict.fromkeys(map(normalise_code, said))
    return tuple(one for one in codes if len(one) == CODE_LENGTH and set(one) <= set(ALPHABET))


def _read_person(text: str) -> Asked:
    emails = _ADDRESS.findall(text)
    rest = _EXTENSION.sub(" ", _ADDRESS.sub(" ", text))
    numbers = [_digits(one) for one in _NUMBER.findall(rest)]
    words = asked_words(_NUMBER.sub(" ", rest))
    if not (emails or numbers or words):
        raise NothingToFind
    if any(len(one) != LAST_DIGITS and len(one) < SHORTEST_PHONE for one in numbers):
        raise HalfANumber
    return Asked(
        words=tuple(words),
        last_fours=tuple(one for one in numbers if len(one) == LAST_DIGITS),
        phones=tuple(one for one in numbers if len(one) >= SHORTEST_PHONE),
        emails=tuple(emails),
    )


def _digits(number: str) -> str:
    # Whatever script's digits a keyboard gives; `int` reads them all.
    return "".join(str(int(one)) for one in number if one.isdecimal())
