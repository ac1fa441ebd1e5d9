"""One plain e-mail: neutral sender, deterministic Message-ID, nothing about health anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import formataddr

from django.core.mail import EmailMessage

from clinic.places import centre as places
from clinic.signing.models import TextVersion


def compose(
    version: TextVersion, *, to: str, effect_id: uuid.UUID, values: Mapping[str, str]
) -> EmailMessage:
    """The message in the signed words; a resend carries the same Message-ID.

    The body has `subject` and `lines`; `values` fill their places, which a signer saw as names.
    """
    centre = places.required()
    words = version.content
    filled = {"centre": centre.neutral_name, **values}
    domain = centre.sender_address.rpartition("@")[2]
    return EmailMessage(
        subject=" ".join(words["subject"].format_map(filled).split()),
        body="\n\n".join(line.format_map(filled) for line in words["lines"]) + "\n",
        from_email=formataddr((centre.neutral_name, centre.sender_address)),
        to=[to],
        headers={"Message-ID": f"<{effect_id}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
