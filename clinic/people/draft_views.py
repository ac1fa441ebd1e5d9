"""Keeping and throwing away what a colleague has half typed; with and without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.design.said_dates import said
from clinic.people import drafts
from clinic.people.staff_views import colleague, staff_page, staff_render


def _place(request: HttpRequest) -> str:
    try:
        form, about_id = drafts.find(request.POST.get(drafts.PLACE, ""))
    except drafts.UnknownPlace as error:
        raise BadRequest from error
    return form.place(about_id)


@require_POST
@staff_page()
def keep(request: HttpRequest) -> HttpResponse:
    """Save the form as it stands: by its button, or by the script while she types."""
    place, now = _place(request), timezone.now()
    try:
        kept = drafts.keep(request.POST, place=place, by=colleague(request), at=now)
    except drafts.TooLong:
        return staff_render(request, "staff/draft_too_long.html", {}, status=413)
    words = _("Kept at %(time)s") % {"time": said(timezone.localtime(now), "P")}
    if "keep" not in request.POST:
        return JsonResponse({"words": words if kept else ""})
    messages.success(request, words if kept else _("This was sent before. Nothing was kept."))
    return _back(place)


@require_POST
@staff_page()
def throw_away(request: HttpRequest) -> HttpResponse:
    """She does not need it any more."""
    place = _place(request)
    if not drafts.throw_away(place=place, by=colleague(request)):
        raise Http404
    messages.success(request, _("Thrown away."))
    return _back(place)


def _back(place: str) -> HttpResponse:
    form, about_id = drafts.find(place)
    return redirect(form.address(about_id))
