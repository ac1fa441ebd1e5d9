"""What the people room tells the others at start."""

from __future__ import annotations

from django.core import checks
from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.doors import every_address_has_a_rule
from clinic.outbox import handlers as outbox_handlers
from clinic.outbox.watch import housekeeping
from clinic.people import consents, desk, drafts, roles, throttle
from clinic.people.colleagues import addresses, hand_over, invitations
from clinic.people.find import reindexing
from clinic.people.phone import begun
from clinic.people.phone import intake as phone_intake
from clinic.people.sample import load
from clinic.people.urgency import alarms
from clinic.people.urgency import calls as urgent_calls
from clinic.signing import kinds


def register() -> None:
    """Consent words, permissions of roles, sample colleagues, what is not kept for ever."""
    outbox_handlers.register(
        invitations.INVITE,
        invitations.send_invitation,
        slow=True,
        words=_("An invitation to a colleague"),
    )
    outbox_handlers.register(
        invitations.RESET, invitations.send_reset, slow=True, words=_("A link for a new password")
    )
    outbox_handlers.register(
        addresses.MOVED,
        addresses.tell_old_address,
        slow=True,
        words=_("Word to a colleague’s old address"),
    )
    outbox_handlers.register(
        hand_over.GIVEN, hand_over.tell_given, slow=True, words=_("Word to a colleague")
    )
    kinds.register(consents.TEXT_KIND)
    roles.grant(
        roles.ADMINISTRATOR,
        *roles.crud("people", "user", "roleheld"),
        *roles.crud("places", "centre", "location", "contactpoint", "closure"),
    )
    for role in (roles.EDITOR, roles.REVIEWER):
        roles.grant(role, "signing.view_text", "signing.view_textversion", "signing.view_approval")
    roles.grant(roles.REVIEWER, "signing.add_approval")
    samples.register(10, load)
    desk.register(
        desk.DeskRow(_("New request"), "staff:new", phone_intake.ROLES, None, order=1, key="n")
    )
    outbox_handlers.register(alarms.URGENT, urgent_calls.call, words=_("A call: urgent words"))
    outbox_handlers.register(
        alarms.NUDGE, urgent_calls.nudge, slow=True, words=_("Word of a call: urgent words")
    )
    checks.register(every_address_has_a_rule, deploy=True)
    housekeeping.register("tries", throttle.forget_old)
    housekeeping.register("drafts", drafts.forget_old)
    housekeeping.register("search tokens", reindexing.make_findable)
    desk.register_notice(begun.notice)
