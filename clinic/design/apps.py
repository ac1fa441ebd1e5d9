"""Names the room for Django; refuses to hold start-up work."""

from __future__ import annotations

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The look of every page."""

    name = "clinic.design"
    label = "design"
