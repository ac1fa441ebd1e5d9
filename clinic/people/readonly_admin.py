"""The admin's view of rows about people: only what `visible_to` gives, and nothing to change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.audit.recording import Actor, record_reads
from clinic.people.models import User


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only verbs change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class VisibleRowsAdmin(ReadOnlyAdmin):
    """The same, for rows about people: each colleague finds her own, and every look is logged."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", self.model.objects.visible_to(cast("User", request.user)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        # Absent where the admin answers with a redirect, for example from a filter it cannot read.
        if listed := getattr(response, "context_data", None):
            actor = Actor.staff(cast("User", request.user))
            rows = listed["cl"].result_list
            record_reads(rows, by=actor, at=timezone.now(), place="admin list")
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if found := self.get_object(request, object_id):
            actor = Actor.staff(cast("User", request.user))
            record_reads([found], by=actor, at=timezone.now(), place="admin")
        return super().change_view(request, object_id, form_url, extra_context)
