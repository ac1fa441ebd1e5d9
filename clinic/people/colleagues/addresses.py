"""Giving a colleague's account another e-mail address: whoever did it, she hears of it.

An account is opened through its address, so a new one is a new key: the old password and sessions
end, the new address is invited, and the old one is told. Refuses to send: the outbox does.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.outbox import messages
from clinic.outbox.handlers import TryLater
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.outbox.receipts import phone_of
from clinic.people.colleagues import invitations
from clinic.people.models import User
from clinic.places.models import ContactRole

MOVED: Final = invitations.MOVED
LONGEST: Final = 120
"""Letters of an address; what is owed to the old one carries it, and its key is short."""


def move(user: User, *, to: str, by: User, at: datetime) -> bool:
    """Give an account another address; False when it has this one already."""
    rows = User.objects.get_queryset().select_for_update(no_key=True)
    with transaction.atomic():
        row = rows.get(pk=user.pk)
        if row.email == to:
            return False
        # Without a password her sessions end, and every link that was made for the old address.
        User.objects.filter(pk=row.pk).update(email=to, password=make_password(None))
        record("move_account", about=row, by=Actor.staff(by), at=at, fields=["email"])
        owe(Owed(MOVED, row, key=f"{at:%Y%m%d%H%M%S} {row.email}"), at=at)
        if row.is_active:
            invitations.invite(row, key=uuid.uuid4(), by=by, at=at)
    return True


def tell_old_address(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the address that the account had before, and only that one."""
    if not invitations.has_words(MOVED, at=at):
        raise TryLater("no words")
    effect = Effect.objects.get(pk=effect_id)
    _occasion, _blank, address = effect.key.partition(" ")
    messages.tell_colleague(
        User.objects.get(pk=about_id),
        subject=invitations.SUBJECTS[MOVED],
        effect_id=effect_id,
        values={"phone": phone_of(ContactRole.MAIN)},
        at=at,
        to=address,
    )
