"""Referrals in the admin: to look at, through the same door as everywhere; nothing is changed."""

from __future__ import annotations

from django.contrib import admin

from clinic.people.readonly_admin import VisibleRowsAdmin
from referrals.desk.models import Referral


@admin.register(Referral)
class ReferralAdmin(VisibleRowsAdmin):
    """Status and dates; persons and notes are on the desk's own pages, where reads are logged."""

    list_display = ("__str__", "study", "status", "coordinator", "due_at")
    list_filter = ("status",)
    fields = (
        "study",
        "site",
        "status",
        "coordinator",
        "due_at",
        "created_at",
        "ended_at",
        "outcome",
    )
