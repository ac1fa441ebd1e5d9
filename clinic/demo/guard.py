"""The one refusal of this room: none of its commands runs where real patients might be."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError


def require_demo() -> None:
    """Raise `CommandError` unless `DEMO` is on; the settings refuse it beside `REAL_PATIENTS`."""
    if not settings.DEMO:
        raise CommandError("This is not a demo (DEMO is not 1): nothing was started or loaded.")
