"""One e-mail: neutral sender, deterministic Message-ID, nothing about health anywhere.

Plain text, and beside it the same words as a small page without a picture and without anything
that is fetched.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import formataddr
from typing import Final

from anymail.message import AnymailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clinic.places import centre as places
from clinic.signing.models import TextVersion

EFFECT: Final = "effect"
"""The name under which a provider keeps the effect's id."""
LINK: Final = "link"
"""The place in signed words that one address fills, or several with blanks between them."""


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
    message = AnymailMessage(
        subject=" ".join(words["subject"].format_map(filled).split()),
        body="\n\n".join(line.format_map(filled) for line in words["lines"]) + "\n",
        from_email=formataddr((centre.neutral_name, centre.sender_address)),
        to=[to],
        headers={"Message-ID": f"<{effect_id}@{domain}>", "Auto-Submitted": "auto-generated"},
        metadata={EFFECT: str(effect_id)},
    )
    message.attach_alternative(_as_page(version, message.subject, filled), "text/html")
    return message


def _as_page(version: TextVersion, subject: str, filled: Mapping[str, str]) -> str:
    """The same lines in their language; each link is a button with its address beneath."""
    language = version.text.language
    with translation.override(language):
        shown = {**filled, LINK: _links(filled.get(LINK, ""))}
        lines = [format_html(escape(line), **shown) for line in version.content["lines"]]
        words = {"language": language, "subject": subject, "lines": lines}
        return render_to_string("mail/message.html", words)


def _links(addresses: str) -> SafeString:
    links = (render_to_string("mail/link.html", {"url": one}) for one in addresses.split())
    return mark_safe("".join(links))  # noqa: S308 - the template has escaped each address


def send(version: TextVersion, *, to: str, effect_id: uuid.UUID, values: Mapping[str, str]) -> None:
    """Compose the message and hand it to the mail server; see `refusals` for what it raises."""
    compose(version, to=to, effect_id=effect_id, values=values).send()
