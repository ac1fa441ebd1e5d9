"""Text messages of the demo: printed where the process prints, with the number masked."""

from __future__ import annotations

import sys
from typing import NoReturn

from django.http import HttpRequest

from clinic.outbox.texting.providers import NotGenuine


class Console:
    """Prints each text; takes none, for nobody here could sign one."""

    def send(self, *, to: str, text: str, report_to: str) -> None:
        """One line on the process's output, the number but for its last two digits hidden."""
        sys.stdout.write(f"Text message to {'*' * (len(to) - 2)}{to[-2:]}: {text}\n")
        sys.stdout.flush()

    def received(self, request: HttpRequest) -> NoReturn:
        """Refuses."""
        raise NotGenuine("console")

    def answer(self, text: str) -> NoReturn:
        """Refuses."""
        raise NotGenuine("console")

    def reports_failure(self, request: HttpRequest) -> NoReturn:
        """Refuses."""
        raise NotGenuine("console")
