"""Accounts in the admin: who is added is invited, and nobody chooses another's password."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.models import Effect
from clinic.people import roles
from clinic.people.colleagues import leaving
from clinic.people.colleagues.invitations import INVITE
from clinic.people.models import RoleHeld, User
from tests.accounts import NEW, change_url, form, fresh, newcomer
from tests.builders import PASSWORD, appointment_request, cast, pay
from tests.journeys import hidden, page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


def test_a_colleague_added_without_a_password_is_invited(play):
    values = form(**{"roles_held-0-role": roles.SCHEDULER})
    answer = signed_in(play.alex).post(reverse("admin:people_user_add"), values, follow=True)
    assert "An invitation is on its way by mail." in page(answer)
    pay(timezone.now())
    assert [one.to for one in mail.outbox] == [["nora@example.org"]]
    assert Event.objects.get(verb="invite").about_id == User.objects.get(full_name="Nora").pk


def test_no_administrator_chooses_the_password_of_another(play):
    browser = signed_in(play.alex)
    for address in (reverse("admin:people_user_add"), change_url(play.ana)):
        assert "password" not in re.findall(r'name="([^"]*)"', page(browser.get(address)))
    browser.post(reverse("admin:people_user_add"), form(new_password=NEW, password=NEW))
    browser.post(change_url(play.ana), form(play.ana, new_password=NEW, password=NEW))
    assert not User.objects.get(full_name="Nora").has_usable_password()
    assert fresh(play.ana).check_password(PASSWORD)


def test_the_button_invites_again(play):
    nora, browser = newcomer(), signed_in(play.alex)
    shown = browser.get(change_url(nora))
    key = hidden(shown)["key"]
    assert "This colleague leaves" in page(shown)
    invite = reverse("staff:invite", args=[nora.pk])
    for _click in range(2):
        assert "on its way" in page(browser.post(invite, {"key": key}, follow=True))
    assert Effect.objects.filter(kind=INVITE).count() == 1
    assert "No invitation was sent." in page(browser.post(invite, {"key": "1"}, follow=True))
    assert browser.get(invite).status_code == 405


@pytest.mark.parametrize("name", ["ana", "lena", "sam", "erin"])
def test_only_administrators_invite_and_let_in(play, name):
    browser = signed_in(getattr(play, name))
    for action in ("invite", "come_back"):
        address = reverse(f"staff:{action}", args=[play.chloe.pk])
        assert browser.post(address, {"key": str(uuid.uuid4())}).status_code == 403
    assert not Effect.objects.filter(kind=INVITE).exists()


def test_who_comes_back_is_invited_anew(play):
    leaving.leave(play.chloe, to=None, by=play.alex, at=timezone.now())
    browser = signed_in(play.alex)
    assert "Let this colleague in again" in page(browser.get(change_url(play.chloe)))
    back = reverse("staff:come_back", args=[play.chloe.pk])
    for _click in range(2):
        assert "The account is open again." in page(browser.post(back, follow=True))
    assert fresh(play.chloe).is_active
    pay(timezone.now())
    assert [one.to for one in mail.outbox] == [["chloe@example.org"]]
    assert Event.objects.filter(verb="come_back").count() == 1


def test_a_form_opened_before_she_left_does_not_let_her_in_again(play):
    browser, values = signed_in(play.alex), form(play.chloe, full_name="Chloe O.", is_active="on")
    leaving.leave(play.chloe, to=None, by=play.alex, at=timezone.now())
    assert browser.post(change_url(play.chloe), values).status_code == 302
    chloe = fresh(play.chloe)
    assert (chloe.full_name, chloe.is_active) == ("Chloe O.", False)
    # Nor does one that ticks nothing end an account with all that it holds.
    assert browser.post(change_url(play.ana), form(play.ana)).status_code == 302
    assert fresh(play.ana).is_active


def test_the_last_lead_keeps_her_role_and_a_busy_colleague_hers(play):
    browser = signed_in(play.alex)
    taken = form(play.lena, **{"roles_held-0-DELETE": "on"})
    refused = browser.post(change_url(play.lena), taken)
    assert refused.status_code == 200
    assert "Nobody else is “trials office lead”." in page(refused)
    appointment_request()
    pay()
    busy, free = play.sam, play.tess
    if not busy.appointment_requests.exists():
        busy, free = free, busy
    other = form(busy, **{"roles_held-0-role": roles.EDITOR})
    refused = browser.post(change_url(busy), other)
    assert refused.status_code == 200
    assert "Requests or calls are still in these hands." in page(refused)
    assert reverse("staff:hand_over_one", args=[busy.pk]) in page(refused)
    assert browser.post(change_url(free), form(free, **{"roles_held-0-DELETE": "on"})).url
    held = RoleHeld.objects.filter(user__in=(play.lena, busy, free))
    assert set(held.values_list("user", "role")) == {
        (play.lena.pk, roles.LEAD),
        (busy.pk, roles.SCHEDULER),
    }
