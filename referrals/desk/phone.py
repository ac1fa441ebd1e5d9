"""Interest in studies told on the phone: the colleague's questions and the website's verb."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import some_of
from clinic.lifecycle import NotMoved
from clinic.people import roles
from clinic.people.drafts import DraftForm
from clinic.people.models import Reference, User
from clinic.people.models.person import ConsentKind
from clinic.people.phone.intake import IntakeKind
from clinic.people.submitting import Submission
from referrals.desk import verbs
from referrals.desk.asking import Interest, refer
from referrals.desk.models import Referral
from referrals.screening.spoken import fields_for, profile_of
from referrals.trials.models import Study


def _questions(language: str, at: datetime) -> dict[str, forms.Field]:
    open_now = Study.objects.recruiting(at=at).listed()
    studies = some_of(
        [(str(one.pk), one.local_name) for one in open_now],
        label=_("Which studies does she ask about?"),
        help_text=_("None: a coordinator looks through all of them for her."),
        required=False,
        error_messages={
            "invalid_choice": _("One of these studies takes nobody now. Look at the list again.")
        },
    )
    return {"studies": studies, **fields_for(language, at=at)}


def _ask(submission: Submission, answers: Mapping[str, Any], at: datetime) -> Reference:
    rows = Study.objects.in_bulk([uuid.UUID(one) for one in answers["studies"]])
    profile = profile_of(
        answers,
        born=submission.people.patient.birth_date,
        helped=submission.people.helper is not None,
        on=timezone.localdate(at),
    )
    return refer(submission, interest=Interest(list(rows.values()), profile), at=at)


def _take(case_id: uuid.UUID, by: User, at: datetime) -> None:
    rows = Referral.objects.visible_to(by).filter(case=case_id).select_related("case")
    for referral in rows:
        # Sent twice it is hers already; somebody faster has it, and her call is made.
        with suppress(NotMoved):
            verbs.accept(referral, by=by, at=at)


def _page(referral_id: uuid.UUID) -> str:
    return reverse("desk:detail", kwargs={"referral_id": referral_id})


LOG: Final = DraftForm("desk.log", _("A call about studies"), _page)
"""Half-typed notes about a call; kept by the referral they are about."""
KIND: Final = IntakeKind(
    code="studies",
    label=_("Research studies"),
    url_name="desk:new",
    roles=(roles.COORDINATOR, roles.LEAD),
    consents=(
        ConsentKind.CONTACT,
        ConsentKind.SHARE,
        ConsentKind.SMS,
        ConsentKind.KEEP_ON_FILE,
    ),
    questions=_questions,
    ask=_ask,
    takers=(roles.COORDINATOR, roles.LEAD),
    take=_take,
)
