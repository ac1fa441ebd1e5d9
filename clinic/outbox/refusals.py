"""Why a message did not go out: for good, or for now.

Sorts what mail servers, mail providers and carriers of text messages answer. Refuses to keep what
they say: it may quote the address.
"""

from __future__ import annotations

import smtplib
from typing import Final

from anymail.exceptions import AnymailError, AnymailRecipientsRefused

UNUSABLE: Final = (KeyError, IndexError, ValueError)
"""Words with a place nobody fills, or an address that is none: trying again mends neither."""
FULL_MAILBOX: Final = 552
"""A permanent code for a trouble that passes: the mailbox is full."""
REFUSED_BY_PROVIDER: Final = frozenset({400, 404, 406, 413, 422})
"""What a provider answers about this message; 401, 403 and 429 are about us, and pass."""


class Refused(Exception):
    """The carrier will never take this message, such as one to a number that is none."""


# Not supported: her address has letters that the next server cannot carry.
FINAL: Final = (Refused, AnymailRecipientsRefused, smtplib.SMTPNotSupportedError)
TROUBLE: Final = (OSError, smtplib.SMTPException, AnymailError, Refused, *UNUSABLE)
"""What sending may raise; anything else is a mistake of ours and goes its own way."""


def is_for_good(error: Exception) -> bool:
    """Whether this very message will never be taken, so that a colleague calls at once.

    Our own sender or password refused is not that: it passes once somebody mends the settings.
    """
    if isinstance(error, FINAL):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(_is_permanent(code) for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return _is_permanent(error.smtp_code)
    if isinstance(error, AnymailError) and error.status_code is not None:
        return error.status_code in REFUSED_BY_PROVIDER
    # A certificate that fails is a ValueError, too; but that one passes.
    return isinstance(error, UNUSABLE) and not isinstance(error, OSError)


def _is_permanent(code: int) -> bool:
    return code >= 500 and code != FULL_MAILBOX
