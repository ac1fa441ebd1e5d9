"""Who carries text messages: what each must be able to do, and the one that is configured.

Holds the interface only. Refuses to decide who gets a text: `sms` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string


class NotGenuine(Exception):
    """What came in does not carry the carrier's signature."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that somebody sent to us; it is read once and stored nowhere.

    `message_id` is the carrier's: the same where it tells us of one text twice.
    """

    number: str
    text: str
    message_id: str = ""


class Provider(Protocol):
    """A carrier of text messages. Numbers are `+12125550177`."""

    def send(self, *, to: str, text: str, report_to: str) -> None:
        """Take one text; raises `Refused` for good and OSError to be tried again.

        `report_to` is the address to which a failure is reported later.
        """

    def received(self, request: HttpRequest) -> Inbound:
        """The text in a genuine request of the carrier; raises `NotGenuine`."""

    def answer(self, text: str) -> HttpResponse:
        """The response that sends `text` back to whoever wrote; "" sends nothing."""

    def reports_failure(self, request: HttpRequest) -> bool:
        """Whether a genuine report says that a text did not arrive; raises `NotGenuine`."""


def is_on() -> bool:
    """Whether this installation sends text messages."""
    return bool(settings.SMS)


def provider() -> Provider:
    """The carrier that `SMS_URL` names; only where text messages are on."""
    made = import_string(settings.SMS["BACKEND"])(**settings.SMS["OPTIONS"])
    return cast("Provider", made)
