"""The form at the staff door; guessing is slowed down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import HouseForm
from clinic.people.throttle import allow, client_address, forgive

TRIES: Final = {"pair": 10, "address": 30, "account": 100}
"""Wrong tries allowed: for one account from one address, from one address, for one account.

The last is high: a stranger far away must not keep a colleague out of her list.
"""
WINDOW: Final = timedelta(minutes=15)
TOO_MANY: Final = _("There were many tries. Wait 15 minutes, or ask an administrator.")


class SignInForm(HouseForm, AuthenticationForm):
    """E-mail and password; after many wrong tries a pause."""

    def clean(self) -> dict[str, Any]:
        """Count first: whoever guesses in parallel must not slip past."""
        email = str(self.cleaned_data.get("username", "")).lower()
        address = client_address(self.request) if self.request else ""
        keys = {"pair": f"{email} {address}", "address": address, "account": email}
        now = timezone.now()
        # A list: every bucket counts, whatever the first says.
        allowed = [
            allow(f"sign-in.{name}", key, limit=TRIES[name], window=WINDOW, at=now)
            for name, key in keys.items()
        ]
        if not all(allowed):
            raise forms.ValidationError(TOO_MANY, code="throttled")
        cleaned = super().clean()
        for name, key in keys.items():
            forgive(f"sign-in.{name}", key)
        return cleaned
