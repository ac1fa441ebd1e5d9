"""`manage.py bounced <Message-ID>`: a mail came back into the sender's mailbox."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.outbox.bounces import bounced, effect_of
from clinic.outbox.models import Message


class Command(BaseCommand):
    """Owe the call that stands in for each mail; telling it twice changes nothing."""

    help = "Say that mails came back, by the Message-ID that their reports quote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("message_ids", nargs="+", metavar="Message-ID")

    def handle(self, *, message_ids: list[str], **_: Any) -> None:
        """Exit status 1 when one of them is not ours; the others are taken all the same."""
        strangers = [one for one in message_ids if not self._take(one)]
        if strangers:
            raise CommandError(f"Not a message of ours: {', '.join(strangers)}")

    def _take(self, message_id: str) -> bool:
        effect_id = effect_of(message_id)
        if effect_id is None or not Message.rows.filter(effect=effect_id).exists():
            return False
        is_new = bounced(effect_id, at=timezone.now())
        self.stdout.write(f"{effect_id}: {'written down' if is_new else 'known before'}")
        return True
