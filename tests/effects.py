"""A kind of effect of the tests' own: what it is paid with, how it may misbehave, and one owed."""

from __future__ import annotations

from django.db import transaction

from clinic.outbox import handlers
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from tests.builders import NOON, colleague

KIND = "test.kind"


def handle_with(monkeypatch):
    """Its handler for one test: `calls` are the effects it was given, `does` what it does."""
    calls = []

    def handle(*, effect_id, about_id, at):
        calls.append(effect_id)
        if handle.does:
            handle.does(effect_id)

    handle.does = None
    handle.calls = calls
    monkeypatch.setitem(handlers._HANDLERS, KIND, handle)
    return handle


def owed(key="", *, kind=KIND, at=NOON, due_at=None):
    """One effect of that kind about a colleague."""
    subject = colleague("sam")
    with transaction.atomic():
        owe(Owed(kind, subject, key, due_at), at=at)
    return Effect.objects.get(key=f"{kind}:{subject.pk}:{key}")


def fails(error):
    """Something for a handler to do: fail."""

    def fail(_effect_id):
        raise error

    return fail
