"""The coordinators' list, one referral, and what a coordinator does with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.recording import Actor, record_reads
from clinic.lifecycle import NotMoved
from clinic.people import drafts, roles
from clinic.people.attempt_forms import AttemptForm
from clinic.people.colleagues.forms import HandOverForm
from clinic.people.conflicts import in_words
from clinic.people.references import reference_of
from clinic.people.staff_views import colleague, shown_page, staff_page, staff_render
from referrals.desk import handing, routing, verbs
from referrals.desk.codes import Outcome
from referrals.desk.forms import CloseForm
from referrals.desk.listing import listing
from referrals.desk.models import Referral
from referrals.desk.phone import LOG
from referrals.desk.reading import page_of

desk_page = staff_page(roles.COORDINATOR, roles.LEAD)


def _one(request: HttpRequest, referral_id: uuid.UUID) -> Referral:
    rows = Referral.objects.visible_to(colleague(request))
    related = rows.select_related("case__person", "case__owner", "study", "site", "coordinator")
    return get_object_or_404(related, pk=referral_id)


@require_http_methods(["GET", "HEAD"])
@desk_page
def referral_list(request: HttpRequest) -> HttpResponse:
    """What waits, soonest due first; the address filters and sorts."""
    me, now = colleague(request), timezone.now()
    context = listing(request, me=me, at=now)
    page = shown_page(request, context["rows"])
    record_reads(page, by=Actor.staff(me), at=now, place="list")
    return staff_render(request, "desk/list.html", {**context, "rows": page})


@require_http_methods(["GET", "HEAD"])
@desk_page
def detail(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """One referral: contact, answers, reasons, tries, what can be done."""
    referral = _one(request, referral_id)
    return _page(request, referral, log_form=AttemptForm(), close_form=CloseForm())


def _page(
    request: HttpRequest,
    referral: Referral,
    *,
    log_form: AttemptForm,
    close_form: CloseForm,
    status: int = 200,
) -> HttpResponse:
    record_reads([referral], by=Actor.staff(colleague(request)), at=timezone.now(), place="page")
    context = {
        **page_of(referral, reader=colleague(request), at=timezone.now()),
        "draft": drafts.show(log_form, place=LOG.place(referral.pk), by=colleague(request)),
        "log_form": log_form,
        "close_form": close_form,
        "has_errors": log_form.is_bound or close_form.is_bound,
    }
    return staff_render(request, "desk/detail.html", context, status)


def _do(
    request: HttpRequest, referral: Referral, act: Callable[[], object], done: str
) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=colleague(request)))
    return redirect("desk:detail", referral_id=referral.pk)


@require_POST
@desk_page
def accept(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """She is mine to call."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    return _do(
        request,
        referral,
        lambda: verbs.accept(referral, by=me, at=now),
        _("This referral is yours."),
    )


@require_POST
@desk_page
def hold(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Nothing can be done now; her place is kept."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    return _do(request, referral, lambda: verbs.hold(referral, by=me, at=now), _("On hold."))


@require_POST
@desk_page
def resume(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """It goes on."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    return _do(request, referral, lambda: verbs.resume(referral, by=me, at=now), _("Going on."))


@require_POST
@desk_page
def log(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """I tried to reach her."""
    referral = _one(request, referral_id)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _page(request, referral, log_form=form, close_form=CloseForm(), status=422)
    me, now, logged = colleague(request), timezone.now(), form.logged()
    with drafts.spent(place=LOG.place(referral.pk), key=logged.key, by=me, at=now):
        verbs.log_attempt(referral, logged, by=me, at=now)
    messages.success(request, _("Logged."))
    return redirect("desk:detail", referral_id=referral.pk)


@require_POST
@desk_page
def close(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """We are done, and this is how it ended."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, referral, log_form=AttemptForm(), close_form=form, status=422)
    outcome = Outcome(form.cleaned_data["outcome"])
    return _do(
        request,
        referral,
        lambda: verbs.close(referral, outcome=outcome, by=me, at=now),
        _("Closed."),
    )


@require_POST
@desk_page
def take_over(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """She is mine to call from now on, not my colleague's."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    return _do(
        request,
        referral,
        lambda: handing.take_over(referral, by=me, at=now),
        _("This referral is yours."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def hand_over(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Somebody else looks after her from now on."""
    referral, me, now = _one(request, referral_id), colleague(request), timezone.now()
    others = [one for one in routing.takers(referral, at=now) if one != referral.coordinator]
    form = HandOverForm(request.POST or None, colleagues=others)
    to = form.chosen() if form.is_valid() else None
    if to is None:
        return _hand_over_page(request, referral, form)
    done = _("Handed over to %(name)s.") % {"name": to.full_name}
    answer = _do(request, referral, lambda: handing.hand_over(referral, to=to, by=me, at=now), done)
    # She may not see it any more.
    is_hers = Referral.objects.visible_to(me).filter(pk=referral.pk).exists()
    return answer if is_hers else redirect("desk:list")


def _hand_over_page(request: HttpRequest, referral: Referral, form: HandOverForm) -> HttpResponse:
    context = {
        "form": form,
        "reference": reference_of(referral.case_id),
        "back_url": reverse("desk:detail", args=[referral.pk]),
    }
    return staff_render(request, "staff/give.html", context, 422 if form.is_bound else 200)
