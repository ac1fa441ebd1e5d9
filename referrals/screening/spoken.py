"""The screening questions as a colleague asks them on the phone: the same words, on one page.

What is said stays what she said: a colleague who writes it down makes it no surer. Refuses the
month of birth, which the form asks for with the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.design.foreign_words import marked
from clinic.design.forms import some_of
from referrals.screening.profile import Profile
from referrals.screening.questions import BIRTH, profile_from
from referrals.screening.texts import Asked, asked

PREFIX: Final = "answer_"


def fields_for(language: str, *, at: datetime) -> dict[str, forms.Field]:
    """A field for each question that may be asked now, in her language if approved; none needed."""
    return {
        f"{PREFIX}{one.question.code}": _field(one)
        for one in asked(language, at=at)
        if one.question is not BIRTH
    }


def _field(one: Asked) -> forms.Field:
    choices = [*one.told(), *one.silent()]
    label, hint = marked(one.heading, one.language), marked(one.hint, one.language)
    if one.question.several:
        return some_of(choices, label=label, help_text=hint, required=False)
    unasked = ("", _("Not asked"))
    return forms.ChoiceField(
        label=label, help_text=hint, choices=[unasked, *choices], required=False
    )


def profile_of(answers: Mapping[str, Any], *, born: date | None, helped: bool, on: date) -> Profile:
    """What the clean values of `fields_for` and the date of birth leave possible."""
    told = {
        name.removeprefix(PREFIX): [chosen] if isinstance(chosen, str) else list(chosen)
        for name, chosen in answers.items()
        if name.startswith(PREFIX) and chosen
    }
    if born is not None:
        told[BIRTH.code] = [f"{born:%Y-%m}"]
    return profile_from({"who": "someone" if helped else "me", "answers": told}, on=on)
