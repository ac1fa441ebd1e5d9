"""Lists of phrases, and how a text that somebody typed in a hurry is read to find them.

One line holds one phrase or, with `|` between them, several. Its words stand in this order; `…`
lets up to three others stand between, `(a|b)` is either, `(a )?` may be missing, `a*` is any
ending, `!(a|b)` must not follow. Refuses to hold any phrase.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = re.compile(r"['’‘`ʼ′]")
_SIGNS: Final = re.compile(r"[\W_]+")
_DOUBLED: Final = re.compile(r"([^\W\d_])\1+")
_CANNOT: Final = re.compile(
    r"\b(can ?not|canot|can t|could ?n t|could ?nt|could ?not|(un|not |no longer )able to)\b"
)
_NOT: Final = re.compile(r"\b(do|does|did|wo)(?: not|n t| nt)\b")
_GAP: Final = r"(?: \w+){0,3}"
_MUST_NOT_FOLLOW: Final = re.compile(r" !((?: …)?) ?(\(\?:[^()]*\))")


def plain(text: str) -> str:
    """Small letters without accents, apostrophes, signs or doubled letters; single blanks."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    words = _SIGNS.sub(" ", _single(bare)).strip()
    return _NOT.sub(r"\1nt", _CANNOT.sub("cant", words))


def _single(text: str) -> str:
    # Who is afraid types "breeathe" and "helpp"; phrases lose their doubled letters, too.
    return _DOUBLED.sub(r"\1", text)


def pattern(*phrases: str) -> re.Pattern[str]:
    """Finds any of these phrases, as whole words, in a `plain` text."""
    return re.compile(rf"\b(?:{_any_of(*phrases)})\b")


def unspaced(*phrases: str) -> re.Pattern[str]:
    """Finds any of these in a `plain` text without its blanks."""
    return re.compile(_any_of(*phrases))


def _any_of(*phrases: str) -> str:
    lines = [line.strip() for text in phrases for line in text.splitlines() if line.strip()]
    return "|".join(_expression(line) for line in lines)


def _expression(line: str) -> str:
    """One line of phrases as a regular expression."""
    line = _single(line).replace(" | ", "|").replace("(", "(?:").replace("*", r"\w*")
    line = _MUST_NOT_FOLLOW.sub(_must_not_follow, line)
    return line.replace(" …", _GAP)


def _must_not_follow(found: re.Match[str]) -> str:
    return rf"(?!{found[1]} {found[2]}\b)"
