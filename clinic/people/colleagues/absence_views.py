"""When I am away, and for the lead and administrators when others are."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.design.said_dates import said
from clinic.people.colleagues import absences
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.colleagues.forms import AwayForm
from clinic.people.colleagues.hand_over import has_work, holdings
from clinic.people.models import Absence, User
from clinic.people.staff_views import colleague, staff_page, staff_render


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def away(request: HttpRequest) -> HttpResponse:
    """Times away, and a new one; then the offer to hand over what is open."""
    form = _form(request)
    if not form.is_valid() or not _add(request, form):
        return _page(request, form)
    user = form.user
    messages.success(request, _("Noted. Nothing new goes to %(name)s then.") % {"name": user})
    if has_work(user):
        return redirect("staff:hand_over_one", user_id=user.pk)
    return redirect("staff:away")


def _form(request: HttpRequest) -> AwayForm:
    me = colleague(request)
    others = User.objects.get_queryset().filter(is_active=True).exclude(pk=me.pk)
    colleagues = [me, *others] if me.has_role(*absences.FOR_OTHERS) else [me]
    today = timezone.localdate()
    return AwayForm(request.POST or None, colleagues=colleagues, today=today)


def _add(request: HttpRequest, form: AwayForm) -> bool:
    try:
        absences.add(form.user, form.days, by=colleague(request), at=timezone.now())
    except absences.AlreadyAway as there:
        days = {"first": _day(there.absence.starts_at), "last": _day(there.absence.last_moment)}
        text = _("There is an absence from %(first)s to %(last)s. End it first, or choose others.")
        form.add_error("first", text % days)
    except HasLeft:
        form.add_error("first", _("This account has ended."))
    return form.is_valid()


def _day(at: datetime) -> str:
    return said(timezone.localtime(at), "DATE_FORMAT")


def _page(request: HttpRequest, form: AwayForm) -> HttpResponse:
    me, now = colleague(request), timezone.now()
    context = {
        "form": form,
        "rows": absences.current(me, at=now),
        "holdings": holdings(me),
        "now": now,
    }
    return staff_render(request, "staff/away.html", context, 422 if form.is_bound else 200)


@require_POST
@staff_page()
def end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """She is here again."""
    me, now = colleague(request), timezone.now()
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=absence_id)
    if not absences.may_speak_for(absence.user, reader=me):
        raise Http404
    absences.end(absence, by=me, at=now)
    messages.success(request, _("The absence has ended."))
    return redirect("staff:away")
