"""Effects that can never be paid: one raises, one ends its process, one hangs.

`python -m tests.faults.poison` owes one of each.
"""

from __future__ import annotations

import os
import time
from typing import Any

HANGS_FOR = 600


class Poisoned(Exception):
    """A handler that always fails."""


def raises(**_: Any) -> None:
    """Fail as code fails."""
    raise Poisoned


def exits(**_: Any) -> None:
    """Take the process along, as a crash in a C library would."""
    os._exit(7)


def hangs(**_: Any) -> None:
    """Wait for something that never comes."""
    time.sleep(HANGS_FOR)


KINDS = {"faults.raises": raises, "faults.exits": exits, "faults.hangs": hangs}


def register() -> None:
    """Every process of the rig knows these kinds; nobody owes them unless asked to."""
    from clinic.outbox import handlers

    for kind, handler in KINDS.items():
        handlers.register(kind, handler)


def main() -> None:
    """Owe one of each, about the centre."""
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from clinic.outbox.ledger import Owed, owe
    from clinic.people.models import User

    about = User.objects.order_by("pk").first()
    assert about is not None
    with transaction.atomic():
        for kind in KINDS:
            owe(Owed(kind, about), at=timezone.now())


if __name__ == "__main__":
    main()
