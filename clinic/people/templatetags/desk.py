"""What waits for a colleague, for pages that are not views of ours: the admin's first page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from clinic.people import desk
from clinic.people.models import User

register = template.Library()


@register.inclusion_tag("admin/waiting.html")
def waiting_for(user: User) -> dict[str, Any]:
    """Her notices, as on her own index, and those of her lists in which something is."""
    return {
        "notices": desk.notices_for(user, at=timezone.now()),
        "rows": [row for row in desk.rows_for(user) if row["count"]],
    }
