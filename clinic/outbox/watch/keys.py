"""Whether this process holds the key that was written with last: without it, its pages fail."""

from __future__ import annotations

from typing import Final

from clinic.encryption import CannotDecrypt
from clinic.people.models import Person

REASON: Final = "keys"


def are_at_hand() -> bool:
    """Open the newest sealed name, and forget it; True where there is none yet."""
    newest = Person.rows.order_by("-created_at", "-id").values_list("given_name", flat=True)
    try:
        newest.first()
    except CannotDecrypt:
        return False
    return True
