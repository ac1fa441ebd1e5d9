"""The pages of the appointment journey, and how a scheduler closes a request."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.appointments.codes import Outcome, PreferredTime, VisitReason
from clinic.design.forms import HouseForm, one_of


class ReasonForm(HouseForm):
    """What the visit is for."""

    question = "reason"
    reason = one_of(
        VisitReason.choices,
        label=_("What would you like to talk about?"),
        error_messages={"required": _("Choose what comes closest. You can say more later.")},
    )


class TimeForm(HouseForm):
    """When a call suits her."""

    question = "preferred_time"
    preferred_time = one_of(
        PreferredTime.choices,
        label=_("When is a good time for us to call?"),
        error_messages={"required": _("Choose a time. “Any time” is fine.")},
    )


class CloseForm(HouseForm):
    """A colleague ends a request."""

    outcome = forms.ChoiceField(label=_("How it ended"), choices=[("", "—"), *Outcome.choices])
