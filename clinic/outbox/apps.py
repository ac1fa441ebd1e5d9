"""The outbox room."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Effects, messages and call tasks; registers how messages are sent."""

    name = "clinic.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register the handlers and words of this room."""
        from clinic.outbox import registration

        registration.register()
