"""`manage.py load_sample`: invented people, studies and pages; a second run keeps what is there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.demo import samples
from clinic.demo.guard import require_demo


class Command(BaseCommand):
    """Call every registered sample loader, in order."""

    help = "Load the sample centre and its invented people. Only in a demo."

    def handle(self, **_: Any) -> None:
        """Exit status 1, and nothing loaded, outside the demo."""
        require_demo()
        samples.load_all(timezone.now())
