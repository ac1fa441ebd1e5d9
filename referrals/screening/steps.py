"""Where somebody is on the way through the questions: what is missing, next, before.

Refuses to hold the pages. Everything is worked out from the sealed cookie at each request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from clinic.journey import Journey
from referrals.screening.questions import Question
from referrals.screening.texts import Asked

JOURNEY: Final = Journey("find")


@dataclass(frozen=True, slots=True)
class Steps:
    """One journey's answers so far, and the questions that may be asked now."""

    data: dict[str, Any]
    asked: Sequence[Asked]

    @property
    def answers(self) -> dict[str, list[str]]:
        """The codes chosen so far, by question."""
        found: dict[str, list[str]] = self.data.get("answers", {})
        return found

    def missing(self, until: Question | None = None) -> str | None:
        """The address of the first page not yet answered before `until` (or before the results)."""
        if not self.data.get("safe"):
            return reverse("screening:safety")
        if not self.data.get("who"):
            return reverse("screening:who")
        for one in self.asked:
            if one.question is until:
                return None
            if not self.answers.get(one.question.code):
                return _address(one)
        return None

    def place(self, question: Question) -> int | None:
        """The place of a question among those asked, from 0; None if it is not asked now."""
        return next(
            (place for place, one in enumerate(self.asked) if one.question is question), None
        )

    def before(self, place: int) -> str:
        """The address of the page before a question."""
        return _address(self.asked[place - 1]) if place else reverse("screening:who")

    def after(self, place: int) -> str:
        """The address of the page after a question."""
        if place + 1 < len(self.asked):
            return _address(self.asked[place + 1])
        return reverse("screening:results")


def _address(one: Asked) -> str:
    return reverse(f"screening:{one.question.slug}")
