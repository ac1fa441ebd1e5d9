"""The people room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Staff, persons, consents, references and private links."""

    name = "clinic.people"
    label = "people"

    def ready(self) -> None:
        """Register consent texts, permissions and sample colleagues."""
        from clinic.people import registration

        registration.register()
