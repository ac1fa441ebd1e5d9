"""Carriers of text messages that behave or misbehave: each is a `BACKEND` of `settings.SMS`.

They stand where the network begins, so that everything before it is the real thing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from twilio.http import HttpClient
from twilio.http.response import Response

from clinic.outbox.refusals import Refused
from clinic.outbox.texting.console import Console


@dataclass
class Sent:
    """One text that a carrier took."""

    to: str
    text: str
    report_to: str


class Inbox(Console):
    """Takes everything."""

    taken: ClassVar[list[Sent]] = []

    def send(self, *, to, text, report_to):
        self.taken.append(Sent(to, text, report_to))


class RefusesForGood(Console):
    """There is no such mobile phone."""

    def send(self, *, to, text, report_to):
        raise Refused("status 400")


class IsDown(Console):
    """Nobody listens."""

    def send(self, *, to, text, report_to):
        raise ConnectionRefusedError


class Wire(HttpClient):
    """Twilio's network: keeps what was asked, answers with one status."""

    def __init__(self, status=201):
        self.status = status
        self.asked = []

    def request(self, method, uri, params=None, data=None, **_kwargs):
        self.asked.append((method, uri, data))
        ok = {"sid": "SM1", "status": "queued"}
        bad = {"code": 21211, "message": "+12125550177 is wrong", "status": self.status}
        return Response(self.status, json.dumps(ok if self.status < 400 else bad))


INBOX = {"BACKEND": "tests.sms_carriers.Inbox", "OPTIONS": {}}
TOKEN = "a token only for tests"
TWILIO = {
    "BACKEND": "clinic.outbox.texting.twilio.Twilio",
    "OPTIONS": {"account_sid": "AC1", "auth_token": TOKEN, "from_number": "+15551234567"},
}


def carried_by(name):
    """`settings.SMS` for one of the classes above."""
    return {"BACKEND": f"tests.sms_carriers.{name}", "OPTIONS": {}}
