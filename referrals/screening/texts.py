"""The signed words of the questions: no live text, no question.

Holds the kind of text and how its body is read. Refuses to hold any wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import live_versions
from clinic.signing.models import TextVersion
from referrals.screening.questions import QUESTIONS, Question

QUESTION: Final = "question"
"""Kind of text. Subject: the question's code. Body: heading, hint, why, where, options."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the approved words it is asked in; `language` is that of the words."""

    question: Question
    language: str
    heading: str
    hint: str
    why: str
    where: str
    options: Mapping[str, str]

    def told(self) -> list[tuple[str, str]]:
        """Codes and words of the answers that tell something, in the fixed order."""
        return self._labelled(self.question.choices)

    def silent(self) -> list[tuple[str, str]]:
        """Codes and words of the answers that tell nothing, "not sure" last."""
        return self._labelled(self.question.silent)

    def _labelled(self, codes: Mapping[str, object] | tuple[str, ...]) -> list[tuple[str, str]]:
        # An answer without approved words is not offered.
        return [(code, self.options[code]) for code in codes if code in self.options]


def asked(language: str, *, at: datetime) -> list[Asked]:
    """The questions that may be asked now, in their order: her language, else English."""
    live = live_versions(QUESTION, SOURCE_LANGUAGE, at=at)
    if language != SOURCE_LANGUAGE:
        live |= live_versions(QUESTION, language, at=at)
    return [_asked(one, live[one.code]) for one in QUESTIONS if one.code in live]


def _asked(question: Question, version: TextVersion) -> Asked:
    words = version.content
    return Asked(
        question=question,
        language=version.text.language,
        heading=words["heading"],
        hint=words.get("hint", ""),
        why=words.get("why", ""),
        where=words.get("where", ""),
        options=words.get("options", {}),
    )
