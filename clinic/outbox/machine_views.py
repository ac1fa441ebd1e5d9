"""What carriers of mail and text messages tell us: each request signed, none from a browser.

Without a carrier these addresses do not exist (404); without its signature they stay shut (403, or
400 from the mail provider's own check).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.doors import Door, Opens, declare
from clinic.outbox.bounces import bounced
from clinic.outbox.codes import MessageChannel
from clinic.outbox.texting import inbound as sms_inbound
from clinic.outbox.texting.providers import NotGenuine, is_on, provider

View = Callable[..., HttpResponse]
TRACKING: Final = {
    "amazon_ses": "anymail.webhooks.amazon_ses.AmazonSESTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}


def machines(view: View) -> View:
    """Only for machines that sign what they send; no cookie and no form token is asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotGenuine:
            return HttpResponseForbidden()

    return declare(csrf_exempt(guarded), Door(Opens.MACHINES))


@require_http_methods(["HEAD", "POST"])
@machines
def mail_events(request: HttpRequest) -> HttpResponse:
    """A mail provider reports bounces; anymail checks its password and sends its signal."""
    if not settings.MAIL.provider:
        raise Http404
    view: View = import_string(TRACKING[settings.MAIL.provider]).as_view()
    return view(request)


@require_POST
@machines
def sms_inbound_text(request: HttpRequest) -> HttpResponse:
    """Somebody answered a text, or wrote one."""
    if not is_on():
        raise Http404
    carrier = provider()
    inbound = carrier.received(request)
    return carrier.answer(sms_inbound.receive(inbound, at=timezone.now()))


@require_POST
@machines
def sms_report(request: HttpRequest, effect_id: uuid.UUID) -> HttpResponse:
    """What became of a text: one that did not arrive is a call."""
    if not is_on():
        raise Http404
    if provider().reports_failure(request):
        bounced(effect_id, at=timezone.now(), channel=MessageChannel.SMS)
    return HttpResponse(status=204)
