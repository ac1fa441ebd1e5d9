"""The trials room."""

from django.apps import AppConfig


class TrialsConfig(AppConfig):
    """Registry records, studies, cohorts, criteria and their cards."""

    name = "referrals.trials"
    label = "trials"

    def ready(self) -> None:
        """Register the words, permissions and sample of this room."""
        from referrals.trials import registration

        registration.register()
