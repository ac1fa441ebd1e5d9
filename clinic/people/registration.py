"""What the people room tells the others at start."""

from __future__ import annotations

from clinic.demo import samples
from clinic.people import consents, roles
from clinic.people.sample import load
from clinic.signing import kinds


def register() -> None:
    """Consent words, permissions of roles, sample colleagues."""
    kinds.register(consents.TEXT_KIND)
    roles.grant(
        roles.ADMINISTRATOR,
        *roles.crud("people", "user", "roleheld", "absence"),
        *roles.crud("places", "centre", "location", "contactpoint", "closure"),
    )
    for role in (roles.EDITOR, roles.REVIEWER):
        roles.grant(role, "signing.view_text", "signing.view_textversion", "signing.view_approval")
    roles.grant(roles.REVIEWER, "signing.add_approval")
    samples.register(10, load)
