"""The schedulers' list, one request, and what a scheduler does with it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.appointments import handing, routing, verbs
from clinic.appointments.codes import Outcome
from clinic.appointments.forms import CloseForm
from clinic.appointments.listing import listing
from clinic.appointments.models import AppointmentRequest
from clinic.appointments.phone import LOG
from clinic.audit.recording import Actor, about, record_reads
from clinic.lifecycle import NotMoved
from clinic.people import drafts, roles
from clinic.people.attempt_forms import AttemptForm
from clinic.people.colleagues.forms import HandOverForm
from clinic.people.conflicts import in_words
from clinic.people.intake import contact_person, possible_duplicates
from clinic.people.references import reference_of, references_of
from clinic.people.staff_views import colleague, shown_page, staff_page, staff_render
from clinic.people.urgency.alarms import wrote_urgently
from clinic.people.urgency.ending import still_owes_urgent_call


def _one(request: HttpRequest, request_id: uuid.UUID) -> AppointmentRequest:
    rows = AppointmentRequest.objects.visible_to(colleague(request))
    return get_object_or_404(rows.select_related("person", "owner"), pk=request_id)


@require_http_methods(["GET", "HEAD"])
@staff_page(roles.SCHEDULER)
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits, soonest due first; the address filters and sorts."""
    me, now = colleague(request), timezone.now()
    context = listing(request, me=me, at=now)
    page = shown_page(request, context["rows"])
    record_reads(page, by=Actor.staff(me), at=now, place="list")
    return staff_render(request, "appointments/list.html", {**context, "rows": page})


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
        "wrote_urgently": wrote_urgently(*about(row), at=timezone.now()),
        "owes_urgent_call": still_owes_urgent_call(*about(row)),
        "draft": drafts.show(log_form, place=LOG.place(row.pk), by=colleague(request)),
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
    me, now, logged = colleague(request), timezone.now(), form.logged()
    with drafts.spent(place=LOG.place(row.pk), key=logged.key, by=me, at=now):
        verbs.log_attempt(row, logged, by=me, at=now)
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


@require_POST
@staff_page(roles.SCHEDULER)
def take_over(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """I call her from now on, not my colleague."""
    row, me, now = _one(request, request_id), colleague(request), timezone.now()
    try:
        handing.take_over(row, by=me, at=now)
        messages.success(request, _("This request is yours."))
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=me))
    return redirect("appointments:detail", request_id=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles.SCHEDULER)
def hand_over(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Another scheduler looks after it from now on."""
    row, me, now = _one(request, request_id), colleague(request), timezone.now()
    others = [one for one in routing.takers(now) if one != row.owner]
    form = HandOverForm(request.POST or None, colleagues=others)
    to = form.chosen() if form.is_valid() else None
    if to is None:
        return _hand_over_page(request, row, form)
    try:
        handing.hand_over(row, to=to, by=me, at=now)
        messages.success(request, _("Handed over to %(name)s.") % {"name": to.full_name})
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=me))
    return redirect("appointments:detail", request_id=row.pk)


def _hand_over_page(
    request: HttpRequest, row: AppointmentRequest, form: HandOverForm
) -> HttpResponse:
    context = {
        "form": form,
        "reference": reference_of(row.pk),
        "back_url": reverse("appointments:detail", args=[row.pk]),
    }
    return staff_render(request, "staff/give.html", context, 422 if form.is_bound else 200)
