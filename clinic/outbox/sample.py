"""Sample words of messages, approved by a sample privacy officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from clinic.outbox.messages import FALL_BACK, TEXT_KIND
from clinic.people import roles
from clinic.people.models import User
from clinic.signing import verbs
from clinic.signing.kinds import PRIVACY
from clinic.signing.models import Text

CALL_US: Final = "If you did not ask for this, or if anything is wrong, please call {phone}."
MESSAGES: Final = {
    "request_received": (
        "We have your request",
        "Hello,",
        "we have your request. By {due} {caller} will get in touch with you.",
        "Your reference is {reference}. You can look at your request here: {link}",
        CALL_US,
        "{centre}",
    ),
    FALL_BACK: (
        "Please call us",
        "Hello,",
        "please call us at {phone} when it suits you.",
        "{centre}",
    ),
    "colleague_new": (
        "Something new is waiting for you",
        "A new request is waiting in your list. Please sign in: {link}",
    ),
}


def load(at: datetime) -> None:
    """Approve the sample messages, where there are none yet."""
    if Text.objects.filter(kind=TEXT_KIND.code).exists():
        return
    editor = User.objects.with_role(roles.EDITOR).get()
    reviewer = User.objects.with_role(roles.REVIEWER).get()
    # A month ago, so that the sample people of last week could read and agree to them.
    signed_at = at - timedelta(days=30)
    for subject, (title, *lines) in MESSAGES.items():
        body = {"subject": title, "lines": lines}
        version = verbs.draft(
            kind=TEXT_KIND.code, subject=subject, language="en", body=body, by=editor, at=signed_at
        )
        verbs.approve(
            version,
            kind=PRIVACY,
            by=reviewer,
            credential="Sample privacy officer",
            at=signed_at,
            expires_at=signed_at + timedelta(days=365),
        )
