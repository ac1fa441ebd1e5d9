"""An appointment asked for on the phone: the colleague's questions and the website's verb."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.appointments import verbs
from clinic.appointments.codes import PreferredTime, VisitReason
from clinic.appointments.models import AppointmentRequest
from clinic.lifecycle import NotMoved
from clinic.people import roles
from clinic.people.drafts import DraftForm
from clinic.people.models import Reference, User
from clinic.people.models.person import ConsentKind
from clinic.people.phone.intake import IntakeKind
from clinic.people.submitting import Submission


def _questions(language: str, at: datetime) -> dict[str, forms.Field]:
    return {
        "reason": forms.ChoiceField(
            label=_("What would she like to talk about?"),
            choices=[("", "—"), *VisitReason.choices],
            error_messages={"required": _("Choose what comes closest to what she says.")},
        ),
        "preferred_time": forms.ChoiceField(
            label=_("When is a good time to call?"),
            choices=PreferredTime.choices,
            initial=PreferredTime.ANY,
        ),
    }


def _ask(submission: Submission, answers: Mapping[str, Any], at: datetime) -> Reference:
    wish = verbs.Wish(answers["reason"], answers["preferred_time"])
    return verbs.ask(submission, wish=wish, at=at)


def _take(request_id: uuid.UUID, by: User, at: datetime) -> None:
    request = AppointmentRequest.objects.visible_to(by).filter(pk=request_id).first()
    if request is not None:
        # Sent twice it is hers already; somebody faster has it, and her call is made.
        with suppress(NotMoved):
            verbs.take(request, by=by, at=at)


def _page(request_id: uuid.UUID) -> str:
    return reverse("appointments:detail", kwargs={"request_id": request_id})


LOG: Final = DraftForm("appointments.log", _("A call about an appointment"), _page)
"""Half-typed notes about a call; kept by the request they are about."""
KIND: Final = IntakeKind(
    code="appointment",
    label=_("An appointment"),
    url_name="appointments:new",
    roles=(roles.SCHEDULER, roles.COORDINATOR, roles.LEAD),
    consents=(ConsentKind.CONTACT, ConsentKind.SMS),
    questions=_questions,
    ask=_ask,
    takers=(roles.SCHEDULER,),
    take=_take,
)
