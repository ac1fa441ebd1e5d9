"""New from a phone call, a clinic or a fax: the choice, the form, and what to read out after it."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.design.problems import problems
from clinic.people import drafts, requests, roles
from clinic.people.models import User
from clinic.people.models.person import SPOKEN_LANGUAGES
from clinic.people.phone import intake as phone_intake
from clinic.people.phone.forms import PhoneForm
from clinic.people.phone.intake import IntakeKind
from clinic.people.staff_views import View, colleague, staff_page, staff_render
from clinic.people.urgency.alarms import wrote_urgently
from clinic.signing.kinds import SOURCE_LANGUAGE

SHOW_WORDS: Final = "words"
"""The button that asks for the consents in her language and sends nothing."""
phone_page = staff_page(*phone_intake.ROLES)


@require_http_methods(["GET", "HEAD"])
@phone_page
def new(request: HttpRequest) -> HttpResponse:
    """What is it about? And what I have begun and not sent."""
    me = colleague(request)
    kinds = [(kind.label, kind.address(uuid.uuid4())) for kind in phone_intake.known(me)]
    begun = [(*drafts.find(one.place), one) for one in drafts.of(phone_intake.PREFIX, by=me)]
    context = {
        "kinds": kinds,
        "begun": [
            {"label": form.label, "address": form.address(key), "draft": one}
            for form, key, one in begun
        ],
    }
    return staff_render(request, "staff/new.html", context)


def intake_page(kind: IntakeKind) -> View:
    """The page of a kind's forms, for its roles; its room gives it an address with a `key`."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @staff_page(*kind.roles)
    def intake(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return _intake(request, kind, key)

    return intake


def _intake(request: HttpRequest, kind: IntakeKind, key: uuid.UUID) -> HttpResponse:
    """One form; sending it makes the request, any other way back keeps what was typed."""
    me, place = colleague(request), kind.draft_form.place(key)
    if request.method == "POST" and SHOW_WORDS not in request.POST:
        return _send(request, kind, key)
    if request.method == "POST":
        form = _form(kind, key, language=request.POST.get("language", ""))
        drafts.show_typed(form, request.POST)
        return _page(request, form, drafts.Kept(place))
    if drafts.is_spent(place=place, key=key, by=me):
        return redirect("staff:new")
    typed = drafts.typed_at(place, by=me)
    form = _form(kind, key, language=typed[0].get("language", "") if typed else "")
    return _page(request, form, drafts.show(form, place=place, by=me))


def _form(kind: IntakeKind, key: uuid.UUID, *, language: str, data: Any = None) -> PhoneForm:
    spoken = language if language in dict(SPOKEN_LANGUAGES) else get_language() or SOURCE_LANGUAGE
    return PhoneForm(data, kind=kind, key=key, language=spoken, at=timezone.now())


def _send(request: HttpRequest, kind: IntakeKind, key: uuid.UUID) -> HttpResponse:
    form = _form(kind, key, language=request.POST.get("language", ""), data=request.POST)
    place, me = kind.draft_form.place(key), colleague(request)
    if form.is_valid() and form.may_be_sent and not form.is_minor:
        return _taken_down(request, form)
    if form.is_minor:
        # Nothing about a child stays; a year typed wrong may be mended, and is kept again.
        drafts.throw_away(place=place, by=me)
        form.refuse_minor()
    form.show_live_words()
    return _page(request, form, drafts.Kept(place), status=422)


def _taken_down(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    me, mine = colleague(request), form.cleaned_data["mine"]
    reference = phone_intake.take_down(
        form.kind,
        form.taken_down(by=me),
        form.answers(),
        form_key=form.key,
        mine=mine,
        by=me,
        at=form.at,
    )
    if mine and not _is_hers(reference.about_kind, reference.about_id, me):
        messages.warning(request, _("It went to whoever looks after these requests."))
    return redirect("staff:new_saved", reference_id=reference.pk)


def _is_hers(about_kind: str, about_id: uuid.UUID, user: User) -> bool:
    kind = requests.find(about_kind)
    return kind is not None and kind.holder(about_id).owner == user


def _page(
    request: HttpRequest, form: PhoneForm, draft: drafts.Kept, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "kind": form.kind,
        "draft": draft,
        "problems": problems(form) if form.is_bound else [],
        "may_take": colleague(request).has_role(*form.kind.takers),
        "source_language": SOURCE_LANGUAGE,
        "tell": User.objects.with_role(roles.REVIEWER) if not form.may_be_sent else [],
    }
    return staff_render(request, "staff/new_form.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@phone_page
def saved(request: HttpRequest, reference_id: uuid.UUID) -> HttpResponse:
    """The reference to read out, who calls and by when; only for whoever took it down."""
    me, now = colleague(request), timezone.now()
    reference = phone_intake.receipt(reference_id, reader=me, at=now)
    kind = requests.kind_for(reference) if reference else None
    if reference is None or kind is None:
        raise Http404
    context = {
        "reference": reference,
        "standing": kind.standing(reference.about_id, now),
        "is_hers": _is_hers(reference.about_kind, reference.about_id, me),
        "address": phone_intake.address_for(reference, me),
        "wrote_urgently": wrote_urgently(reference.about_kind, reference.about_id, at=now),
    }
    return staff_render(request, "staff/new_saved.html", context)
