"""What comes out: the truth of each line, a cohort's verdict, and both as JSON.

Pure Python. Refuses to hold the words a person reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

from referrals.screening.criteria import Audience
from referrals.screening.profile import Reason


class Truth(IntEnum):
    """Ordered, so that ALL is the minimum and ANY the maximum."""

    NOT_MET = 0
    UNKNOWN = 1
    MET = 2


class Verdict(StrEnum):
    """What a person is told about a cohort; the order of the lines is the order shown."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    CHECK = "check"
    LATER = "later"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class LineResult:
    """One criterion's result.

    `decides`: the verdict rests on this line. `blocking`: it rules the cohort out.
    """

    key: str
    field: str
    value: Truth
    reason: Reason
    audience: Audience
    decides: bool
    blocking: bool

    def as_dict(self) -> dict[str, Any]:
        """A JSON object of codes."""
        return {
            "key": self.key,
            "field": self.field,
            "value": self.value.name.lower(),
            "reason": self.reason.value,
            "audience": self.audience.value,
            "decides": self.decides,
            "blocking": self.blocking,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LineResult:
        """The line that `as_dict` wrote; raises KeyError or ValueError."""
        return cls(
            key=data["key"],
            field=data["field"],
            value=Truth[data["value"].upper()],
            reason=Reason(data["reason"]),
            audience=Audience(data["audience"]),
            decides=data["decides"],
            blocking=data["blocking"],
        )


@dataclass(frozen=True, slots=True)
class CohortVerdict:
    """A verdict with all its reasons, in the order of the criteria.

    `open_fields`: what the person herself could still tell; sorted, each once.
    `later_on`: the first day on which nothing firm speaks against it any more (LATER only).
    """

    verdict: Verdict
    reasons: tuple[LineResult, ...]
    open_fields: tuple[str, ...] = ()
    later_on: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """A JSON object of codes."""
        return {
            "verdict": self.verdict.value,
            "reasons": [line.as_dict() for line in self.reasons],
            "open_fields": list(self.open_fields),
            "later_on": self.later_on.isoformat() if self.later_on else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CohortVerdict:
        """The verdict that `as_dict` wrote; raises KeyError or ValueError."""
        return cls(
            verdict=Verdict(data["verdict"]),
            reasons=tuple(LineResult.from_dict(line) for line in data["reasons"]),
            open_fields=tuple(data["open_fields"]),
            later_on=date.fromisoformat(data["later_on"]) if data["later_on"] else None,
        )
