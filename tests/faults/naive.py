"""The same site as most are built: `delay_on_commit`, Celery's defaults, no rows, no sweeper.

What it loses beside ours is what the outbox is for. Its mail is plain: no `Message` row keeps what
was sent, and its Message-ID is as random as Django makes it.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

app = Celery("naive", broker=settings.REDIS_URL)


@app.task
def pay(kind: str, about_id: str) -> None:
    """Do one thing, once, if the message arrives."""
    from clinic.outbox import handlers

    # Those that go together expect to be in one; mail must never wait in one.
    inside = transaction.atomic() if handlers.go_together(kind) else nullcontext()
    with inside:
        handlers.run(kind, effect_id=uuid.uuid4(), about_id=uuid.UUID(about_id), at=timezone.now())


def owe_all(effects: Iterable[Any], *, at: Any) -> None:
    """A message for each after the commit, in place of a row within it."""
    for effect in effects:
        pay.delay_on_commit(effect.kind, str(effect.about.pk))


def tell_person(person: Any, **_: Any) -> None:
    """Send it, and hope."""
    if person.email:
        _mail(person.email)


def tell_colleague(user: Any, **_: Any) -> None:
    """The same for a colleague."""
    _mail(user.email)


def _mail(to: str) -> None:
    EmailMessage("We have your request", "We will call you.\n", "front@example.org", [to]).send()


def install() -> None:
    """Put these in the place of the outbox, wherever it was imported."""
    from clinic.outbox import ledger, messages

    _replace(ledger.owe_all, owe_all)
    _replace(messages.tell_person, tell_person)
    _replace(messages.tell_colleague, tell_colleague)


def _replace(original: Callable[..., Any], ours: Callable[..., Any]) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, original.__name__, None) is original:
            setattr(module, original.__name__, ours)
