"""The signing room, and what it tells the others when it starts."""

from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Texts, versions and approvals."""

    name = "clinic.signing"
    label = "signing"

    def ready(self) -> None:
        """Let editors propose words, and tell who may sign them what waits."""
        from clinic.people import desk as people_desk
        from clinic.people import roles
        from clinic.signing import desk

        roles.grant(roles.EDITOR, "signing.add_textversion")
        people_desk.register_notice(desk.notice)
