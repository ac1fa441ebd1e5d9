"""She has lost her link: she types an e-mail or a number, and hears from us where we know her.

The answer is the same for everybody: whether somebody is known here is itself about her health.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clinic.design import phone
from clinic.design.forms import HouseForm, PlainText
from clinic.doors import public
from clinic.outbox import links_again
from clinic.people.request_views import TOO_MANY
from clinic.people.throttle import allow, client_address

TRIES: Final = 10
WINDOW: Final = timedelta(minutes=15)
NEITHER: Final = _("Enter an e-mail address, such as name@example.com, or a phone number.")


class AgainForm(HouseForm):
    """One line that is either an e-mail address or a phone number."""

    reach = PlainText(
        label=_("E-mail or phone number"),
        max_length=254,
        error_messages={"required": NEITHER},
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )

    @property
    def is_email(self) -> bool:
        """Whether what was typed is meant as an e-mail address."""
        return "@" in self.cleaned_data["reach"]

    def clean_reach(self) -> str:
        """Either of the two, as it can be looked up."""
        typed: str = self.cleaned_data["reach"]
        try:
            if "@" not in typed:
                return phone.parse(typed).display
            validate_email(typed)
        except (phone.NotANumber, phone.IncompleteNumber, ValidationError) as error:
            raise ValidationError(NEITHER, code="neither") from error
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@public
def again(request: HttpRequest) -> HttpResponse:
    """Ask for the link again."""
    _private(request)
    form = AgainForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    now = timezone.now()
    if not allow("again.address", client_address(request), limit=TRIES, window=WINDOW, at=now):
        form.add_error(None, TOO_MANY)
        return _page(request, form, status=429)
    ask = links_again.ask_by_email if form.is_email else links_again.ask_by_phone
    ask(form.cleaned_data["reach"], at=now)
    return redirect("requests:again_sent")


@require_http_methods(["GET", "HEAD"])
@public
def sent(request: HttpRequest) -> HttpResponse:
    """The one answer."""
    _private(request)
    return render(request, "requests/again_sent.html")


def _page(request: HttpRequest, form: AgainForm, **more: Any) -> HttpResponse:
    return render(request, "requests/again.html", {"form": form}, **more)


def _private(request: HttpRequest) -> None:
    request.private = True  # type: ignore[attr-defined]  # Read by ResponseHeaders.
