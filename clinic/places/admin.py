"""The centre's rows in the admin."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clinic.design.said_dates import said
from clinic.holidays import STATES, names
from clinic.places import centre
from clinic.places.models import Centre, Closure, ContactPoint, Location

YEARS_AHEAD = 5


class CentreForm(forms.ModelForm[Centre]):
    """The centre's row; the holidays on which it opens are ticked, not typed."""

    open_holidays = forms.MultipleChoiceField(
        label=_("holidays on which it opens"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those of its state stand here once its state is saved."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        kept = names(self.instance.state, years=range(this_year, this_year + YEARS_AHEAD))
        # A tick from before stays on the page, also where the list no longer has its holiday.
        known = sorted({*kept, *self.instance.open_holidays})
        field = cast("forms.MultipleChoiceField", self.fields["open_holidays"])
        field.choices = [(name, name) for name in known]

    def clean_state(self) -> str:
        """A state whose holidays are known; one that is none would be taken for no state at all."""
        state: str = self.cleaned_data["state"].strip().upper()
        if state and state not in STATES:
            raise forms.ValidationError(
                _("This is no state of the United States. Give two letters, such as NY.")
            )
        return state


@admin.register(Centre)
class CentreAdmin(admin.ModelAdmin[Centre]):
    """The one centre: changed, never added twice or deleted."""

    form = CentreForm
    readonly_fields = ("closed_next",)
    # An address typed without a scheme is meant as https; Django 5 would make it http.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Centre.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("closed next on"))
    def closed_next(self, obj: Centre) -> SafeString:
        """The weekdays on which nobody is there, so that a missing or surplus holiday is seen."""
        days = centre.next_closed_days(obj, at=timezone.now())
        rows = ((said(one.day, "l, F j, Y"), one.reason) for one in days)
        return format_html_join("", "<div>{}: {}</div>", rows)


@admin.register(ContactPoint)
class ContactPointAdmin(admin.ModelAdmin[ContactPoint]):
    """One row for each role; changed, never deleted: pages name the role."""

    list_display = ("role", "label", "display", "hours_text")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin[Location]):
    """Buildings."""

    list_display = ("name", "neutral_name")


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin[Closure]):
    """Closed days."""

    list_display = ("day", "reason")
