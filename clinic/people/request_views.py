"""Her request: opening it, reading it, correcting contact details, changing her mind.

Opening it leaves a sealed cookie of half an hour; a link opens nothing by GET, because mail
scanners follow links.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.recording import Actor, record
from clinic.doors import Door, Opens, declare, public
from clinic.journey import SealedCookie, forget_answers
from clinic.people.forms import ChannelsForm, OpenRequestForm
from clinic.people.intake import CONTACT_FIELDS, correct_contact
from clinic.people.models import PrivateLink, Reference
from clinic.people.next_steps import next_steps
from clinic.people.reading_times import when_read
from clinic.people.references import (
    LinkNotValid,
    address_of,
    end_link,
    find,
    link_for,
    normalise_code,
    open_link,
    renew,
)
from clinic.people.references import (
    opened as opened_request,
)
from clinic.people.requests import RequestKind, kind_for
from clinic.people.throttle import allow, client_address, forgive
from clinic.people.urgency.alarms import wrote_urgently
from clinic.people.urgency.ending import still_owes_urgent_call

COOKIE: Final = SealedCookie("request", max_age=30 * 60)
TRIES_BY_ADDRESS: Final = 20
TRIES_BY_REFERENCE: Final = 10
WINDOW: Final = timedelta(minutes=15)
NOT_FOUND: Final = _(
    "We cannot find a request with this reference and date of birth. Check both, or call us."
)
TOO_MANY: Final = _("There were many tries from here. Wait 15 minutes, or call us now.")

Opened = Callable[..., HttpResponse]


def admit(reference: Reference, *, link: PrivateLink | None = None) -> HttpResponse:
    """Let her in: a short-lived cookie, and on to her page.

    The cookie holds what let her in: when that ends, so does what it opened.
    """
    response = redirect("requests:detail")
    data = {"reference": str(reference.pk), "code": reference.code}
    COOKIE.write(response, data | ({"link": str(link.pk)} if link else {}))
    return response


def _private(request: HttpRequest) -> None:
    request.private = True  # type: ignore[attr-defined]  # Read by ResponseHeaders.


def opened(view: Opened) -> Opened:
    """Only with a request open; else to the page that opens one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _private(request)
        reference = _opened_reference(request)
        kind = kind_for(reference) if reference else None
        if reference is None or kind is None:
            return redirect("requests:open")
        return view(request, *args, reference=reference, kind=kind, **kwargs)

    return declare(guarded, Door(Opens.HER))


def _opened_reference(request: HttpRequest) -> Reference | None:
    data = COOKIE.read(request)
    if not data.keys() >= {"reference", "code"}:
        return None
    reference_id, code = uuid.UUID(data["reference"]), data["code"]
    return opened_request(reference_id, code=code, link_id=_link_id(request))


def _link_id(request: HttpRequest) -> uuid.UUID | None:
    """The link that let her in; None if it was her reference, or the form she sent."""
    link = COOKIE.read(request).get("link")
    return uuid.UUID(link) if link else None


def _may_try(request: HttpRequest, code: str) -> bool:
    now = timezone.now()
    address = client_address(request)
    # Both are counted, whatever the first says.
    by_address = allow("open.address", address, limit=TRIES_BY_ADDRESS, window=WINDOW, at=now)
    # One code has many spellings; all of them are tries at the same request.
    spelled = normalise_code(code)
    by_code = allow("open.code", spelled, limit=TRIES_BY_REFERENCE, window=WINDOW, at=now)
    return by_address and by_code


@require_http_methods(["GET", "HEAD", "POST"])
@public
def open_by_reference(request: HttpRequest) -> HttpResponse:
    """Open a request with its reference and the birth date."""
    _private(request)
    form = OpenRequestForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        code, birth_date = form.cleaned_data["reference"], form.cleaned_data["birth_date"]
        allowed = _may_try(request, code)
        reference = find(code, birth_date) if allowed else None
        if reference is not None:
            forgive("open.address", client_address(request))
            forgive("open.code", reference.code)
            return admit(reference)
        form.add_error(None if not allowed else "reference", NOT_FOUND if allowed else TOO_MANY)
        status = 200 if allowed else 429
    return render(request, "requests/open.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@public
def open_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A private link: GET shows a button, POST opens."""
    _private(request)
    try:
        link = open_link(token, at=timezone.now())
    except LinkNotValid:
        return render(request, "requests/link_ended.html", status=410)
    if request.method == "POST":
        return admit(link.reference, link=link)
    return render(request, "requests/link.html")


@require_http_methods(["GET", "HEAD"])
@opened
def detail(request: HttpRequest, *, reference: Reference, kind: RequestKind) -> HttpResponse:
    """How her request stands; this page prints."""
    now = timezone.now()
    standing = kind.standing(reference.about_id, now)
    by = Actor.person(reference.person)
    # Together: this page follows every request that is sent, and each commit makes others wait.
    with transaction.atomic():
        record("read", about=reference, by=by, at=now, place="her request")
        link = link_for(reference, at=now)
    context = {
        "reference": reference,
        "standing": standing,
        "steps": next_steps(standing),
        # Nothing she typed is out of her sight.
        "people": standing.people,
        "link": address_of(link),
        "just_sent": "sent" in request.GET,
        "wrote_urgently": wrote_urgently(reference.about_kind, reference.about_id, at=now),
        "may_still_call": not standing.is_open and _may_still_call(reference),
    }
    return render(request, "requests/detail.html", context)


def _may_still_call(reference: Reference) -> bool:
    """Whether somebody calls about what she wrote, whatever becomes of her request."""
    return still_owes_urgent_call(reference.about_kind, reference.about_id)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def contact(request: HttpRequest, *, reference: Reference, kind: RequestKind) -> HttpResponse:
    """Correct how she is reached."""
    now = timezone.now()
    standing = kind.standing(reference.about_id, now)
    if not standing.is_open:
        return redirect("requests:detail")
    person = standing.contact
    initial = {name: getattr(person, name) for name in CONTACT_FIELDS}
    actor = Actor.person(reference.person)
    form = ChannelsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        correct_contact(person, form.cleaned_data, by=actor, at=now, reference=reference)
        # Let in anew: the link she came by may have ended with the old address.
        return admit(reference)
    record("read", about=person, by=actor, at=now, place="her contact details")
    form.say_when_read(when_read(at=now))
    return render(request, "requests/contact.html", {"form": form, "person": person})


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def change_mind(request: HttpRequest, *, reference: Reference, kind: RequestKind) -> HttpResponse:
    """She no longer wants it: nobody asks why; only a call about urgent words stays owed."""
    if request.method == "POST":
        kind.change_mind(reference.about_id, Actor.person(reference.person), timezone.now())
        # Let in anew: the link she came by has ended, too.
        return admit(reference)
    context = {"may_still_call": _may_still_call(reference)}
    return render(request, "requests/change_mind.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def new_link(request: HttpRequest, *, reference: Reference, kind: RequestKind) -> HttpResponse:
    """Somebody else may have her link: it ends, and so does her reference; she gets new ones."""
    if request.method == "POST":
        by, seen = Actor.person(reference.person), request.POST.get("seen", "")
        renew(reference, seen=seen, by=by, at=timezone.now())
        return admit(reference)
    return render(request, "requests/new_link.html", {"reference": reference})


@require_POST
@public
def close(request: HttpRequest) -> HttpResponse:
    """Leave nothing on a shared phone, and in its history nothing that opens her request."""
    _private(request)
    page = reverse("requests:closed")
    response = redirect(f"{page}?link" if _end_link(request) else page)
    COOKIE.clear(response)
    forget_answers(response)
    # Not "storage": the browser would also drop the demo's and the staff's own pages.
    response["Clear-Site-Data"] = '"cache", "cookies"'
    return response


def _end_link(request: HttpRequest) -> bool:
    """Whether a link had opened her page, which has ended now."""
    reference, link_id = _opened_reference(request), _link_id(request)
    if reference is None or link_id is None:
        return False
    return end_link(link_id, reference=reference, at=timezone.now())


@require_http_methods(["GET", "HEAD"])
@public
def closed(request: HttpRequest) -> HttpResponse:
    """Her request is closed on this device; and the link that opened it, if one did."""
    _private(request)
    return render(request, "requests/closed.html", {"link_ended": "link" in request.GET})
