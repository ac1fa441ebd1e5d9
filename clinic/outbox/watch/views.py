"""The queue: how it stands, and what needs a person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.lifecycle import NotMoved
from clinic.outbox.handlers import in_words as kind_in_words
from clinic.outbox.models import Effect
from clinic.outbox.watch import ages, quarantine, state
from clinic.outbox.watch import reading as queue_reading
from clinic.outbox.watch.alerts import KEEPERS
from clinic.outbox.watch.forms import ResolveForm
from clinic.people.conflicts import in_words
from clinic.people.staff_views import colleague, staff_page, staff_render

keepers_page = staff_page(*KEEPERS)


@require_http_methods(["GET", "HEAD"])
@keepers_page
def queue(request: HttpRequest) -> HttpResponse:
    """Who is alive, what waits, what was given up."""
    return _page(request, sent={})


def _page(
    request: HttpRequest, *, sent: Mapping[uuid.UUID, ResolveForm], status: int = 200
) -> HttpResponse:
    found = state.look(at=timezone.now())
    rows = queue_reading.given_up(colleague(request), sent=sent)
    context = {
        "state": found,
        "oldest": ages.in_words(found.oldest),
        "signs": queue_reading.signs(found),
        "rows": rows,
        "has_errors": any(row.form.is_bound for row in rows),
    }
    return staff_render(request, "queue/list.html", context, status)


@require_POST
@keepers_page
def retry(request: HttpRequest, effect_id: uuid.UUID) -> HttpResponse:
    """Let the machine try again."""
    effect = get_object_or_404(Effect, pk=effect_id)
    try:
        quarantine.retry(effect, by=colleague(request), at=timezone.now())
        messages.success(
            request, _("It is tried again now: %(kind)s.") % {"kind": kind_in_words(effect.kind)}
        )
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=colleague(request)))
    return redirect("queue:list")


@require_POST
@keepers_page
def resolve(request: HttpRequest, effect_id: uuid.UUID) -> HttpResponse:
    """I have settled it."""
    effect = get_object_or_404(Effect, pk=effect_id)
    form = ResolveForm(request.POST, prefix=str(effect.pk))
    if not form.is_valid():
        return _page(request, sent={effect.pk: form}, status=422)
    by, at = colleague(request), timezone.now()
    try:
        quarantine.resolve(effect, resolution=form.resolved(), by=by, at=at)
        messages.success(request, _("Settled: %(kind)s.") % {"kind": kind_in_words(effect.kind)})
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=by))
    return redirect("queue:list")
