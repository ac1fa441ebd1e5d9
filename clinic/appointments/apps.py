"""The appointments room."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Requests for an appointment and the schedulers' list."""

    name = "clinic.appointments"
    label = "appointments"

    def ready(self) -> None:
        """Register handlers, lists and sample requests."""
        from clinic.appointments import registration

        registration.register()
