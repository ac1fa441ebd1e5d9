"""Wording to look at again before it is shown as research: new, safe, effective, free.

Pure. Refuses to block: whoever writes and whoever signs may know better; the board decides.
Source: FDA, "Recruiting Study Subjects", on wording that implies a treatment is known to be safe,
effective or better, or that calls it new and not investigational; clinic/design/COPY.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from clinic.signing import bodies

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NEW: Final = _("“New” reads as better. Say “investigational” beside it.")
KNOWN: Final = _("Whether it is so is what a study asks. Say what is studied.")
FREE: Final = _("This reads as a reward for taking part. Say what is paid for, and by whom.")


@dataclass(frozen=True, slots=True)
class Rule:
    """Wording to notice, why, and the words around it with which it is fine."""

    wording: re.Pattern[str]
    why: StrOrPromise
    fine: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of wording, where in the body it stands, and why to look again."""

    place: str
    wording: str
    why: StrOrPromise


def _rule(wording: str, why: StrOrPromise, *, fine: str) -> Rule:
    found = re.compile(rf"\b(?:{wording})\b", re.IGNORECASE)
    return Rule(found, why, re.compile(fine, re.IGNORECASE))


_THINGS: Final = r"treatments?|drugs?|medicines?|medications?|therap(?:y|ies)|vaccines?"
_COSAS: Final = r"tratamientos?|medicamentos?|medicinas?|terapias?|vacunas?"
_NUEVO: Final = r"nuev[oa]s?"
RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "en": (
        _rule(rf"new (?:\w+ )?(?:{_THINGS})", NEW, fine="investigational"),
        _rule("safe(?:ly|r|st)?", KNOWN, fine=r"safe (?:to|way)|you (?:are |feel )?safe"),
        _rule("effective(?:ly|ness)?", KNOWN, fine=r"not (?:known|sure)"),
        _rule("(?<!-)free", FREE, fine=r"interpreter|language|parking|feel free|free of cancer"),
    ),
    "es": (
        _rule(rf"{_NUEVO} (?:{_COSAS})|(?:{_COSAS}) {_NUEVO}", NEW, fine="en investigación"),
        _rule("segur[oa]s?", KNOWN, fine="del seguro|seguro médico|usted está"),
        _rule("eficaz|eficaces|efectiv[oa]s?", KNOWN, fine="no se sabe"),
        _rule("gratis|gratuit[oa]s?", FREE, fine="intérprete|idioma|estacionamiento"),
    ),
}


def advice(body: Mapping[str, Any], language: str) -> Iterator[Advice]:
    """What to look at again, sentence by sentence in the order of the body; none in most."""
    for place, text in bodies.leaves(body):
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            for rule in RULES.get(language, ()):
                found = rule.wording.search(sentence)
                if found and not rule.fine.search(sentence):
                    yield Advice(place, found[0], rule.why)
