"""How a colleague says that she has settled what the machine could not do."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm
from clinic.outbox.codes import Resolution


class ResolveForm(HouseForm):
    """One code; made with a prefix, since each row of the page has its own."""

    resolution = forms.ChoiceField(
        label=_("How it was settled"),
        choices=[("", "—"), *Resolution.choices],
        error_messages={"required": _("Choose how it was settled.")},
    )

    def resolved(self) -> Resolution:
        """The clean value, as the verb takes it."""
        return Resolution(self.cleaned_data["resolution"])
