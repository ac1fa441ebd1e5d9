"""What is known about one person: sets of possible values, each with certainty and source.

Pure Python. Refuses to hold a name, a clock, a database row or a criterion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import date
from enum import StrEnum
from typing import Any, Final

from referrals.screening.fields import Field, Value, field, kind_of, kinds_of


class Certainty(StrEnum):
    """How sure the person was; the last three tell nothing about the value."""

    SURE = "sure"
    THINK_SO = "think_so"
    UNSURE = "unsure"
    NOT_TESTED = "not_tested"
    DECLINED = "declined"


class Source(StrEnum):
    """Who said it."""

    SELF = "self"
    PROXY = "proxy"
    RECORD = "record"
    COORDINATOR = "coordinator"


class Reason(StrEnum):
    """Why a criterion has its value; all but the first two explain an unknown."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ASKED = "not_asked"
    UNSURE = "unsure"
    DECLINED = "declined"
    NOT_TESTED = "not_tested"
    STALE = "stale"
    CONFLICT = "conflict"
    UNSUPPORTED = "unsupported"


TRUSTED_SOURCES: Final = frozenset({Source.RECORD, Source.COORDINATOR})

_SILENT: Final = {
    Certainty.UNSURE: Reason.UNSURE,
    Certainty.NOT_TESTED: Reason.NOT_TESTED,
    Certainty.DECLINED: Reason.DECLINED,
}
# Several statements that tell nothing give one reason, whatever their order.
_SILENCE_ORDER: Final = (
    Reason.UNSUPPORTED,
    Reason.STALE,
    Reason.NOT_TESTED,
    Reason.DECLINED,
    Reason.UNSURE,
)


@dataclass(frozen=True, slots=True)
class Possible:
    """One statement: the values that may be true of a field.

    `as_of` is the day it was said; after `until` it tells nothing any more.
    """

    values: frozenset[Value]
    certainty: Certainty
    source: Source
    as_of: date
    until: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """A JSON object; values sorted, so equal statements give equal text."""
        return {
            "values": sorted(self.values, key=lambda value: (str(kind_of(value)), str(value))),
            "certainty": self.certainty.value,
            "source": self.source.value,
            "as_of": self.as_of.isoformat(),
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Possible:
        """The statement that `as_dict` wrote; raises KeyError, TypeError or ValueError."""
        return cls(
            values=frozenset(data["values"]),
            certainty=Certainty(data["certainty"]),
            source=Source(data["source"]),
            as_of=date.fromisoformat(data["as_of"]),
            until=date.fromisoformat(data["until"]) if data["until"] else None,
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What all statements on a field leave possible; `values` None: unknown, for `reason`."""

    values: frozenset[Value] | None
    reason: Reason = Reason.UNSURE


@dataclass(frozen=True, slots=True)
class Profile:
    """All statements about one person, looked at on one day."""

    on: date
    said: Mapping[str, tuple[Possible, ...]] = attribute(default_factory=dict)

    def saying(self, code: str, statement: Possible) -> Profile:
        """This profile with one more statement."""
        return replace(self, said={**self.said, code: (*self.said.get(code, ()), statement)})

    def looked_at(self, on: date) -> Profile:
        """The same statements on another day."""
        return replace(self, on=on)

    def known(self, code: str) -> Known:
        """What all statements leave possible for a field."""
        return combine(field(code), self.said.get(code, ()), on=self.on)

    def firmly_known(self, code: str) -> Known:
        """What is left when every statement that may not rule a study out is set aside."""
        about = field(code)
        firm = [one for one in self.said.get(code, ()) if may_rule_out(about, one)]
        return combine(about, firm, on=self.on)

    def as_dict(self) -> dict[str, Any]:
        """A JSON object."""
        said = {code: [one.as_dict() for one in self.said[code]] for code in sorted(self.said)}
        return {"on": self.on.isoformat(), "said": said}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Profile:
        """The profile that `as_dict` wrote; raises KeyError, TypeError or ValueError."""
        said = {
            code: tuple(Possible.from_dict(one) for one in statements)
            for code, statements in data["said"].items()
        }
        return cls(on=date.fromisoformat(data["on"]), said=said)


def may_rule_out(about: Field, statement: Possible) -> bool:
    """Whether a statement is firm enough to say "probably not"."""
    if statement.source in TRUSTED_SOURCES:
        return True
    return statement.certainty is Certainty.SURE and not about.weak


def combine(about: Field, said: Iterable[Possible], *, on: date) -> Known:
    """What several statements on one field leave possible: their intersection.

    Nothing left in common is a CONFLICT: unknown, whoever is right. Independent of their order.
    """
    silences: set[Reason] = set()
    telling: list[frozenset[Value]] = []
    for statement in said:
        silence = _silence(about, statement, on)
        if silence is None:
            telling.append(_values_on(about, statement, on))
        else:
            silences.add(silence)
    if not telling:
        reason = next((one for one in _SILENCE_ORDER if one in silences), Reason.NOT_ASKED)
        return Known(None, reason)
    common = frozenset.intersection(*telling)
    if not common or len(kinds_of(value for values in telling for value in values)) > 1:
        return Known(None, Reason.CONFLICT)
    return Known(common)


def _silence(about: Field, statement: Possible, on: date) -> Reason | None:
    """Why a statement tells nothing; None if it tells something."""
    if statement.certainty in _SILENT:
        return _SILENT[statement.certainty]
    kinds = kinds_of(statement.values)
    # A value outside the domain may mean anything: dropping it would narrow what she said.
    if len(kinds) != 1 or None in kinds or not about.allows(statement.values):
        return Reason.UNSUPPORTED
    if statement.until is not None and on > statement.until:
        return Reason.STALE
    return None


def _values_on(about: Field, statement: Possible, on: date) -> frozenset[Value]:
    """The values on a day; a yearly one has grown by the birthdays that may lie between."""
    if not about.yearly or on <= statement.as_of:
        return statement.values
    then = statement.as_of
    years = on.year - then.year - ((on.month, on.day) < (then.month, then.day))
    ages = [value for value in statement.values if isinstance(value, int)]
    return frozenset(age + grown for age in ages for grown in (years, years + 1))
