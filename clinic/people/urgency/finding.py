"""Whether a text holds words after which a nurse should call at once: pure, no rows, no clock.

It never decides about a person: what it finds is saved like everything else, and a colleague calls.
A "no" beside such a word hides nothing ("no chest pain now, but …"): when in doubt it is urgent.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from clinic.people.urgency.words import NOT_MEANT, PHRASES

_APOSTROPHES: Final = re.compile(r"['’‘`ʼ′]")
_SIGNS: Final = re.compile(r"[\W_]+")
_DOUBLED: Final = re.compile(r"([^\W\d_])\1+")
_CANNOT: Final = re.compile(
    r"\b(can ?not|canot|can t|could ?n t|could ?nt|could ?not|(un|not |no longer )able to)\b"
)
_NOT: Final = re.compile(r"\b(do|does|did|wo)(?: not|n t| nt)\b")
_GAP: Final = r"(?: \w+){0,3}"
_MUST_NOT_FOLLOW: Final = re.compile(r" !((?: …)?) ?(\(\?:[^()]*\))")


def finds_urgent_words(text: str) -> bool:
    """Whether a text, in English or Spanish, may be about an emergency, of the body or the mind."""
    return _URGENT.search(_NOT_MEANT.sub(" ", _plain(text))) is not None


def _plain(text: str) -> str:
    """Small letters without accents, apostrophes, signs or doubled letters; single blanks."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    words = _SIGNS.sub(" ", _single(bare)).strip()
    return _NOT.sub(r"\1nt", _CANNOT.sub("cant", words))


def _single(text: str) -> str:
    # Who is afraid types "breeathe" and "helpp"; phrases lose their doubled letters, too.
    return _DOUBLED.sub(r"\1", text)


def _pattern(*phrases: str) -> re.Pattern[str]:
    lines = [line.strip() for text in phrases for line in text.splitlines() if line.strip()]
    return re.compile(rf"\b(?:{'|'.join(_expression(line) for line in lines)})\b")


def _expression(line: str) -> str:
    """One line of phrases in the notation of `urgent_words`, as a regular expression."""
    line = _single(line).replace(" | ", "|").replace("(", "(?:").replace("*", r"\w*")
    line = _MUST_NOT_FOLLOW.sub(_must_not_follow, line)
    return line.replace(" …", _GAP)


def _must_not_follow(found: re.Match[str]) -> str:
    return rf"(?!{found[1]} {found[2]}\b)"


_NOT_MEANT: Final = _pattern(NOT_MEANT)
_URGENT: Final = _pattern(*PHRASES)
