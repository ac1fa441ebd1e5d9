"""The screening room."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Questions, answers, three-valued logic and verdicts."""

    name = "referrals.screening"
    label = "screening"

    def ready(self) -> None:
        """Register the words and the sample of this room."""
        from referrals.screening import registration

        registration.register()
