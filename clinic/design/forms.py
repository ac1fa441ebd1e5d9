"""The base of every form here, and the ways to ask for one or some of a list of codes.

Holds how a form is built for the template pack. Refuses to know verbs: a form turns a POST into
clean values and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.forms.utils import pretty_name
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.bound_fields import HouseField, Reveals
from clinic.design.dates import MonthYear, ThreeBoxDate
from clinic.design.fields import EmailAddress, FileField, PhoneField, PlainText, WholeNumber
from clinic.design.problems import Problem, problems
from clinic.design.widgets import Checkboxes, Radios

__all__ = [
    "EmailAddress",
    "FileField",
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
Groups = Sequence[tuple[StrOrPromise, tuple[str, ...]]]
"""Legends, each with the names of its fields; names that a form does not have are left out."""

UNKNOWN_CHOICE: Final[StrOrPromise] = _("Choose one of the answers on this page.")


class HouseForm(forms.Form):
    """A form for the template pack `house`; mixes with Django's own forms when named first.

    `question` names the field whose label is the page's heading, for one question a page. The
    browser's own checks stay off: their bubbles vanish, and a screen reader may never hear them.
    """

    question: str = ""
    labels: Mapping[str, StrOrPromise] = {}
    """Other labels for inherited fields; their errors name the field by them."""
    groups: Groups = ()
    """Where given, the form stands under these legends; what no group names follows them."""
    languages: Mapping[str, str] = {}
    """From a field to the language of its signed words, for label, hint and answers."""
    reveals: Reveals = {}
    either: tuple[str, ...] = ()
    """Fields of which one is enough: none of them is called optional."""
    use_required_attribute = False
    bound_field_class = HouseField

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
        if self.groups:
            helper.layout = Layout(*self._fieldsets())
            helper.render_unmentioned_fields = True
        return helper

    def _fieldsets(self) -> list[Fieldset]:
        known = [
            (legend, [name for name in names if name in self.fields])
            for legend, names in self.groups
        ]
        return [Fieldset(legend, *names) for legend, names in known if names]

    @property
    def problems(self) -> list[Problem]:
        """The rows of the error summary, for a page whose form does not begin it."""
        return problems(self)

    @property
    def needs_script(self) -> bool:
        """Whether a script has something to make better here."""
        return any(
            getattr(field, "counted_to", None) or isinstance(field.widget, forms.PasswordInput)
            for field in self.fields.values()
        )


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
    inline: bool = False,
    **kwargs: Any,
) -> forms.ChoiceField:
    """One code of a list as radio buttons; `hints` maps a code to a line beneath it.

    They are stacked; `inline` puts two or three short answers side by side.
    """
    widget = Radios(hints=hints, inline=inline)
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
