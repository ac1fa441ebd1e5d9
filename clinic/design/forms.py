"""The base of every form here, and the ways to ask for one or some of a list of codes.

Holds how a form is built for the template pack. Refuses to know verbs: a form turns a POST into
clean values and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.utils import pretty_name
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.dates import MonthYear, ThreeBoxDate
from clinic.design.fields import EmailAddress, PhoneField, PlainText, WholeNumber
from clinic.design.widgets import Checkboxes, Radios

__all__ = [
    "EmailAddress",
    "HouseForm",
    "MonthYear",
    "PhoneField",
    "PlainText",
    "ThreeBoxDate",
    "WholeNumber",
    "agreement",
    "one_of",
    "some_of",
]

Choices = Iterable[tuple[str, StrOrPromise]]

UNKNOWN_CHOICE: Final[StrOrPromise] = _("Choose one of the answers on this page.")


class HouseForm(forms.Form):
    """A form for the template pack `house`; mixes with Django's own forms when named first.

    `question` names the field whose label is the page's heading, for one question a page. The
    browser's own checks stay off: their bubbles vanish, and a screen reader may never hear them.
    """

    question: str = ""
    labels: Mapping[str, StrOrPromise] = {}
    """Other labels for inherited fields; their errors name the field by them."""
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
        for name, field in self.fields.items():
            use_plain_words(field, str(field.label or pretty_name(name)), len(self.fields) == 1)

    @property
    def helper(self) -> FormHelper:
        """Fields only: the page writes the form tag, the CSRF token and the buttons."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.include_media = False
        return helper


def use_plain_words(field: forms.Field, label: str, is_alone: bool) -> None:
    """Replace Django's "This field is required." where a field has no words of its own."""
    messages = field.error_messages
    if messages["required"] == forms.Field.default_error_messages["required"]:
        messages["required"] = _required(isinstance(field, forms.ChoiceField), label, is_alone)
    for code in ("invalid_choice", "invalid_list"):
        if code in messages and messages[code] == field.default_error_messages.get(code):
            messages[code] = UNKNOWN_CHOICE


def _required(is_choice: bool, label: str, is_alone: bool) -> str:
    """Names the field where there are several: the error summary stands far from them."""
    if is_alone:
        return (
            gettext("Choose an answer to go on.")
            if is_choice
            else gettext("Fill this in to go on.")
        )
    if is_choice:
        return gettext("Choose an answer for “%(label)s”") % {"label": label}
    return gettext("Fill in “%(label)s”") % {"label": label}


def one_of(
    choices: Choices,
    *,
    label: StrOrPromise,
    hints: Mapping[str, StrOrPromise] | None = None,
    **kwargs: Any,
) -> forms.ChoiceField:
    """One code of a list as stacked radio buttons; `hints` maps a code to a line beneath it."""
    widget = Radios(hints=hints)
    return forms.ChoiceField(choices=list(choices), label=label, widget=widget, **kwargs)


def some_of(
    choices: Choices,
    *,
    label: StrOrPromise,
    hints: Mapping[str, StrOrPromise] | None = None,
    **kwargs: Any,
) -> forms.MultipleChoiceField:
    """Any codes of a list as stacked checkboxes; cleans to a list of codes."""
    widget = Checkboxes(hints=hints)
    return forms.MultipleChoiceField(choices=list(choices), label=label, widget=widget, **kwargs)


def agreement(*, label: StrOrPromise, missing: StrOrPromise, **kwargs: Any) -> forms.BooleanField:
    """One box that must be ticked; `missing` says what to do when it is not."""
    messages = {"required": missing}
    return forms.BooleanField(label=label, error_messages=messages, **kwargs)
