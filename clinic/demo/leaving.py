"""Where the mail and texts of a demo go, in words: somebody may have given it real carriers."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from clinic.environment import HERE
from clinic.providers import CONSOLE

FOLDER, SERVER, *NOWHERE = (
    f"django.core.mail.backends.{one}.EmailBackend"
    for one in ("filebased", "smtp", "console", "locmem", "dummy")
)
STAYS: Final = "nothing leaves this machine"
LEAVES: Final = "LEAVES this machine: give no real address"


def mail_in_words() -> str:
    """The folder, the server or the provider, and whether mail leaves this machine by it."""
    backend = settings.EMAIL_BACKEND
    if backend == FOLDER:
        return f"{settings.EMAIL_FILE_PATH} ({STAYS})"
    if backend in NOWHERE:
        return f"the logs, or nowhere ({STAYS})"
    if backend == SERVER:
        # On this machine, too: what that server does with it, nobody here knows.
        where = "on this machine" if settings.EMAIL_HOST in HERE else LEAVES
        return f"the mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} ({where})"
    return f"a mail provider ({LEAVES})"


def texts_in_words() -> str:
    """Off, printed, or sent by a carrier."""
    if not settings.SMS:
        return "off"
    if settings.SMS["BACKEND"] == CONSOLE:
        return f"printed in the logs ({STAYS})"
    return f"a carrier ({LEAVES})"


def nothing_leaves() -> bool:
    """Whether neither mail nor text messages leave this machine."""
    return mail_in_words().endswith(f"({STAYS})") and LEAVES not in texts_in_words()
