"""The queue in the admin: what is owed, what waits for a person."""

from __future__ import annotations

from django.contrib import admin

from clinic.outbox.models import Effect
from clinic.people.readonly_admin import ReadOnlyAdmin


@admin.register(Effect)
class EffectAdmin(ReadOnlyAdmin):
    """Ids, kinds, states and counts; nothing about anybody."""

    list_display = ("kind", "state", "due_at", "attempts", "last_error", "resolution")
    list_filter = ("state", "kind")
