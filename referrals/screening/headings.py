"""The signed words of a verdict, which stand above the studies it is about.

Holds how the headings are read and filled. Refuses to hold a verdict's wording: one that nobody
approved is not told, and its studies stand under "Ask us about these".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext

from clinic.design.said_dates import said
from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import read
from referrals.screening.verdicts import Verdict

VERDICT: Final = "verdict"
"""Kind of text. Subject: the verdict's code, or `POSSIBLE_ONE`. Body: heading."""
POSSIBLE_ONE: Final = "possible_one"
"""As `possible`, where one answer is open: "1 answer would tell"."""
SUBJECTS: Final = (*Verdict, POSSIBLE_ONE)
PLACES: Final = frozenset({"count", "day"})


@dataclass(frozen=True, slots=True)
class Heading:
    """Words above a group of studies, and their language."""

    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings that are live, by subject: those of her language, else the English ones."""

    live: Mapping[str, Heading]

    @classmethod
    def read(cls, language: str, *, at: datetime) -> Headings:
        """What may be said now; one query."""
        found = read(VERDICT, language, SOURCE_LANGUAGE, at=at)
        best = {subject: found.best(subject, language) for subject in SUBJECTS}
        return cls(
            {
                subject: Heading(one.version.content["heading"], one.version.text.language)
                for subject, one in best.items()
                if one is not None
            }
        )

    def of(self, verdict: Verdict, *, count: int, day: date | None) -> Heading:
        """The heading of a verdict; `count` answers are open, and after `day` it may fit."""
        is_one = verdict is Verdict.POSSIBLE and count == 1
        heading = self.live.get(POSSIBLE_ONE if is_one else verdict)
        if heading is None:
            return Heading(gettext("Ask us about these"), translation.get_language() or "en")
        with translation.override(heading.language):
            places = {"count": count, "day": said(day, "F j, Y") if day else ""}
        return Heading(heading.words.format_map(places), heading.language)
