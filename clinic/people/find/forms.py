"""The one box in which colleagues look for somebody who is on the phone."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm, PlainText
from clinic.people.find.asked import Asked, HalfANumber, NothingToFind, read

TOO_LITTLE: Final = _(
    "Type at least three letters of the name, a whole name, or the last four digits."
)
HALF_A_NUMBER: Final = _("Type the last four digits of the phone number, or all of it.")


class FindForm(HouseForm):
    """Part of a name, the end of a number, or a reference, in any order."""

    question = "query"
    query = PlainText(
        label=_("Find a person on the phone"),
        help_text=_("Part of a name, last four digits, or the reference"),
        max_length=100,
        error_messages={"required": TOO_LITTLE},
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            # An answer takes the focus itself: its first line, or what is wrong.
            self.fields["query"].widget.attrs["autofocus"] = True

    def clean_query(self) -> str:
        """What can be looked for; taken apart it stands in `asked`."""
        query: str = self.cleaned_data["query"]
        try:
            self.asked: Asked = read(query)
        except NothingToFind:
            raise forms.ValidationError(TOO_LITTLE, code="too_little") from None
        except HalfANumber:
            raise forms.ValidationError(HALF_A_NUMBER, code="half_a_number") from None
        return query
