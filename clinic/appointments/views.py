"""The patient's way to an appointment request: one question a page, then the page that sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clinic.appointments import verbs
from clinic.appointments.codes import PreferredTime, VisitReason
from clinic.appointments.forms import ReasonForm, TimeForm
from clinic.design.forms import HouseForm
from clinic.journey import Journey, public_form, safety_view, who_view
from clinic.people.models import Reference
from clinic.people.models.person import ConsentKind
from clinic.people.sending import send_view
from clinic.people.submitting import Submission

JOURNEY: Final = Journey("appointment")
CONSENTS: Final = (ConsentKind.CONTACT, ConsentKind.SMS)
STEPS: Final = (
    ("safe", "appointments:safety"),
    ("who", "appointments:who"),
    ("reason", "appointments:reason"),
    ("preferred_time", "appointments:time"),
)
COUNTED: Final = (*[url_name for _key, url_name in STEPS if _key != "safe"], "appointments:send")
"""The steps that she sees numbered: after the question whether a form is the right thing now."""
reads_and_posts = require_http_methods(["GET", "HEAD", "POST"])


def _missing(data: dict[str, Any], *, before: str) -> str | None:
    """The first earlier step without an answer, as a URL name."""
    for key, url_name in STEPS:
        if url_name == before:
            return None
        if key not in data:
            return url_name
    return None


def _place(url_name: str) -> dict[str, int]:
    return {"number": COUNTED.index(url_name) + 1, "total": len(COUNTED)}


@reads_and_posts
@public_form
def start(request: HttpRequest) -> HttpResponse:
    """Begin with the safety check."""
    return redirect("appointments:safety")


@reads_and_posts
@public_form
def safety(request: HttpRequest) -> HttpResponse:
    """Is she very ill now?"""
    return safety_view(request, journey=JOURNEY, next_url=reverse("appointments:who"))


@reads_and_posts
@public_form
def who(request: HttpRequest) -> HttpResponse:
    """For herself, or for someone she cares for?"""
    return who_view(
        request,
        journey=JOURNEY,
        next_url=reverse("appointments:reason"),
        safety_url=reverse("appointments:safety"),
        **_place("appointments:who"),
    )


def _question(
    request: HttpRequest, form_class: type[HouseForm], *, here: str, back: str, next_: str
) -> HttpResponse:
    data = JOURNEY.read(request)
    if missing := _missing(data, before=here):
        return redirect(missing)
    form = form_class(request.POST or None, initial=data)
    if request.method == "POST" and form.is_valid():
        return JOURNEY.goes_on(data, reverse(next_), **form.cleaned_data)
    page = {"form": form, "back_url": reverse(back), **_place(here)}
    return render(request, "appointments/question.html", page)


@reads_and_posts
@public_form
def reason(request: HttpRequest) -> HttpResponse:
    """What the visit is for."""
    return _question(
        request,
        ReasonForm,
        here="appointments:reason",
        back="appointments:who",
        next_="appointments:time",
    )


@reads_and_posts
@public_form
def time(request: HttpRequest) -> HttpResponse:
    """When a call suits her."""
    return _question(
        request,
        TimeForm,
        here="appointments:time",
        back="appointments:reason",
        next_="appointments:send",
    )


@reads_and_posts
@public_form
def send(request: HttpRequest) -> HttpResponse:
    """Who she is and how to reach her; this page sends."""
    data = JOURNEY.told(request)
    if missing := _missing(data, before="appointments:send"):
        return redirect(missing)

    def submit(submission: Submission, at: datetime) -> Reference:
        reason, preferred_time = VisitReason(data["reason"]), PreferredTime(data["preferred_time"])
        return verbs.ask(submission, wish=verbs.Wish(reason, preferred_time), at=at)

    return send_view(
        request,
        journey=JOURNEY,
        data=data,
        consents=CONSENTS,
        submit=submit,
        template="appointments/send.html",
        context={
            "summary": _summary(data),
            "back_url": reverse("appointments:time"),
            **_place("appointments:send"),
        },
    )


def _summary(data: dict[str, Any]) -> list[dict[str, object]]:
    return [
        {
            "label": _("You would like to talk about"),
            "value": VisitReason(data["reason"]).label,
            "change_url": reverse("appointments:reason"),
        },
        {
            "label": _("A good time to call"),
            "value": PreferredTime(data["preferred_time"]).label,
            "change_url": reverse("appointments:time"),
        },
    ]
