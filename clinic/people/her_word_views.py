"""What she says on the phone about her own request: another number, or that she changed her mind.

The same verbs as on her own page, in a colleague's name; also for who only owes her a call.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.audit.recording import Actor, record
from clinic.outbox.reading import person_for, references_for
from clinic.people import roles
from clinic.people.her_word_forms import CorrectForm
from clinic.people.intake import correct_contact
from clinic.people.models import Person, Reference
from clinic.people.requests import kind_for, staff_url
from clinic.people.staff_views import colleague, staff_page, staff_render
from clinic.people.urgency.ending import still_owes_urgent_call

callers_page = staff_page(*roles.CALLERS)


@require_http_methods(["GET", "HEAD", "POST"])
@callers_page
def correct(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """She is reached in another way from now on."""
    person, references = _found(request, person_id)
    form = CorrectForm(request.POST or None, person=person)
    by, now = Actor.staff(colleague(request)), timezone.now()
    if form.is_valid():
        newest = references[0] if references else None
        correct_contact(person, form.cleaned_data, by=by, at=now, reference=newest)
        messages.success(request, _("Saved: this is how she is reached from now on."))
        return redirect(_back_url(request, references))
    record("read", about=person, by=by, at=now, place="contact details")
    context = {"form": form, "person": person, "back_url": _back_url(request, references)}
    return staff_render(request, "staff/correct.html", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@callers_page
def change_mind(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """She no longer wants it: everything owed is void, and nobody asks why."""
    person, references = _found(request, person_id)
    by, now = Actor.staff(colleague(request)), timezone.now()
    if request.method == "POST":
        for reference in references:
            if kind := kind_for(reference):
                kind.change_mind(reference.about_id, by, now)
        messages.success(request, _("Written down: she has changed her mind."))
        return redirect(_back_url(request, references))
    record("read", about=person, by=by, at=now, place="change of mind")
    context = {
        "person": person,
        "references": references,
        "owes_urgent_call": any(
            still_owes_urgent_call(one.about_kind, one.about_id) for one in references
        ),
        "back_url": _back_url(request, references),
    }
    return staff_render(request, "staff/changed_mind.html", context)


def _found(request: HttpRequest, person_id: uuid.UUID) -> tuple[Person, list[Reference]]:
    """Somebody she may speak with, and the requests through which."""
    me = colleague(request)
    person = person_for(me, person_id)
    if person is None:
        raise Http404
    return person, references_for(me, person)


def _back_url(request: HttpRequest, references: list[Reference]) -> str:
    """The request, where she may see it; else the calls she owes."""
    me = colleague(request)
    urls = (staff_url(one.about_kind, one.about_id, reader=me) for one in references)
    return next(filter(None, urls), reverse("calls:list"))
