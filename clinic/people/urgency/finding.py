"""Whether a text holds words after which a nurse should call at once: pure, no rows, no clock.

It never decides about a person: what it finds is saved like everything else, and a colleague calls.
A "no" beside such a word hides nothing ("no chest pain now, but …"): when in doubt it is urgent.
"""

from __future__ import annotations

import re
from typing import Final

from clinic.people.urgency.words import ALONE, NOT_MEANT, PHRASES, SHE, UNSPACED
from clinic.phrases import pattern, plain, unspaced

_ENDS: Final = re.compile(r"[.!?¡¿;\n]+")
_NOT_MEANT: Final = pattern(NOT_MEANT)
_URGENT: Final = pattern(*(phrases.replace("SHE", SHE) for phrases in PHRASES))
_UNSPACED: Final = unspaced(UNSPACED)
_ALONE: Final = pattern(ALONE)


def finds_urgent_words(text: str) -> bool:
    """Whether a text, in English or Spanish, may be about an emergency, of the body or the mind."""
    words = _NOT_MEANT.sub(" ", plain(text))
    if _URGENT.search(words) or _UNSPACED.search(words.replace(" ", "")):
        return True
    return any(_ALONE.fullmatch(plain(sentence)) for sentence in _ENDS.split(text))
