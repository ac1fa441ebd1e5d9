"""What stands in a log line: ids and states, never the key to somebody's request."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.log import HidePrivateLinks
from clinic.people.models import Reference
from clinic.people.references import make_link, token_of
from tests.journeys import begin_appointment, open_house, send

TOKEN = "AbC_d-123456789012345678901234567890123456789"[:43]


@pytest.fixture
def screen():
    """What the configured handler writes: every logger that has it, onto one sheet."""
    sheet = io.StringIO()
    handlers = [one for name in ("", "django") for one in logging.getLogger(name).handlers]
    ours = [one for one in handlers if any(isinstance(f, HidePrivateLinks) for f in one.filters)]
    changed = [(one, one.setStream(sheet)) for one in ours]
    assert changed, "the handler with the filter is configured"
    yield sheet
    for handler, stream in changed:
        handler.setStream(stream)


@pytest.fixture
def token(client, db):
    """The secret of a private link."""
    open_house()
    send(client, begin_appointment(client))
    return token_of(make_link(Reference.rows.get(), at=timezone.now()))


def test_a_refused_post_to_a_private_link_does_not_log_it(screen, token):
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(reverse("requests:link", args=[token]))
    assert refused.status_code == 403
    assert "Forbidden" in screen.getvalue()
    assert "/r/…/" in screen.getvalue()
    assert token not in screen.getvalue()


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_neither_does_a_link_that_is_cut_or_used_wrongly(client, screen, token, prefix):
    for method, spoiled in (("get", token[:-1]), ("put", token), ("get", f"{token}/more")):
        answer = getattr(client, method)(f"{prefix}/r/{spoiled}/")
        assert answer.status_code in (404, 405, 410)
    lines = screen.getvalue()
    assert lines.count("/r/…") == 3
    assert token[:-1] not in lines


@pytest.mark.parametrize(
    ("message", "args", "line"),
    [
        ("Gone: %s", (f"/r/{TOKEN}/",), "Gone: /r/…/"),
        (f"GET /es/r/{TOKEN}/ HTTP/1.1", (), "GET /es/r/…/ HTTP/1.1"),
        ('"POST http://testserver/r/%s" %d', (TOKEN, 403), '"POST http://testserver/r/…" 403'),
        (f"/r/{TOKEN}/ then /r/{TOKEN}", (), "/r/…/ then /r/…"),
        (f"100 %% of /r/{TOKEN}/ and %s", ("more",), "100 % of /r/…/ and more"),
        ("effect %s done", ("5",), "effect 5 done"),
    ],
)
def test_the_token_is_left_out_and_the_line_stays(message, args, line):
    record = logging.LogRecord("django", logging.WARNING, __file__, 1, message, args, None)
    assert HidePrivateLinks().filter(record) is True
    assert record.getMessage() == line


def test_every_handler_of_the_settings_hides_them():
    for handler in settings.LOGGING["handlers"].values():
        assert "private" in handler["filters"]
