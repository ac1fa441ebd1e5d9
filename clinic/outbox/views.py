"""The calls I owe: whom, why, by when, what may be said."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.recording import Actor, record_reads
from clinic.lifecycle import NotMoved
from clinic.outbox import calls
from clinic.outbox.models import CallTask
from clinic.outbox.reading import call_rows, calls_of
from clinic.outbox.registration import CALLERS
from clinic.people.conflicts import in_words
from clinic.people.staff_views import colleague, staff_page, staff_render

callers_page = staff_page(*CALLERS)


@require_http_methods(["GET", "HEAD"])
@callers_page
def call_list(request: HttpRequest) -> HttpResponse:
    """My calls, soonest due first."""
    me, now = colleague(request), timezone.now()
    tasks = calls_of(me)
    record_reads(tasks, by=Actor.staff(me), at=now, place="calls")
    return staff_render(request, "calls/list.html", {"rows": call_rows(tasks), "now": now})


@require_POST
@callers_page
def done(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """I have called, or written."""
    me, now = colleague(request), timezone.now()
    task = get_object_or_404(CallTask.objects.visible_to(me), pk=task_id)
    try:
        calls.make(task, by=me, at=now)
        messages.success(request, _("Done."))
    except NotMoved as refusal:
        messages.warning(request, in_words(refusal, reader=me))
    return redirect("calls:list")
