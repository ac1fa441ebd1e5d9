"""One plain e-mail: neutral sender, deterministic Message-ID, nothing about health anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import formataddr
from typing import Final

from anymail.message import AnymailMessage

from clinic.places import centre as places
from clinic.signing.models import TextVersion

EFFECT: Final = "effect"
"""The name under which a provider keeps the effect's id."""


def compose(
    version: TextVersion, *, to: str, effect_id: uuid.UUID, values: Mapping[str, str]
) -> AnymailMessage:
    """The message in the signed words; a resend carries the same Message-ID.

    The body has `subject` and `lines`; `values` fill their places, which a signer saw as names.
    `metadata` stays with a mail provider and names the effect again when it reports a bounce;
    some put a Message-ID of their own in the place of ours.
    """
    centre = places.required()
    words = version.content
    filled = {"centre": centre.neutral_name, **values}
    domain = centre.sender_address.rpartition("@")[2]
    return AnymailMessage(
        subject=" ".join(words["subject"].format_map(filled).split()),
        body="\n\n".join(line.format_map(filled) for line in words["lines"]) + "\n",
        from_email=formataddr((centre.neutral_name, centre.sender_address)),
        to=[to],
        headers={"Message-ID": f"<{effect_id}@{domain}>", "Auto-Submitted": "auto-generated"},
        metadata={EFFECT: str(effect_id)},
    )


def send(version: TextVersion, *, to: str, effect_id: uuid.UUID, values: Mapping[str, str]) -> None:
    """Compose the message and hand it to the mail server; see `refusals` for what it raises."""
    compose(version, to=to, effect_id=effect_id, values=values).send()
