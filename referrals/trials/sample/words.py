"""The sample's words for cards and criteria, in English and Spanish, signed as two people would.

Refuses to hold the words (catalogue.json, words.es.json).
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from clinic.demo.signing import publish
from clinic.signing.kinds import SOURCE_LANGUAGE
from referrals.trials.cards import CARD, CRITERIA
from referrals.trials.models import CriteriaSet, Study

SAMPLE_NOTE: Final = "This is a sample: this center does not run this study."
SPANISH: Final = "es"


@cache
def spanish() -> dict[str, Any]:
    """The Spanish words: `sample_note`, `cards` by the registry's number, `lines` by name."""
    text = Path(__file__).with_name("words.es.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def publish_card(study: Study, words: dict[str, str], *, at: datetime) -> None:
    """Put an approved card on a study, in both languages; it says that it is a sample."""
    translated = spanish()["cards"][study.nct_id]
    for language, card, note in (
        (SOURCE_LANGUAGE, words, SAMPLE_NOTE),
        (SPANISH, translated, spanish()["sample_note"]),
    ):
        body = card | {"what": f"{card['what']} {note}"}
        publish(CARD, str(study.pk), language, body, at=at)


def publish_words(criteria_set: CriteriaSet, words: dict[str, Any], *, at: datetime) -> None:
    """Put approved words on every line of a set, in both languages."""
    translated = {key: spanish()["lines"][key] for key in words}
    publish(CRITERIA, str(criteria_set.pk), SOURCE_LANGUAGE, words, at=at)
    publish(CRITERIA, str(criteria_set.pk), SPANISH, translated, at=at)
