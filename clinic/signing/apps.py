"""The signing room, and what it tells the others when it starts."""

from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Texts, versions and approvals."""

    name = "clinic.signing"
    label = "signing"

    def ready(self) -> None:
        """Let editors propose words; who may read and sign them stands with the roles."""
        from clinic.people import roles

        roles.grant(roles.EDITOR, "signing.add_textversion")
