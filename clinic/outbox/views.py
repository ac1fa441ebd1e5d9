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
from clinic.outbox.registration import CALLERS
from clinic.people.conflicts import in_words
from clinic.people.models import Helper, Reference
from clinic.people.requests import staff_url
from clinic.people.staff_views import colleague, staff_page, staff_render

callers_page = staff_page(*CALLERS)


@require_http_methods(["GET", "HEAD"])
@callers_page
def call_list(request: HttpRequest) -> HttpResponse:
    """My calls, soonest due first."""
    me, now = colleague(request), timezone.now()
    tasks = list(CallTask.objects.visible_to(me).open().select_related("person")[:100])
    record_reads(tasks, by=Actor.staff(me), at=now, place="calls")
    codes = {
        reference.about_id: reference
        for reference in Reference.objects.filter(about_id__in=[one.about_id for one in tasks])
    }
    helpers = {
        helper.person_id: helper
        for helper in Helper.objects.filter(person__in=[one.person_id for one in tasks])
    }
    rows = [
        {
            "task": task,
            "reference": codes.get(task.about_id),
            "url": staff_url(task.about_kind, task.about_id),
            "helper": helpers.get(task.person_id),
        }
        for task in tasks
    ]
    return staff_render(request, "calls/list.html", {"rows": rows, "now": now})


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
