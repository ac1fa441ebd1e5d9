"""A field on its page: what the template pack asks of it beyond what Django knows.

Holds the language of its words, the fields that an answer reveals, whether "(optional)" stands
beside it and how long its text may be. Refuses to hold HTML: that is the template pack's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

Reveals = Mapping[str, tuple[str, ...]]
"""From `field:answer`, or the name of a lone tick box, to the fields that only it asks for."""


class Asks(Protocol):
    """What a bound field reads of its form; every `HouseForm` has it."""

    question: str
    languages: Mapping[str, str]
    reveals: Reveals
    either: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or tick box of a list, with the fields that stand beneath it."""

    tag: BoundWidget
    hint: str
    revealed: list[BoundField]


class HouseField(BoundField):
    """A bound field of a `HouseForm`."""

    @property
    def asks(self) -> Asks:
        """The form, as this class knows it."""
        return cast("Asks", self.form)

    @property
    def is_question(self) -> bool:
        """Whether its label is the heading of the page."""
        return self.asks.question == self.name

    @property
    def language(self) -> str:
        """The language of its signed words; empty where they are in the page's."""
        return self.asks.languages.get(self.name, "")

    @property
    def answers_language(self) -> str:
        """The language of its answers: `field:answers` where only these are signed words."""
        return self.asks.languages.get(f"{self.name}:answers", self.language)

    @property
    def is_marked_optional(self) -> bool:
        """A lone tick box is a choice by itself, and of two ways one is needed: neither says so."""
        is_tick = isinstance(self.field.widget, forms.CheckboxInput)
        return not (self.field.required or is_tick or self.name in self.asks.either)

    @property
    def is_revealed(self) -> bool:
        """Whether it stands beneath an answer and not in its own place."""
        return any(self.name in names for names in self.asks.reveals.values())

    @property
    def revealed(self) -> list[BoundField]:
        """The fields beneath a lone tick box."""
        return self._beneath(self.name)

    @property
    def options(self) -> list[Option]:
        """The choices of a list of radio buttons or tick boxes."""
        return [
            Option(one, one.data["hint"], self._beneath(f"{self.name}:{one.data['value']}"))
            for one in self.subwidgets
        ]

    @property
    def counted_to(self) -> int | None:
        """How many characters the page counts down from; None where it does not count."""
        return cast("int | None", getattr(self.field, "counted_to", None))

    @property
    def aria_describedby(self) -> str | None:
        """Django's hint and error, and the line that counts."""
        told = super().aria_describedby
        if told is None or not self.counted_to:
            return told
        return f"{told} {self.auto_id}_count".strip()

    def _beneath(self, answer: str) -> list[BoundField]:
        return [self.form[name] for name in self.asks.reveals.get(answer, ())]
