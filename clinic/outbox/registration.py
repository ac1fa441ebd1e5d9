"""What the outbox tells the others at start."""

from __future__ import annotations

from datetime import datetime

from anymail.signals import tracking
from django.core import checks
from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.outbox import bounces, handlers, links_again, receipts
from clinic.outbox.codes import CALL_ABOUT_LINKS, MAIL_LINKS, TEXT_RECEIVED
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import CallTask
from clinic.outbox.neutrality import nothing_names_an_illness
from clinic.outbox.sample import load
from clinic.outbox.texting import words as sms
from clinic.outbox.watch import canary, housekeeping, quarantine
from clinic.outbox.watch import reading as queue_reading
from clinic.outbox.watch.alerts import ALERT, KEEPERS
from clinic.people import consents, desk, roles
from clinic.people.models import User
from clinic.people.models.person import ConsentKind
from clinic.signing import kinds


def _count(user: User) -> int:
    return CallTask.objects.visible_to(user).open().count()


def _due(user: User) -> list[datetime | None]:
    return list(CallTask.objects.visible_to(user).open().values_list("due_at", flat=True))


def register() -> None:
    """The words of messages, the list of calls, who may look at the queue."""
    desk.register(
        desk.DeskRow(
            _("Calls I owe"),
            "calls:list",
            roles.CALLERS,
            _count,
            order=30,
            due=_due,
            key="c",
        )
    )
    kinds.register(TEXT_KIND)
    kinds.register(sms.KIND)
    consents.ask_only_if(ConsentKind.SMS, sms.is_offered)
    _register_messages()
    tracking.connect(bounces.take_event, dispatch_uid="outbox.bounces")
    checks.register(nothing_names_an_illness, deploy=True)
    roles.grant(roles.ADMINISTRATOR, "outbox.view_effect")
    samples.register(12, load)
    _register_queue()


def _register_messages() -> None:
    texted, linked = _("A text message: we have her request"), _("A mail with her link")
    handlers.register(TEXT_RECEIVED, receipts.text_received, slow=True, words=texted)
    handlers.register(MAIL_LINKS, links_again.mail_links, slow=True, words=linked)
    called = _("A call about her link")
    handlers.register(CALL_ABOUT_LINKS, links_again.call_about_links, words=called)


def _register_queue() -> None:
    words = _("Telling a colleague that something needs a person")
    handlers.register(ALERT, quarantine.alert, slow=True, words=words)
    handlers.register(canary.CANARY, canary.arrive, words=_("Trying whether the worker hears"))
    housekeeping.register("canaries", canary.forget)
    desk.register(
        desk.DeskRow(_("Queue"), "queue:list", KEEPERS, queue_reading.count, order=90, key="q")
    )
    desk.register_notice(queue_reading.notice)
    desk.register_notice(queue_reading.notice_of_mine)
