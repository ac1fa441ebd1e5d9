"""Puts the sample words of the questions and the verdicts in place, in English and Spanish.

Refuses to hold the words (questions.*.json, verdicts.*.json).
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from clinic.demo.signing import SIGNED_BEFORE, publish
from referrals.screening.headings import VERDICT
from referrals.screening.texts import QUESTION

LANGUAGES: Final = ("en", "es")
FILES: Final = {QUESTION: "questions", VERDICT: "verdicts"}


def words_of(kind: str, language: str) -> dict[str, dict[str, Any]]:
    """The sample words of one kind, by subject."""
    path = Path(__file__).with_name(f"{FILES[kind]}.{language}.json")
    parsed: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return parsed


def load(at: datetime) -> None:
    """Draft and approve the words that are not there yet, as of a month before `at`."""
    for kind in FILES:
        for language in LANGUAGES:
            for subject, body in words_of(kind, language).items():
                publish(kind, subject, language, body, at=at - SIGNED_BEFORE)
