"""The places room."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Centre, locations, contact points."""

    name = "clinic.places"
    label = "places"

    def ready(self) -> None:
        """Give administrators their rows and the demo its sample."""
        from clinic.places import registration

        registration.register()
