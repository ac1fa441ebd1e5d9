"""The calls I owe: whom, why, by when, what may be said; letters, links and the end of texts."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.recording import Actor, record_reads
from clinic.lifecycle import NotMoved
from clinic.outbox import calls, letters, links_again
from clinic.outbox.models import CallTask
from clinic.outbox.reading import call_rows, calls_of, person_for
from clinic.outbox.texting.stopping import people_with, stop_texts
from clinic.people import roles
from clinic.people.conflicts import in_words
from clinic.people.models import Person
from clinic.people.staff_views import colleague, staff_page, staff_render

callers_page = staff_page(*roles.CALLERS)


@require_http_methods(["GET", "HEAD"])
@callers_page
def call_list(request: HttpRequest) -> HttpResponse:
    """My calls, soonest due first."""
    me, now = colleague(request), timezone.now()
    tasks = calls_of(me)
    record_reads(tasks, by=Actor.staff(me), at=now, place="calls")
    context = {"rows": call_rows(tasks, reader=me, at=now), "now": now}
    return staff_render(request, "calls/list.html", context)


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


@require_http_methods(["GET", "HEAD"])
@callers_page
def letter(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """The letter that takes the place of the call, ready to print."""
    me, now = colleague(request), timezone.now()
    tasks = CallTask.objects.visible_to(me).select_related("person", "assigned_to")
    task = get_object_or_404(tasks, pk=task_id)
    record_reads([task], by=Actor.staff(me), at=now, place="letter")
    written = letters.write(task, at=now)
    return staff_render(request, "calls/letter.html", {"task": task, "letter": written})


@require_POST
@callers_page
def stop(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """She said that she wants no more texts."""
    me, person = colleague(request), _person(request, person_id)
    if stop_texts([person, *people_with(person.phone)], by=Actor.staff(me), at=timezone.now()):
        messages.success(request, _("No more texts are sent to this number."))
    else:
        messages.info(request, _("No texts were sent to this number."))
    return _back(request)


@require_POST
@callers_page
def send_link(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Mail her private link to her again."""
    me, person = colleague(request), _person(request, person_id)
    if links_again.send_again(person, by=Actor.staff(me), at=timezone.now()):
        messages.success(request, _("Her link is on its way."))
    else:
        messages.warning(request, _("Nothing was sent: there is no e-mail, or no open request."))
    return _back(request)


def _person(request: HttpRequest, person_id: uuid.UUID) -> Person:
    person = person_for(colleague(request), person_id)
    if person is None:
        raise Http404
    return person


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the button stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return redirect(page if is_ours else "calls:list")
