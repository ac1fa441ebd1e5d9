"""Requests that a colleague began to take down and has not sent: her notice, and who goes on.

Somebody told her these things on the phone; they must not end with her absence or her account.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.people import drafts, roles
from clinic.people.desk import DeskNotice
from clinic.people.models import Draft, User
from clinic.people.models.staff import UserQuerySet
from clinic.people.phone.intake import PREFIX, kind_at
from clinic.people.requests import NobodyElse


def notice(user: User, at: datetime) -> DeskNotice | None:
    """What its owner reads on the staff index."""
    count = len(drafts.of(PREFIX, by=user))
    if not count:
        return None
    text = _("Begun and not sent: %(count)s") % {"count": count}
    return DeskNotice(text, is_warning=True, url=reverse("staff:new"), action=_("Go on"))


def held(user: User) -> int:
    """How many are in a colleague's hands."""
    return len(drafts.of(PREFIX, by=user))


def takers(user: User, *, at: datetime) -> UserQuerySet:
    """Who is here and could go on with some of them; nobody where she has none."""
    asked = Q(pk__in=[])
    for draft in drafts.of(PREFIX, by=user):
        asked |= Q(pk__in=_able(draft).values("pk"))
    return User.objects.get_queryset().filter(asked).present(at=at).exclude(pk=user.pk)


def pass_on(user: User, *, to: User | None) -> list[User]:
    """Give each to `to`, where he may go on with it, else to a lead; who got one, for each.

    Call inside a transaction. Raises `NobodyElse`.
    """
    return [_give(draft, _taker(draft, to)) for draft in drafts.of(PREFIX, by=user)]


def _able(draft: Draft) -> UserQuerySet:
    held_by = Q(roles_held__role__in=kind_at(draft.place).roles)
    return User.objects.get_queryset().filter(held_by, is_active=True).distinct()


def _taker(draft: Draft, to: User | None) -> User:
    able = _able(draft).exclude(pk=draft.user_id)
    if to is not None and able.filter(pk=to.pk).exists():
        return to
    leads = able.filter(roles_held__role=roles.LEAD).order_by("email")
    found = leads.present(at=Now()).first() or able.present(at=Now()).order_by("email").first()
    if found is None:
        raise NobodyElse("begun request")
    return found


def _give(draft: Draft, to: User) -> User:
    # Sealed to its column, not to its owner: the row moves as it is.
    mine = Draft.rows.filter(pk=draft.pk, user=draft.user_id)
    try:
        with transaction.atomic():
            mine.update(user=to)
    except IntegrityError:
        _keep_newer(draft, to)
    return to


def _keep_newer(draft: Draft, to: User) -> None:
    # It was given before and typed on by both: what was sent is over, else the later words count.
    his = Draft.rows.get(user=to, place=draft.place)
    if drafts.SPENT in his.typed or his.saved_at >= draft.saved_at:
        draft.delete()
        return
    his.delete()
    Draft.rows.filter(pk=draft.pk).update(user=to)
