"""The desk room."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Cases, referrals and the coordinators' list."""

    name = "referrals.desk"
    label = "desk"

    def ready(self) -> None:
        """Register handlers, lists and sample people."""
        from referrals.desk import registration

        registration.register()
