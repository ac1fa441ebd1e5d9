"""Giving all that a colleague holds to others, and the end of her account. Counts, never names."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinic.people import roles
from clinic.people.colleagues import hand_over, leaving
from clinic.people.colleagues.absences import FOR_OTHERS, may_speak_for
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.colleagues.forms import ColleagueForm, HandOverForm
from clinic.people.colleagues.leaving import LastOne
from clinic.people.conflicts import in_words
from clinic.people.models import User
from clinic.people.requests import NobodyElse
from clinic.people.staff_views import colleague, staff_page, staff_render


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(*FOR_OTHERS)
def choose(request: HttpRequest) -> HttpResponse:
    """Whose requests to give to others."""
    form = ColleagueForm(request.POST or None, colleagues=User.objects.get_queryset())
    if form.is_valid():
        return redirect("staff:hand_over_one", user_id=form.cleaned_data["colleague"])
    status = 422 if form.is_bound else 200
    return staff_render(request, "staff/hand_over_choose.html", {"form": form}, status)


def _user(request: HttpRequest, user_id: uuid.UUID) -> User:
    user = User.objects.get_queryset().filter(pk=user_id).first()
    if user is None or not may_speak_for(user, reader=colleague(request)):
        raise Http404
    return user


def _form(request: HttpRequest, user: User) -> HandOverForm:
    takers = hand_over.takers(user, at=timezone.now())
    router = _("Whoever has the most room, as with a new request")
    return HandOverForm(request.POST or None, colleagues=takers, router=router)


def _page(request: HttpRequest, template: str, user: User, form: HandOverForm) -> HttpResponse:
    context = {
        "form": form,
        "person": user,
        "is_me": user == colleague(request),
        "holdings": hand_over.holdings(user),
    }
    return staff_render(request, template, context, 422 if form.is_bound else 200)


def _nobody_else(form: HandOverForm) -> None:
    text = _("Nobody else could take all of this. Give another colleague the role first.")
    form.add_error("to", text)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page()
def one(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """How much she holds, and to whom it goes."""
    user, me = _user(request, user_id), colleague(request)
    form = _form(request, user)
    if form.is_valid():
        try:
            given = hand_over.hand_over(user, to=form.chosen(), by=me, at=timezone.now())
        except NobodyElse:
            _nobody_else(form)
        except HasLeft as refusal:
            form.add_error("to", in_words(refusal, reader=me))
        else:
            messages.success(request, _given(given))
            return redirect("staff:index")
    return _page(request, "staff/hand_over.html", user, form)


def _given(count: int) -> str:
    if not count:
        return _("There was nothing left to hand over.")
    return ngettext("%(count)s handed over.", "%(count)s handed over.", count) % {"count": count}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles.ADMINISTRATOR)
def leave(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """She leaves: her account ends, and what she holds goes to others."""
    user, me = _user(request, user_id), colleague(request)
    form = _form(request, user)
    if user == me:
        return _page(request, "staff/leaving_myself.html", user, form)
    if form.is_valid():
        try:
            given = leaving.leave(user, to=form.chosen(), by=me, at=timezone.now())
        except NobodyElse:
            _nobody_else(form)
        except LastOne as last:
            form.add_error("to", _last_one(str(last)))
        except HasLeft as refusal:
            form.add_error("to", in_words(refusal, reader=me))
        else:
            messages.success(request, _("The account has ended.") + " " + _given(given))
            return redirect("staff:index")
    return _page(request, "staff/leaving.html", user, form)


def _last_one(role: str) -> str:
    label = roles.Role(role).label
    text = _("Nobody else is “%(role)s”. Give another colleague this role first.")
    return text % {"role": label}
