"""A patient's way through one-question pages: coded answers in a sealed cookie, nothing stored.

Holds the cookie, and the two questions that every journey begins with: are you very ill now, and
whom is this for. Refuses names, numbers and free text: those are typed on the page that sends them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm, one_of
from clinic.doors import public
from clinic.encryption import CannotDecrypt, decrypt, encrypt

DAY: Final = 24 * 60 * 60
TOLD: Final = "told"
"""The hidden field in which a sending page carries its answers, sealed."""
COOKIE_BYTES: Final = 4000
"""Browsers drop a cookie over 4,096 bytes with its name and attributes."""


class CookieTooLarge(Exception):
    """More coded answers than a cookie carries."""


@dataclass(frozen=True, slots=True)
class SealedCookie:
    """An encrypted HttpOnly cookie: a small dictionary of codes that only this server can read."""

    name: str
    max_age: int = DAY

    def seal(self, data: dict[str, Any]) -> str:
        """`data` as a text that only this server can read, and only under this name."""
        content = {"at": timezone.now().isoformat(timespec="seconds"), "data": data}
        return encrypt(json.dumps(content), place=f"cookie.{self.name}")

    def unseal(self, text: str) -> dict[str, Any]:
        """What `seal` was given; empty when it was tampered with or is older than `max_age`."""
        try:
            content = json.loads(decrypt(text, place=f"cookie.{self.name}"))
            sealed_at = datetime.fromisoformat(content["at"])
        except (KeyError, ValueError, TypeError, CannotDecrypt):
            return {}
        fresh = (timezone.now() - sealed_at).total_seconds() <= self.max_age
        data: dict[str, Any] = content["data"]
        return data if fresh else {}

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """What the cookie holds; empty when there is none that can be read."""
        return self.unseal(request.COOKIES.get(self.name, ""))

    def write(self, response: HttpResponse, data: dict[str, Any]) -> None:
        """Seal `data` into the response; raises `CookieTooLarge`."""
        value = self.seal(data)
        if len(value) > COOKIE_BYTES:
            raise CookieTooLarge(self.name)
        response.set_cookie(
            self.name,
            value,
            max_age=self.max_age,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )

    def clear(self, response: HttpResponse) -> None:
        """Forget everything."""
        response.delete_cookie(self.name, samesite="Lax")


_JOURNEYS: Final[set[str]] = set()


def forget_answers(response: HttpResponse) -> None:
    """Leave the answers of no journey behind in this browser."""
    for name in sorted(_JOURNEYS):
        SealedCookie(name).clear(response)


class Journey(SealedCookie):
    """One journey's answers so far."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        _JOURNEYS.add(name)

    def told(self, request: HttpRequest) -> dict[str, Any]:
        """The answers that the page which was sent stood on; else those of the cookie.

        A page carries its own, sealed: a second tab, or a cookie that is gone by now, must not
        change what she is sending.
        """
        return self.unseal(request.POST.get(TOLD, "")) or self.read(request)

    def goes_on(self, data: dict[str, Any], url: str, **more: Any) -> HttpResponse:
        """Redirect to the next page with more answers kept."""
        response = redirect(url)
        self.write(response, {**data, **more})
        return response


View = Callable[..., HttpResponse]


def public_form(view: View) -> View:
    """A page of a patient's form: not indexed, and closed until the centre opens its forms."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.private = True  # type: ignore[attr-defined]  # Read by ResponseHeaders.
        if not settings.PUBLIC_FORMS_OPEN:
            return render(request, "journey/closed.html", status=503)
        return view(request, *args, **kwargs)

    return public(guarded)


class SafetyForm(HouseForm):
    """Is this a moment for a form at all?"""

    question = "very_ill"
    very_ill = one_of(
        [("yes", _("Yes, I feel very ill")), ("no", _("No"))],
        label=_("Do you, or the person you care for, feel very ill right now?"),
        help_text=_(
            "For example: trouble breathing, chest pain, a fever with shaking, confusion, "
            "or bleeding that does not stop."
        ),
        error_messages={"required": _("Choose yes or no, so that we know you are safe.")},
    )


class WhoForm(HouseForm):
    """Whom the request is for."""

    question = "who"
    who = one_of(
        [("me", _("For me")), ("someone", _("For someone I care for"))],
        label=_("Who is this for?"),
        error_messages={"required": _("Choose who this is for.")},
    )


def safety_view(request: HttpRequest, *, journey: Journey, next_url: str) -> HttpResponse:
    """Ask whether she is very ill now; yes leads to people who can help, and stores nothing."""
    form = SafetyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["very_ill"] == "yes":
            response = render(request, "journey/very_ill.html")
            journey.clear(response)
            return response
        return journey.goes_on(journey.read(request), next_url, safe=True)
    return render(request, "journey/safety.html", {"form": form})


def who_view(
    request: HttpRequest, *, journey: Journey, next_url: str, safety_url: str, **place: int
) -> HttpResponse:
    """Ask whom this is for; where steps are counted, `number` and `total` say which one it is."""
    data = journey.read(request)
    if not data.get("safe"):
        return redirect(safety_url)
    form = WhoForm(request.POST or None, initial={"who": data.get("who")})
    if request.method == "POST" and form.is_valid():
        return journey.goes_on(data, next_url, who=form.cleaned_data["who"])
    return render(request, "journey/who.html", {"form": form, "back_url": safety_url, **place})
