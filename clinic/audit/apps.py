"""The audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events; knows nobody above it."""

    name = "clinic.audit"
    label = "audit"
