"""The forms of the pattern book in their states: empty, filled and wrong.

Holds what was typed, right and wrong, all of it invented. Refuses to know the fields' own words.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clinic.design.forms import HouseForm
from clinic.design.patterns import example_forms as one


@dataclass(frozen=True, slots=True)
class Example:
    """One form in its states."""

    shape: type[HouseForm]
    right: Mapping[str, Any]
    bad: Mapping[str, Any]

    @property
    def empty(self) -> HouseForm:
        """As a person finds it."""
        return self.shape()

    @property
    def filled(self) -> HouseForm:
        """With an answer."""
        return self.shape(initial=self.right)

    @property
    def wrong(self) -> HouseForm:
        """As it comes back with what has to be mended."""
        return self.shape(data=self.bad)


NONE: Final[Mapping[str, Any]] = {}
FORMS: Final[Mapping[str, Example]] = {
    "name": Example(one.Name, {"name": "Maria Alvarez"}, NONE),
    "nickname": Example(one.Nickname, {"nickname": "Mari"}, {"nickname": "x" * 201}),
    "question": Example(one.Question, {"kind": "unsure"}, NONE),
    "story": Example(one.Story, {"story": "I walk with a stick."}, {"story": "word " * 150}),
    "language": Example(one.Language, {"language": "es"}, NONE),
    "way": Example(one.Way, {"way": "phone"}, NONE),
    "times": Example(one.Times, {"times": ["morning", "evening"]}, NONE),
    "agreed": Example(one.Agreed, {"agreed": True}, NONE),
    "birth": Example(
        one.Birth,
        {"born": datetime.date(1968, 3, 14)},
        {"born_month": "2", "born_day": "31", "born_year": "1968"},
    ),
    "month": Example(one.Month, {"month": datetime.date(2025, 3, 1)}, {"month_month": "March"}),
    "phone": Example(one.Phone, {"phone": "(555) 010-0123"}, {"phone": "555 0"}),
    "email": Example(one.Email, {"email": "maria@example.com"}, {"email": "maria at example"}),
    "number": Example(one.Number, {"number": 3}, {"number": "three"}),
    "answer": Example(one.Answer, {"answer": "no"}, NONE),
    "helper": Example(one.Helper, {"who": "someone", "helper_name": "Luis Alvarez"}, NONE),
    "note": Example(one.Note, {"note": "I walk with a stick."}, {"note": "word " * 40}),
    "password": Example(one.Password, {"password": "a long sentence"}, NONE),
    "letter": Example(one.Letter, NONE, NONE),
    "grouped": Example(one.Grouped, {"name": "Maria Alvarez"}, {"phone": "ask me"}),
    "laid": Example(one.Laid, {"name": "Maria Alvarez", "phone": "(555) 010-0123"}, NONE),
    "several": Example(
        one.Several,
        {"name": "Maria Alvarez", "phone": "(555) 010-0123", "born": datetime.date(1968, 3, 14)},
        {"name": "", "phone": "ask me", "born_month": "3", "born_day": "14", "born_year": ""},
    ),
}
