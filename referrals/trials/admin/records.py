"""What the registry said, to look at only: imports write it."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from clinic.design.admin import NamedRows
from referrals.trials.models import RegistryRecord, RegistryVersion


class ReadOnly(admin.options.BaseModelAdmin[Model]):
    """Nothing here is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class RegistryVersionInline(ReadOnly, NamedRows[RegistryVersion, RegistryRecord]):
    """When each content arrived; the content itself is too long for a table."""

    model = RegistryVersion
    fields = ("received_at", "sha256")
    ordering = ("-received_at", "id")


@admin.register(RegistryRecord)
class RegistryRecordAdmin(ReadOnly, admin.ModelAdmin[RegistryRecord]):
    """Records of the registry, as last seen."""

    list_display = ("nct_id", "overall_status", "brief_title", "last_update_posted", "changed_at")
    list_filter = ("overall_status",)
    search_fields = ("nct_id", "brief_title")
    inlines = (RegistryVersionInline,)
