"""The schedulers' list, one request, and the four things a scheduler does."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.appointments import verbs
from clinic.appointments.codes import Outcome
from clinic.appointments.forms import CloseForm
from clinic.appointments.models import AppointmentRequest
from clinic.audit.recording import Actor, record_reads
from clinic.lifecycle import NotMoved
from clinic.people import roles
from clinic.people.attempt_forms import AttemptForm
from clinic.people.conflicts import in_words
from clinic.people.intake import contact_person, possible_duplicates
from clinic.people.references import reference_of, references_of
from clinic.people.staff_views import colleague, shown_page, staff_page, staff_render


def _one(request: HttpRequest, request_id: uuid.UUID) -> AppointmentRequest:
    rows = AppointmentRequest.objects.visible_to(colleague(request))
    return get_object_or_404(rows.select_related("person", "owner"), pk=request_id)


@require_http_methods(["GET", "HEAD"])
@staff_page(roles.SCHEDULER)
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits, soonest due first; `?ended` shows what was closed."""
    rows = AppointmentRequest.objects.visible_to(colleague(request)).select_related(
        "person", "owner"
    )
    shown = (
        rows.exclude(ended_at=None).order_by("-ended_at", "id")
        if "ended" in request.GET
        else rows.waiting().soonest_first()
    )
    kept = "ended&" if "ended" in request.GET else ""
    page = shown_page(request, shown)
    now = timezone.now()
    record_reads(page, by=Actor.staff(colleague(request)), at=now, place="list")
    return staff_render(request, "appointments/list.html", {"rows": page, "now": now, "kept": kept})


@require_http_methods(["GET", "HEAD"])
@staff_page(roles.SCHEDULER)
def detail(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """One request with everything needed for the call."""
    row = _one(request, request_id)
    return _page(request, row, log_form=AttemptForm(), close_form=CloseForm())


def _page(
    request: HttpRequest,
    row: AppointmentRequest,
    *,
    log_form: AttemptForm,
    close_form: CloseForm,
    status: int = 200,
) -> HttpResponse:
    record_reads([row], by=Actor.staff(colleague(request)), at=timezone.now(), place="page")
    context = {
        "row": row,
        "contact": contact_person(row.person),
        "helper": row.person.helpers.select_related("person").first(),
        "reference": reference_of(row.pk),
        "duplicates": references_of(possible_duplicates(row.person)),
        "has_errors": log_form.is_bound or close_form.is_bound,
        "attempts": row.attempts.select_related("by"),
        "log_form": log_form,
        "close_form": close_form,
        "now": timezone.now(),
    }
    return staff_render(request, "appointments/detail.html", context, status)


@require_POST
@staff_page(roles.SCHEDULER)
def take(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """I call her."""
    row = _one(request, request_id)
    try:
        verbs.take(row, by=colleague(request), at=timezone.now())
        messages.success(request, _("This request is yours."))
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=colleague(request)))
    return redirect("appointments:detail", request_id=row.pk)


@require_POST
@staff_page(roles.SCHEDULER)
def log(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """I tried to reach her."""
    row = _one(request, request_id)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _page(request, row, log_form=form, close_form=CloseForm(), status=422)
    verbs.log_attempt(row, form.logged(), by=colleague(request), at=timezone.now())
    messages.success(request, _("Logged."))
    return redirect("appointments:detail", request_id=row.pk)


@require_POST
@staff_page(roles.SCHEDULER)
def close(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """We are done, and this is how it ended."""
    row = _one(request, request_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, log_form=AttemptForm(), close_form=form, status=422)
    outcome = Outcome(form.cleaned_data["outcome"])
    try:
        verbs.close(row, outcome=outcome, by=colleague(request), at=timezone.now())
        messages.success(request, _("Closed."))
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=colleague(request)))
    return redirect("appointments:detail", request_id=row.pk)
