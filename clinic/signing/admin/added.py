"""The admin of rows that are added and then stay as they are. Refuses changing and deleting."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class OnlyAdded(admin.ModelAdmin[Any]):
    """Neither changed nor deleted by anybody, whatever permissions she holds."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
