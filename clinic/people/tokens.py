"""The words of a name and the end of a number, as callers say them and colleagues hear them.

Pure: text in, words out, the same for what is stored and for what is looked for. Refuses keys and
rows; `models/search.py` seals these words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SHORTEST_PART: Final = 3
"""Letters of a part of a word that finds the whole: "Mar" finds María."""
LONGEST_PART: Final = 12
"""Longer words are told apart by their first letters only; it bounds the tokens of a name."""
LAST_DIGITS: Final = 4

# Typed for one another on every keyboard; the accents among them must go before NFKD splits them.
_APOSTROPHES: Final = re.compile("['’‘ʼʻ`´′]")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_PARTICLES: Final = frozenset(
    {"da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "e", "el", "la", "las", "le"}
    | {"los", "van", "vom", "von", "y", "zu"}
)


def _plain(text: str) -> str:
    """Small letters without accents: `García` and `GARCIA` are one, and so are ñ and n."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(_PLAIN)


def _words(text: str) -> list[str]:
    found: list[str] = _WORD.findall(_plain(text))
    # One plain letter is an initial and tells nothing; one Chinese sign is a name.
    return [one[:LONGEST_PART] for one in found if len(one) > 1 or not one.isascii()]


def name_parts(name: str) -> set[str]:
    """Every word of a name, and every beginning of one of at least `SHORTEST_PART` letters.

    A name with an apostrophe stands in one piece and in two: `oneil`, and `neil`.
    """
    words = {*_words(_APOSTROPHES.sub("", name)), *_words(_APOSTROPHES.sub(" ", name))}
    begun = {one[:size] for one in words for size in range(SHORTEST_PART, len(one))}
    return words | begun


def asked_words(text: str) -> list[str]:
    """The words to look for in what somebody typed, each of which must be part of the name.

    Without "de la" and their like, which are heard or not heard; unless nothing else was typed,
    since Van, Le and Do are names, too.
    """
    words = _words(_APOSTROPHES.sub("", text))
    telling = [one for one in words if one not in _PARTICLES]
    return list(dict.fromkeys(telling or words))


def phone_digits(phone: str) -> str:
    """The digits of a number without its extension and country code, for exact look-up."""
    main = phone.lower().partition("ext")[0]
    return "".join(char for char in main if char.isdigit())[-10:]


def last_four(phone: str) -> str:
    """How a number ends, as a caller says it; empty for a number that is shorter."""
    digits = phone_digits(phone)
    return digits[-LAST_DIGITS:] if len(digits) >= LAST_DIGITS else ""
