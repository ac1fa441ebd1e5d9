"""One form for each question: a POST becomes codes, and what was typed stays on a mistake.

Refuses to hold words of a question: those come from its signed text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm, MonthYear, one_of, some_of
from clinic.design.widgets import DateBoxes
from referrals.screening.questions import BIRTH, ImpossibleBirth, ages
from referrals.screening.texts import Asked


class QuestionForm(HouseForm):
    """The base of the forms made by `form_for`; fields `answer` and, for the birth, `instead`."""

    question = "answer"

    def chosen(self) -> list[str]:
        """The codes chosen; call after `is_valid()`."""
        answer = self.cleaned_data.get("answer") or self.cleaned_data.get("instead", "")
        return [answer] if isinstance(answer, str) else list(answer)


class BirthField(forms.Field):
    """Year and, if she knows it, month of birth; cleans to `1961-12` or `1961`."""

    parts = ("month", "year")
    default_error_messages = {
        "required": _("Enter the year of birth, or choose one of the other answers."),
        "to_come": _("This date is still to come. Check the month and the year."),
        "too_long_ago": _("Check the year. It would make an age of 130 years or more."),
    }

    def __init__(self, *, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(widget=DateBoxes(self.parts, birth=True), **kwargs)

    def to_python(self, value: Any) -> str:
        """Read the boxes; an empty month is "not known"."""
        month, year = ((text or "").strip() for text in value or ("", ""))
        if not month and not year:
            return ""
        born = MonthYear().to_python([month or "1", year])
        assert born is not None
        try:
            ages(born.year, born.month if month else None, on=self.on)
        except ImpossibleBirth as error:
            code = "to_come" if born > self.on else "too_long_ago"
            raise ValidationError(self.error_messages[code], code="year") from error
        return f"{born.year:04}-{born.month:02}" if month else f"{born.year:04}"


class BirthForm(QuestionForm):
    """The month of birth, or one of the answers that tell nothing."""

    either = ("instead",)

    def clean(self) -> dict[str, Any]:
        """An empty date is no mistake where she chose another answer."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("instead") and self.has_error("answer", code="required"):
            del self.errors["answer"]
        return cleaned


def form_for(asked: Asked, *, on: date) -> type[QuestionForm]:
    """The form of one question, in its approved words."""
    if asked.question is BIRTH:
        fields: dict[str, Any] = {
            "answer": BirthField(on=on, label=asked.heading, help_text=asked.hint),
            "instead": one_of(asked.silent(), label=_("Or choose one of these"), required=False),
            "languages": {"answer": asked.language, "instead:answers": asked.language},
        }
        return cast("type[QuestionForm]", type("AskedForm", (BirthForm,), fields))
    build = some_of if asked.question.several else one_of
    choices = [*asked.told(), *asked.silent()]
    answer = build(choices, label=asked.heading, help_text=asked.hint)
    named = {"answer": answer, "languages": {"answer": asked.language}}
    return cast("type[QuestionForm]", type("AskedForm", (QuestionForm,), named))


def initial_for(asked: Asked, chosen: Sequence[str]) -> dict[str, Any]:
    """What the form shows of an earlier answer."""
    if asked.question.several:
        return {"answer": list(chosen)}
    code = chosen[0] if chosen else ""
    if asked.question is not BIRTH:
        return {"answer": code}
    year, _separator, month = code.partition("-")
    if not year.isdecimal():
        return {"instead": code}
    return {"answer": [month.lstrip("0"), year]}
