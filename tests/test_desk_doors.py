"""Who may see and touch a referral: on the desk, in the admin, and in the record of looks."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.people import roles
from clinic.people.models import RoleHeld, User
from referrals.desk.models import Referral, ReferralAttempt
from referrals.trials.codes import DutyCode
from referrals.trials.models import Duty, StudySite
from tests.builders import (
    cast,
    colleague,
    intake,
    pay,
    referral,
    study,
)
from tests.journeys import page, signed_in

pytestmark = pytest.mark.django_db

LIST = "desk:list"


@pytest.fixture
def play():
    made = cast(at=timezone.now())
    made.root = User.objects.create_superuser("root@example.org", full_name="Root")
    return made


@pytest.fixture
def now():
    return timezone.now()


def at(name, row):
    return reverse(f"desk:{name}", args=[row.pk])


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)


def log_form(result, key=None):
    return {"key": str(key or uuid.uuid4()), "channel": "phone", "result": result, "note": "Hi."}


SEES = {
    "ana": True,
    "ben": True,
    "lena": True,
    "chloe": False,
    "sam": False,
    "erin": False,
    "alex": False,
    "root": False,
}
ON_THE_DESK = ("ana", "ben", "lena", "chloe")


@pytest.mark.parametrize("name", SEES)
@pytest.mark.parametrize("routed", [False, True])
def test_each_of_the_cast_sees_only_what_is_hers(play, now, name, routed):
    row = referral(play.study, at=now)
    if routed:
        pay(now)
    user, sees = getattr(play, name), SEES[name]
    browser = signed_in(user)
    assert Referral.objects.visible_to(user).filter(pk=row.pk).exists() is sees
    listed = browser.get(reverse(LIST))
    assert listed.status_code == (200 if name in ON_THE_DESK else 403)
    assert ("Zzyzx" in page(listed)) is sees
    expected = 200 if sees else 404 if name in ON_THE_DESK else 403
    assert browser.get(at("detail", row)).status_code == expected
    assert "Zzyzx" not in page(browser.get(reverse("staff:index")))


@pytest.mark.parametrize("name", [name for name, sees in SEES.items() if not sees])
def test_who_may_not_see_may_not_act(play, now, name):
    row = referral(play.study, at=now)
    pay(now)
    before, events = fresh(row).status, Event.objects.count()
    browser = signed_in(getattr(play, name))
    posts = {"log": log_form("reached"), "close": {"outcome": "joined"}}
    for action in ("accept", "hold", "resume", "log", "close"):
        answer = browser.post(at(action, row), posts.get(action, {}))
        assert answer.status_code in (403, 404)
        assert "Zzyzx" not in page(answer)
    assert fresh(row).status == before
    assert Event.objects.count() == events
    assert not ReferralAttempt.rows.exists()


def test_who_is_not_signed_in_is_sent_to_the_door(client, play, now):
    row = referral(play.study, at=now)
    for address in (reverse(LIST), at("detail", row)):
        assert client.get(address).url.startswith(reverse("staff:sign_in"))
    assert client.post(at("accept", row)).url.startswith(reverse("staff:sign_in"))
    assert fresh(row).status == "requested"


@pytest.mark.parametrize("name", SEES)
def test_the_admin_uses_the_same_door(play, now, name):
    row = referral(play.study, at=now)
    pay(now)
    browser, sees = signed_in(getattr(play, name)), SEES[name]
    listed = browser.get(reverse("admin:desk_referral_changelist"))
    may_look = name in ON_THE_DESK or name == "root"
    assert listed.status_code == (200 if may_look else 403)
    assert (f"referral {str(row.pk)[:8]}" in page(listed)) is sees
    one = browser.get(reverse("admin:desk_referral_change", args=[row.pk]))
    assert one.status_code == (200 if sees else 302 if may_look else 403)
    assert "Zzyzx" not in page(listed) + page(one)


def test_in_the_admin_nothing_about_a_referral_can_be_changed(play, now):
    row = referral(play.study, at=now)
    pay(now)
    browser = signed_in(play.lena)
    address = reverse("admin:desk_referral_change", args=[row.pk])
    content = page(browser.get(address))
    assert 'name="status"' not in content
    assert "_save" not in content
    assert browser.post(address, {"status": "completed", "outcome": "joined"}).status_code == 403
    assert browser.post(reverse("admin:desk_referral_add"), {}).status_code == 403
    assert browser.post(reverse("admin:desk_referral_delete", args=[row.pk])).status_code == 403
    assert fresh(row).status == "received"


@pytest.mark.parametrize("name", ["erin", "alex", "root"])
def test_editor_and_administrators_find_no_patient_anywhere(play, now, name):
    referral(play.study, at=now, people=intake(email=""))
    pay(now)
    browser = signed_in(getattr(play, name))
    index = browser.get(reverse("admin:index"))
    addresses = {model["admin_url"] for app in index.context["app_list"] for model in app["models"]}
    for address in [reverse("calls:list"), *filter(None, addresses)]:
        shown = browser.get(address, follow=True)
        for secret in ("Zzyzx", "555-0177", "maria@", "1972-04-27"):
            assert secret not in page(shown), address


def test_someone_who_lost_her_role_or_her_duty_sees_nothing_any_more(play, now):
    row = referral(play.study, at=now)
    Duty.objects.filter(user=play.ben).update(is_active=False)
    assert not Referral.objects.visible_to(fresh(play.ben)).exists()
    RoleHeld.objects.filter(user=play.ana).delete()
    assert not Referral.objects.visible_to(fresh(play.ana)).exists()
    User.objects.filter(pk=play.lena.pk).update(is_active=False)
    assert not Referral.objects.visible_to(fresh(play.lena)).exists()
    assert row.is_open


def test_after_routing_only_the_site_of_the_referral_sees_it(play, now):
    elsewhere = study("third", site="Elsewhere").sites.get()
    StudySite.objects.create(study=play.study, site=elsewhere)
    dora = colleague("dora", roles.COORDINATOR)
    Duty.objects.create(study=play.study, site=elsewhere, user=dora, duty=DutyCode.BACKUP)
    row = referral(play.study, at=now)
    assert Referral.objects.visible_to(dora).filter(pk=row.pk).exists()
    pay(now)
    assert fresh(row).coordinator == play.ana
    assert not Referral.objects.visible_to(dora).filter(pk=row.pk).exists()


def test_every_look_is_recorded_with_who_and_where(play, now):
    row = referral(play.study, at=now)
    browser = signed_in(play.ana)
    browser.get(reverse(LIST))
    browser.get(at("detail", row))
    browser.get(reverse("admin:desk_referral_change", args=[row.pk]))
    reads = Event.objects.filter(verb="read", about_id=row.pk)
    assert [one.codes["place"] for one in reads] == ["list", "page", "admin"]
    assert {one.actor_id for one in reads} == {str(play.ana.pk)}
    signed_in(play.chloe).get(at("detail", row))
    assert reads.count() == 3
