"""A colleague's password: chosen through a link, forgotten, changed. Refuses to send mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.doors import public
from clinic.people.colleagues import invitations
from clinic.people.colleagues.forms import ChangeForm, ChooseForm, ForgotForm
from clinic.people.models import User
from clinic.people.sign_in import TOO_MANY
from clinic.people.staff_views import colleague, staff_page, staff_render
from clinic.people.throttle import allow, client_address

CHOOSE: Final = "choose"
"""Stands in the address where the token was, once the session has it."""
SESSION_KEY: Final = "welcome-token"
GUESSES: Final = 10
GUESS_WINDOW: Final = timedelta(minutes=15)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def welcome(request: HttpRequest, account: str, token: str) -> HttpResponse:
    """Choose a password through a link from a mail; the token leaves the address at once."""
    if token != CHOOSE:
        if invitations.account_of(account, token) is None:
            return _ended(request)
        request.session[SESSION_KEY] = token
        return redirect("staff:welcome", account=account, token=CHOOSE)
    user = invitations.account_of(account, request.session.get(SESSION_KEY, ""))
    if user is None:
        return _ended(request)
    form = ChooseForm(user, request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"form": form, "name": user.full_name, "email": user.email}
        return render(request, "staff/welcome.html", context, status=status)
    return _chosen(request, user, form.cleaned_data["new_password1"])


def _chosen(request: HttpRequest, user: User, password: str) -> HttpResponse:
    if not invitations.choose_password(user, password, at=timezone.now()):
        return _ended(request)
    del request.session[SESSION_KEY]
    messages.success(request, _("Your password is set. Sign in with it."))
    return redirect("staff:sign_in")


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/welcome_ended.html", status=410)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whether there is such an account or not."""
    form = ForgotForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "staff/forgot.html", {"form": form}, status=status)
    invitations.ask_reset(
        form.cleaned_data["email"],
        key=form.cleaned_data["key"],
        address=client_address(request),
        at=timezone.now(),
    )
    return redirect("staff:forgot_sent")


@require_http_methods(["GET", "HEAD"])
@public
def forgot_sent(request: HttpRequest) -> HttpResponse:
    """What happens now, if there is such an account."""
    return render(request, "staff/forgot_sent.html")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff_page()
def password(request: HttpRequest) -> HttpResponse:
    """Change my password; every other browser in which I am signed in is signed out."""
    me, now = colleague(request), timezone.now()
    form = ChangeForm(me, request.POST or None)
    # Whoever found an open browser must not guess the password in it.
    if form.is_bound and not _may_guess(me):
        form.add_error("old_password", TOO_MANY)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return staff_render(request, "staff/password.html", {"form": form}, status)
    if invitations.choose_password(me, form.cleaned_data["new_password1"], at=now):
        update_session_auth_hash(request, me)
        messages.success(request, _("Your password is changed. You stay signed in here."))
    return redirect("staff:index")


def _may_guess(user: User) -> bool:
    key, at = str(user.pk), timezone.now()
    return allow("password", key, limit=GUESSES, window=GUESS_WINDOW, at=at)
