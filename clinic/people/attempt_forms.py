"""The form with which a colleague logs a try at reaching somebody."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm, PlainText
from clinic.people.attempts import NextTry, Try
from clinic.people.models.attempt import AttemptChannel, AttemptResult


class AttemptForm(HouseForm):
    """How it was tried and what came of it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(label=_("How"), choices=AttemptChannel.choices)
    result = forms.ChoiceField(label=_("Result"), choices=[("", "—"), *AttemptResult.choices])
    next_try = forms.ChoiceField(
        label=_("Next call"),
        required=False,
        choices=[("", _("As usual")), *NextTry.choices],
        help_text=_("As usual: the next working day, or none after you reached them."),
    )
    note = PlainText(label=_("Note"), required=False, max_length=1000, multiline=True, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4

    def logged(self) -> Try:
        """The clean form, as the verbs take it."""
        return Try(**self.cleaned_data)
