"""Text messages through Twilio: sending, and telling its genuine requests from others.

Imported only where `SMS_URL` names Twilio, so that the package may be missing elsewhere.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from clinic.outbox.refusals import REFUSED_BY_PROVIDER, Refused
from clinic.outbox.texting.providers import Inbound, NotGenuine

SECONDS: Final = 10
FAILED: Final = frozenset({"failed", "undelivered"})


class NotCarried(OSError):
    """Twilio could not take it now."""


class Twilio:
    """One account and the number that our texts come from; `http` stands in for the network."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        from_number: str,
        http: HttpClient | None = None,
    ) -> None:
        self._client = Client(
            account_sid, auth_token, http_client=http or TwilioHttpClient(timeout=SECONDS)
        )
        self._validator = RequestValidator(auth_token)
        self._from = from_number

    def send(self, *, to: str, text: str, report_to: str) -> None:
        """Hand one text over; the error's own words are dropped, since they quote the number."""
        try:
            self._client.messages.create(
                to=to, from_=self._from, body=text, status_callback=report_to
            )
        except TwilioRestException as error:
            # By status: Twilio asks not to program against its own changing codes.
            if error.status in REFUSED_BY_PROVIDER:
                raise Refused(f"status {error.status}") from None
            raise NotCarried(f"status {error.status}") from None
        except TwilioException as error:
            raise NotCarried(type(error).__name__) from None

    def received(self, request: HttpRequest) -> Inbound:
        """The text and its sender."""
        self._check(request)
        told = request.POST
        return Inbound(told.get("From", ""), told.get("Body", ""), told.get("MessageSid", ""))

    def answer(self, text: str) -> HttpResponse:
        """TwiML: one message back, or none."""
        response = MessagingResponse()
        if text:
            response.message(text)
        return HttpResponse(str(response), content_type="text/xml")

    def reports_failure(self, request: HttpRequest) -> bool:
        """Whether this status of a message is its bad end."""
        self._check(request)
        return request.POST.get("MessageStatus") in FAILED

    def _check(self, request: HttpRequest) -> None:
        # Signed is the address as Twilio was told it, whatever our proxies made of the host.
        address = settings.SITE_URL + request.get_full_path()
        signature = request.headers.get("X-Twilio-Signature", "")
        if not self._validator.validate(address, request.POST, signature):
            raise NotGenuine("signature")
