"""What a colleague sent after her session had ended: carried through the sign-in, sealed.

Holds the way from a form that came too late to a page on which she sends it once more. It goes only
to the colleague who had signed in at that browser: what one has typed, another must not send in her
own name. Refuses passwords.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from clinic.audit.recording import VISITOR, Actor, record
from clinic.design.kept import posted_fields
from clinic.journey import SealedCookie
from clinic.people.models import User
from clinic.people.sign_in import TRIES, WINDOW, SignInForm
from clinic.people.throttle import allow

WHO: Final = SealedCookie("colleague", max_age=7 * 24 * 60 * 60)
"""Who signed in here last; it outlives the session and opens nothing."""
TYPED: Final = SealedCookie("typed", max_age=12 * 60 * 60)
"""Sealed like a cookie, and carried in the hidden field of this name."""
LONGEST: Final = 256 * 1024
REFUSED: Final = "sign-in.refused"


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in: the way to the sign-in, with what was typed if it was hers."""
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    sealed = _sealed(request)
    if not sealed:
        return redirect_to_login(_page_before(request))
    context = {
        "form": SignInForm(request),
        "typed": sealed,
        "next": _page_before(request),
        "sign_in_url": reverse("staff:sign_in"),
    }
    return render(request, "staff/sign_in.html", context, status=403)


def _page_before(request: HttpRequest) -> str:
    """Where the form stood: many addresses only take what is sent, and show nothing."""
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()})
    return urlsplit(before).path if is_ours else reverse("staff:index")


def _sealed(request: HttpRequest) -> str:
    who, fields = WHO.read(request).get("user"), posted_fields(request)
    if not who or not fields:
        return ""
    sealed = TYPED.seal({"user": who, "to": request.get_full_path(), "fields": fields})
    return sealed if len(sealed) <= LONGEST else ""


class SignIn(LoginView):
    """The staff door; what was typed before the session ended waits behind it."""

    template_name = "staff/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Carries what was typed past a wrong password."""
        typed = self.request.POST.get(TYPED.name, "")
        context = {"typed": typed, "sign_in_url": reverse("staff:sign_in")}
        return super().get_context_data(**context, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """In; and once more to what she had sent."""
        response: HttpResponse = super().form_valid(form)
        user = form.get_user()
        record("sign_in", about=user, by=Actor.staff(user), at=timezone.now())
        if typed := TYPED.unseal(self.request.POST.get(TYPED.name, "")):
            response = self._once_more(typed, user) or response
        WHO.write(response, {"user": str(user.pk)})
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Not in; whose account somebody tried is written down, where there is such an account."""
        email, now = str(form.data.get("username", "")).strip().lower(), timezone.now()
        with transaction.atomic():
            # One commit, with an account or without: the time until the answer must not tell which.
            # The limit is that of the door: past it nothing is tried, and nothing is worth a row.
            may_record = allow(REFUSED, email, limit=TRIES["account"], window=WINDOW, at=now)
            tried = User.objects.get_queryset().filter(email=email).first()
            if tried and may_record:
                record("sign_in_refused", about=tried, by=VISITOR, at=now)
        return super().form_invalid(form)

    def _once_more(self, typed: dict[str, Any], user: User) -> HttpResponse | None:
        if typed["user"] != str(user.pk):
            words = _("What a colleague had typed here was not sent, and is not shown to you.")
            messages.warning(self.request, words)
            return None
        context = {"kept": typed["fields"], "send_to": typed["to"]}
        return render(self.request, "staff/send_once_more.html", context)


class SignOut(LogoutView):
    """The way out, written down like the way in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Out."""
        if isinstance(user := request.user, User):
            record("sign_out", about=user, by=Actor.staff(user), at=timezone.now())
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response
