"""The centre's rows in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from clinic.places.models import Centre, Closure, ContactPoint, Location


@admin.register(Centre)
class CentreAdmin(admin.ModelAdmin[Centre]):
    """The one centre: changed, never added twice or deleted."""

    # An address typed without a scheme is meant as https; Django 5 would make it http.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Centre.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ContactPoint)
class ContactPointAdmin(admin.ModelAdmin[ContactPoint]):
    """One row for each role; changed, never deleted: pages name the role."""

    list_display = ("role", "label", "display", "hours_text")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin[Location]):
    """Buildings."""

    list_display = ("name", "neutral_name")


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin[Closure]):
    """Closed days."""

    list_display = ("day", "reason")
