"""The demo room: sample data, one supervisor, one page that shows what to try.

Refuses to hold anything that a real clinic's site depends on.
"""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Commands and one page; no tables."""

    name = "clinic.demo"
    label = "demo"
