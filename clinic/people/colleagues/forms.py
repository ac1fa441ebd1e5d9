"""Forms about a colleague's own account: passwords, times away, and giving work to another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.forms import EmailAddress, HouseForm, ThreeBoxDate, one_of
from clinic.people.colleagues.absences import Days
from clinic.people.models import User

if TYPE_CHECKING:
    _SetPassword = SetPasswordForm[User]
else:
    # Only its stub is generic.
    _SetPassword = SetPasswordForm

LONGEST_ABSENCE: Final = timedelta(days=731)
ROUTER: Final = "router"


class ForgotForm(HouseForm):
    """The e-mail address of an account."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    email = EmailAddress(label=_("Your work e-mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class ChooseForm(HouseForm, _SetPassword):
    """A new password, typed twice."""


class ChangeForm(HouseForm, PasswordChangeForm):
    """The password she has, and a new one, typed twice."""


class AwayForm(HouseForm):
    """The days of an absence, and whose; with one colleague to choose from nobody is asked."""

    colleague = forms.ChoiceField(label=_("Who is away"))
    first = ThreeBoxDate(label=_("First day away"), help_text=_("For example: 11 23 2026"))
    last = ThreeBoxDate(label=_("Last day away"), help_text=_("The same day for one day."))

    def __init__(self, *args: Any, colleagues: Iterable[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.colleagues = {str(one.pk): one for one in colleagues}
        if len(self.colleagues) == 1:
            del self.fields["colleague"]
        else:
            self._offer_colleagues()

    def _offer_colleagues(self) -> None:
        field = self.fields["colleague"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, one.full_name) for key, one in self.colleagues.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if last and last < self.today:
            self.add_error("last", _("This day is over. Enter today or a later day."))
        elif first and last and last < first:
            self.add_error("last", _("The last day is before the first. Check both."))
        elif first and last and last - first > LONGEST_ABSENCE:
            self.add_error("last", _("This is more than two years. Check the year."))
        return cleaned

    @property
    def user(self) -> User:
        """Who is away; of a clean form."""
        first = next(iter(self.colleagues))
        return self.colleagues[self.cleaned_data.get("colleague") or first]

    @property
    def days(self) -> Days:
        """When; of a clean form."""
        return Days(self.cleaned_data["first"], self.cleaned_data["last"])


class ColleagueForm(HouseForm):
    """Which colleague a page is about."""

    colleague = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.full_name) for one in colleagues]


class HandOverForm(HouseForm):
    """Who looks after it from now on; with `router`, the router may choose."""

    to = one_of((), label=_("Who looks after this from now on?"))

    def __init__(
        self, *args: Any, colleagues: Iterable[User], router: StrOrPromise = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in colleagues}
        named = [(key, one.full_name) for key, one in self.colleagues.items()]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(ROUTER, router), *named] if router else named
        if router:
            self.initial["to"] = ROUTER

    def chosen(self) -> User | None:
        """The colleague, or None for whom the router chooses; of a clean form."""
        return self.colleagues.get(self.cleaned_data["to"])
