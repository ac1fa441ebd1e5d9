"""How long something has been so, in words."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import ngettext


def in_words(age: timedelta) -> str:
    """One whole number and its unit: 40 seconds, 3 minutes, 5 hours, 2 days."""
    seconds = int(age.total_seconds())
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = seconds // 60
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
