"""The audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events; knows nobody above it."""

    name = "clinic.audit"
    label = "audit"

    def ready(self) -> None:
        """Have deployments told when their database is not guarded."""
        from django.core import checks

        from clinic.audit.guard import check_guard

        checks.register(check_guard, checks.Tags.database, deploy=True)
