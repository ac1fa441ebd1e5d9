"""The box in which colleagues find who is on the phone, and the message they pass on for her."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.journey import SealedCookie
from clinic.people import roles
from clinic.people.find.forms import FindForm
from clinic.people.find.limits import TooManyAnswers, TooManySearches
from clinic.people.find.search import Findings, NobodyToTell, pass_message, search
from clinic.people.models import User
from clinic.people.staff_views import colleague, staff_page, staff_render

finders_page = staff_page(*roles.CALLERS)
PASS: Final = SealedCookie("directory", max_age=15 * 60)
"""Seals whom a message is for into the page of one colleague: nobody else's page opens it."""
TOO_MUCH: Final = {
    TooManySearches: _("You have searched very often. Wait 15 minutes, or ask a colleague."),
    TooManyAnswers: _(
        "You have looked up many callers of colleagues. For an hour you find only your own: "
        "type part of a name, or the last four digits."
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@finders_page
def find(request: HttpRequest) -> HttpResponse:
    """The box; what was typed is only ever sent by POST, and stays in it."""
    asked = request.method == "POST"
    form = FindForm(request.POST if asked else None)
    if not (asked and form.is_valid()):
        status = 422 if asked else 200
        return staff_render(request, "staff/find.html", {"form": form}, status)
    me, now = colleague(request), timezone.now()
    try:
        found = search(form.asked, by=me, at=now)
    except TooManySearches as stopped:
        form.add_error(None, TOO_MUCH[type(stopped)])
        return staff_render(request, "staff/find.html", {"form": form}, 429)
    context = {"form": form, "found": found, "now": now, "elsewhere": _passable(found, me)}
    return staff_render(request, "staff/find.html", context)


def _passable(found: Findings, me: User) -> list[dict[str, Any]]:
    """The directory's rows, each with what its button sends."""
    return [
        {
            "row": row,
            "token": PASS.seal({"reference": str(row.reference_id), "user": str(me.pk)}),
        }
        for row in found.elsewhere
    ]


@require_POST
@finders_page
def message(request: HttpRequest) -> HttpResponse:
    """She called and asked for a colleague: he is told to call her back."""
    me, sent = colleague(request), PASS.unseal(request.POST.get("for", ""))
    if sent.get("user") != str(me.pk):
        messages.warning(request, gettext("This page has grown old. Find the person again."))
        return redirect("staff:find")
    try:
        told = pass_message(uuid.UUID(sent["reference"]), by=me, at=timezone.now())
        messages.success(request, gettext("%(who)s will call her back.") % {"who": told.full_name})
    except NobodyToTell:
        messages.warning(
            request, gettext("Nobody looks after this any more. Find the person again.")
        )
    return redirect("staff:find")
