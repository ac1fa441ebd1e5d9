"""Sample words of messages, approved by a sample privacy officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from clinic.outbox.messages import FALL_BACK, TEXT_KIND
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.keywords import Word
from clinic.people import roles
from clinic.people.models import User
from clinic.signing import verbs
from clinic.signing.kinds import PRIVACY, SOURCE_LANGUAGE, TRANSLATION, get
from clinic.signing.models import Text

CREDENTIALS: Final[dict[str, str]] = {
    PRIVACY: "Sample privacy officer",
    TRANSLATION: "Sample translator",
}
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
    "link_again": (
        "Your link",
        "Hello,",
        "you, or a colleague of ours for you, asked us for this link again:",
        "{link}",
        "Anyone who has it can open what you sent us. Your reference: {reference}.",
        CALL_US,
        "{centre}",
    ),
    "colleague_new": (
        "Something new is waiting for you",
        "A new request is waiting in your list. Please sign in: {link}",
    ),
    "colleague_invite": (
        "Choose your password",
        "You have an account with {centre}.",
        "Choose a password here: {link}",
        "The link works once and for three days.",
    ),
    "colleague_reset": (
        "A link for a new password",
        "Choose a new password here: {link}",
        "The link works once and for three days.",
        "If you did not ask for it, do nothing: your password stays as it is.",
    ),
    "colleague_moved": (
        "Your address was changed",
        "The e-mail address of your account with {centre} was changed.",
        "This address no longer opens it.",
        "If that was not you, please call {phone} at once.",
    ),
    "colleague_queue": (
        "Something needs a person",
        "Something could not be done by itself. A person must look at it: {link}",
    ),
}
TEXTS: Final = {
    sms.RECEIVED: "{centre}: we have your request {reference}. By {due} {caller} will call you. "
    "Questions: {phone}. STOP ends texts, HELP for help.",
    Word.STOP: "{centre}: you will get no more texts from us. What you asked for goes on. "
    "Questions: {phone}.",
    Word.HELP: "{centre}: nobody reads texts here. Please call {phone}. In danger call 911. "
    "Answer STOP to end texts.",
    Word.START: "{centre}: to get texts from us again, please tell us on the phone: {phone}.",
    Word.OTHER: "{centre}: nobody reads texts here. Please call {phone}. In an emergency call 911.",
    Word.URGENT: "{centre}: please do not wait for us. In danger call 911. Day or night: {phone}. "
    "If you feel you cannot go on, call or text 988.",
}
TEXTS_ES: Final = {
    Word.URGENT: "{centre}: por favor no espere. En peligro llame al 911. A toda hora: {phone}. "
    "Si siente que no puede seguir, llame o escriba al 988.",
}
"""Without accents: with them a text is cut at 70 signs."""


def load(at: datetime) -> None:
    """Approve the sample messages and text messages that are not there yet."""
    for subject, (title, *lines) in MESSAGES.items():
        _approve(TEXT_KIND.code, subject, {"subject": title, "lines": lines}, at=at)
    for word, words in TEXTS.items():
        _approve(sms.KIND.code, word, {"words": words}, at=at)
    for word, words in TEXTS_ES.items():
        _approve(sms.KIND.code, word, {"words": words}, at=at, language="es")


def _approve(
    kind: str, subject: str, body: dict[str, Any], *, at: datetime, language: str = SOURCE_LANGUAGE
) -> None:
    if Text.objects.filter(kind=kind, subject=subject, language=language).exists():
        return
    editor = User.objects.with_role(roles.EDITOR).get()
    reviewer = User.objects.with_role(roles.REVIEWER).get()
    # A month ago, so that the sample people of last week could read and agree to them.
    signed_at = at - timedelta(days=30)
    version = verbs.draft(
        kind=kind, subject=subject, language=language, body=body, by=editor, at=signed_at
    )
    for needed in sorted(get(kind).needs_in(language)):
        verbs.approve(
            version,
            kind=needed,
            by=reviewer,
            credential=CREDENTIALS[needed],
            at=signed_at,
            expires_at=signed_at + timedelta(days=365),
        )
