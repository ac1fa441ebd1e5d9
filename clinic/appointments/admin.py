"""Appointment requests in the admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin

from clinic.appointments.models import AppointmentRequest
from clinic.people.readonly_admin import VisibleRowsAdmin


@admin.register(AppointmentRequest)
class AppointmentRequestAdmin(VisibleRowsAdmin):
    """Status and dates; persons and notes are on the schedulers' own pages."""

    list_display = ("__str__", "status", "owner", "due_at")
    list_filter = ("status",)
    fields = ("status", "owner", "due_at", "created_at", "ended_at", "outcome")
