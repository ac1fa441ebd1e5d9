"""How a coordinator ends a referral."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm
from referrals.desk.codes import Outcome


class CloseForm(HouseForm):
    """How it ended."""

    outcome = forms.ChoiceField(label=_("How it ended"), choices=[("", "—"), *Outcome.choices])
