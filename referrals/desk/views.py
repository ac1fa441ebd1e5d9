"""The page that turns answers into a request: who she is, how to reach her, what she agrees to."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from clinic.journey import public_form
from clinic.people.models import Reference
from clinic.people.models.person import ConsentKind
from clinic.people.sending import send_view
from clinic.people.submitting import Submission
from referrals.desk.asking import Interest, refer
from referrals.screening.questions import profile_from
from referrals.screening.steps import JOURNEY
from referrals.trials.cards import Card, cards_for
from referrals.trials.models import Study

CONSENTS: Final = (
    ConsentKind.CONTACT,
    ConsentKind.SHARE,
    ConsentKind.KEEP_ON_FILE,
    ConsentKind.SMS,
)


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def contact(request: HttpRequest) -> HttpResponse:
    """Who she is and how to reach her; this page sends."""
    data = JOURNEY.told(request)
    if "studies" not in data:
        return redirect("screening:results" if data.get("safe") else "screening:safety")
    studies = chosen_studies(data)

    def submit(submission: Submission, at: datetime) -> Reference:
        profile = profile_from(data, on=timezone.localdate(at))
        return refer(submission, interest=Interest(studies, profile), at=at)

    return send_view(
        request,
        journey=JOURNEY,
        data=data,
        consents=CONSENTS,
        submit=submit,
        template="desk/send.html",
        context={
            # Not read when the form goes through: there is no page then.
            "cards": SimpleLazyObject(lambda: _cards(studies)),
            "back_url": reverse("screening:results"),
        },
    )


def chosen_studies(data: dict[str, Any]) -> list[Study]:
    """The studies she ticked that take people now, in the order she saw them; [] is "look for me".

    The cookie is sealed, so the ids are those that were on her page.
    """
    ids = [uuid.UUID(text) for text in data["studies"]]
    rows = Study.objects.recruiting(at=timezone.now()).listed().in_bulk(ids)
    return [rows[one] for one in ids if one in rows]


def _cards(studies: list[Study]) -> list[Card]:
    cards = cards_for(studies, get_language() or "en", timezone.now())
    return [cards[study.pk] for study in studies]
