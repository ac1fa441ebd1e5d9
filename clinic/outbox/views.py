"""The calls I owe: whom, why, by when, what may be said; letters, links and the end of texts."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.recording import Actor, record_reads
from clinic.design.said_dates import said
from clinic.design.tables import Column
from clinic.lifecycle import NotMoved
from clinic.outbox import calls, letters, links_again
from clinic.outbox.models import CallTask
from clinic.outbox.reading import call_for, call_rows, calls_of, person_for, reference_for
from clinic.outbox.texting.stopping import people_with, stop_texts
from clinic.people import references, roles
from clinic.people.conflicts import in_words
from clinic.people.staff_views import colleague, staff_page, staff_render

callers_page = staff_page(*roles.CALLERS)


@require_http_methods(["GET", "HEAD"])
@callers_page
def call_list(request: HttpRequest) -> HttpResponse:
    """My calls, soonest due first."""
    me, now = colleague(request), timezone.now()
    tasks = calls_of(me)
    record_reads(tasks, by=Actor.staff(me), at=now, place="calls")
    context = {
        "rows": call_rows(tasks, reader=me, at=now),
        "columns": [Column(one) for one in (_("By"), _("Whom"), _("Why"), _("How"), _("Done"))],
        "now": now,
    }
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
    task = call_for(me, task_id)
    if task is None:
        return _not_owed(request)
    record_reads([task], by=Actor.staff(me), at=now, place="letter")
    written = letters.write(task, at=now)
    return staff_render(request, "calls/letter.html", {"task": task, "letter": written})


@require_POST
@callers_page
def stop(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """She said that she wants no more texts."""
    me = colleague(request)
    if (person := person_for(me, person_id)) is None:
        return _not_owed(request)
    if stop_texts([person, *people_with(person.phone)], by=Actor.staff(me), at=timezone.now()):
        messages.success(request, _("No more texts are sent to this number."))
    else:
        messages.info(request, _("No texts were sent to this number."))
    return _back(request)


@require_POST
@callers_page
def send_link(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Mail her private link to her again."""
    me = colleague(request)
    if (person := person_for(me, person_id)) is None:
        return _not_owed(request)
    try:
        sent_at = links_again.send_again(person, by=Actor.staff(me), at=timezone.now())
    except links_again.NothingToSend:
        messages.warning(request, _("Nothing was sent: there is no e-mail, or no open request."))
        return _back(request)
    if sent_at is None:
        messages.success(request, _("Her link is on its way."))
    else:
        when = said(timezone.localtime(sent_at), "P")
        text = _("Her link was sent at %(when)s. It can be sent once an hour.")
        messages.info(request, text % {"when": when})
    return _back(request)


@require_POST
@callers_page
def renew(request: HttpRequest, about_id: uuid.UUID) -> HttpResponse:
    """She fears that somebody else has her link: it ends, and so does her reference."""
    me = colleague(request)
    if (reference := reference_for(me, about_id)) is None:
        return _not_owed(request)
    seen = request.POST.get("seen", "")
    references.renew(reference, seen=seen, by=Actor.staff(me), at=timezone.now())
    # Not the code itself: a notice travels in a cookie.
    messages.success(
        request,
        _("Her old link and reference open nothing any more. Her new reference stands here."),
    )
    return _back(request)


def _not_owed(request: HttpRequest) -> HttpResponse:
    """Another's, or over: the same words, so that neither tells the other."""
    return staff_render(request, "calls/not_owed.html", {}, status=404)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the button stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return redirect(page if is_ours else "calls:list")
