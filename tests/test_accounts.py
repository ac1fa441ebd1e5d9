"""Colleagues' accounts: one door, slow for guessers; roles from other hands; every look written."""

from __future__ import annotations

import uuid
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.models import Attempt, RoleHeld, User
from clinic.people.sign_in import TRIES
from tests.builders import (
    PASSWORD,
    appointment_request,
    cast,
    colleague,
    intake,
    pay,
    referral,
)
from tests.journeys import page, signed_in, title, words

pytestmark = pytest.mark.django_db

SIGN_IN = "staff:sign_in"
WRONG = "not the right password"
TOO_MANY = "There were many tries. Wait 15 minutes, or ask an administrator."


@pytest.fixture
def play():
    return cast(at=timezone.now())


# -- One door, slow for guessers -------------------------------------------------------------------
def sign_in(password, *, name="ana", address="192.0.2.1", browser=None):
    """One try at the door."""
    values = {"username": f"{name}@example.org", "password": password}
    return (browser or Client()).post(reverse(SIGN_IN), values, REMOTE_ADDR=address)


def test_after_ten_wrong_tries_even_the_right_password_waits(play):
    for _try in range(TRIES["pair"]):
        refused = sign_in(WRONG)
        assert refused.status_code == 200
        assert TOO_MANY not in words(refused)
    browser = Client()
    slowed = sign_in(PASSWORD, browser=browser)
    assert TOO_MANY in words(slowed)
    assert title(slowed).startswith("Error:")
    assert browser.get(reverse("staff:index")).status_code == 302
    # A colleague at another desk is not locked out by it.
    assert sign_in(PASSWORD, name="ben", address="192.0.2.2").status_code == 302


def test_an_account_is_guarded_from_many_addresses_and_an_address_over_many_accounts(play):
    for number in range(TRIES["account"]):
        sign_in(WRONG, name="ana", address=f"192.0.2.{number}")
    for number in range(TRIES["address"]):
        sign_in(WRONG, name=f"nobody{number}", address="198.51.100.7")
    assert TOO_MANY in words(sign_in(PASSWORD, name="ana", address="203.0.113.1"))
    assert TOO_MANY in words(sign_in(PASSWORD, name="ben", address="198.51.100.7"))
    assert sign_in(PASSWORD, name="ben", address="203.0.113.1").status_code == 302


def test_a_right_password_is_not_counted(play):
    for _try in range(TRIES["pair"] - 1):
        sign_in(WRONG)
    for _time in range(TRIES["pair"] + 1):
        assert sign_in(PASSWORD).status_code == 302
    assert TOO_MANY not in words(sign_in(WRONG))
    assert TOO_MANY in words(sign_in(WRONG))


def test_spellings_of_an_address_are_one_account(play):
    for number in range(TRIES["pair"]):
        sign_in(WRONG, name="ANA" if number % 2 else " ana")
    assert TOO_MANY in words(sign_in(PASSWORD))


def test_a_stranger_elsewhere_does_not_keep_her_out(play):
    for _try in range(TRIES["pair"] + 1):
        sign_in(WRONG, address="198.51.100.7")
    assert TOO_MANY in words(sign_in(PASSWORD, address="198.51.100.7"))
    assert sign_in(PASSWORD, address="192.0.2.1").status_code == 302


def test_the_table_of_tries_names_nobody(play):
    sign_in(WRONG)
    assert Attempt.objects.count() == len(TRIES) + 1, "and one that holds back the trail"
    assert "ana" not in repr(list(Attempt.objects.values()))
    assert "192.0.2.1" not in repr(list(Attempt.objects.values()))


def test_the_admin_has_no_door_of_its_own(client, play):
    door = reverse(SIGN_IN) + "?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url == door
    values = {"username": "ana@example.org", "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", values).url == door
    assert "_auth_user_id" not in client.session
    last, _status = client.get("/admin/", follow=True).redirect_chain[-1]
    assert unquote(last) == door


# -- Roles come from other hands -------------------------------------------------------------------
def change_url(user):
    return reverse("admin:people_user_change", args=[user.pk])


def account(user, *, role="", **changes):
    """The form of an account as the browser sends it, with one role more."""
    held = list(user.roles_held.all())
    values = {
        "email": user.email,
        "full_name": user.full_name,
        "languages": "en",
        "capacity": "20",
        "is_active": "on",
        "roles_held-TOTAL_FORMS": str(len(held) + 1),
        "roles_held-INITIAL_FORMS": str(len(held)),
        f"roles_held-{len(held)}-user": str(user.pk),
        f"roles_held-{len(held)}-role": role,
        "absences-TOTAL_FORMS": "0",
        "absences-INITIAL_FORMS": "0",
    }
    for number, one in enumerate(held):
        row = {"id": str(one.pk), "user": str(user.pk), "role": one.role}
        values |= {f"roles_held-{number}-{name}": value for name, value in row.items()}
    return values | changes


def roles_of(user):
    return set(RoleHeld.objects.filter(user=user).values_list("role", flat=True))


def test_nobody_gives_herself_a_role(play):
    browser = signed_in(play.alex)
    assert 'name="roles_held-0-role"' not in page(browser.get(change_url(play.alex)))
    browser.post(change_url(play.alex), account(play.alex, role=roles.COORDINATOR))
    changed = {"roles_held-0-role": roles.LEAD}
    browser.post(change_url(play.alex), account(play.alex, **changed))
    browser.post(change_url(play.alex), account(play.alex, **{"roles_held-0-DELETE": "on"}))
    assert roles_of(play.alex) == {roles.ADMINISTRATOR}
    # The rest of her account is hers to change.
    browser.post(change_url(play.alex), account(play.alex, full_name="Alexandra"))
    assert User.objects.get(pk=play.alex.pk).full_name == "Alexandra"


def test_a_superuser_does_not_either():
    root = User.objects.create_superuser("root@example.org", PASSWORD, full_name="Root")
    signed_in(root).post(change_url(root), account(root, role=roles.COORDINATOR))
    assert roles_of(root) == set()


def test_who_gave_whom_which_role_is_written_without_values(play):
    saved = signed_in(play.alex).post(
        change_url(play.chloe),
        account(play.chloe, role=roles.LEAD),
    )
    assert saved.status_code == 302, page(saved)
    assert roles_of(play.chloe) == {roles.COORDINATOR, roles.LEAD}
    event = Event.objects.get(verb="change_account")
    assert (event.actor_id, event.about_id) == (str(play.alex.pk), play.chloe.pk)
    assert event.codes == {
        "roles": ["coordinator", "lead"],
        "before": ["coordinator"],
    }


def test_a_change_that_touches_no_role_is_no_event(play):
    signed_in(play.alex).post(change_url(play.chloe), account(play.chloe, full_name="Chloe O."))
    assert User.objects.get(pk=play.chloe.pk).full_name == "Chloe O."
    assert not Event.objects.filter(verb="change_account").exists()


def test_a_new_account_is_written(play):
    values = account(play.chloe, role=roles.SCHEDULER, email="NEW@example.org", full_name="New")
    values |= {"roles_held-INITIAL_FORMS": "0", "roles_held-TOTAL_FORMS": "0"}
    signed_in(play.alex).post(reverse("admin:people_user_add"), values)
    made = User.objects.get(email="new@example.org")
    assert not made.has_usable_password()
    assert Event.objects.get(verb="change_account").about_id == made.pk


@pytest.mark.parametrize("name", ["erin", "sam", "ana", "lena"])
def test_only_administrators_touch_accounts(play, name):
    browser = signed_in(getattr(play, name))
    assert browser.get(change_url(play.chloe)).status_code == 403
    posted = browser.post(change_url(play.chloe), account(play.chloe, role=roles.LEAD))
    assert posted.status_code == 403
    assert roles_of(play.chloe) == {roles.COORDINATOR}


@pytest.mark.parametrize(
    "lookup", ["password", "password__startswith", "password__regex", "roles_held__user__password"]
)
def test_a_filter_in_the_address_does_not_ask_for_passwords(play, lookup):
    address = reverse("admin:people_user_changelist")
    refused = signed_in(play.alex).get(address, {lookup: "md5$"})
    assert refused.status_code == 400
    assert "example.org" not in page(refused)


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [("en, xq", "xq"), ("english", "english"), ('["en"]', '["en"]'), ("en es; zz", "es;, zz")],
)
def test_languages_nobody_knows_are_refused_in_words(play, typed, unknown):
    refused = signed_in(play.alex).post(change_url(play.ana), account(play.ana, languages=typed))
    assert refused.status_code == 200
    assert f"These are no codes of languages: {unknown}." in page(refused)
    assert User.objects.get(pk=play.ana.pk).languages == ["en", "es"]


def test_languages_are_kept_as_codes(play):
    typed = account(play.chloe, languages=" EN,es  ase ")
    assert signed_in(play.alex).post(change_url(play.chloe), typed).status_code == 302
    assert User.objects.get(pk=play.chloe.pk).languages == ["en", "es", "ase"]


# -- Every look is written -------------------------------------------------------------------------
def desks(play):
    """A row of each desk with who may see it, its list in the admin, and its page of tries."""
    study_row, visit = referral(play.study, at=timezone.now()), appointment_request()
    return [
        (play.ana, study_row, "admin:desk_referral_changelist", "desk"),
        (play.sam, visit, "admin:appointments_appointmentrequest_changelist", "appointments"),
    ]


def places(row):
    reads = Event.objects.filter(verb="read", about_id=row.pk)
    return [(one.codes["place"], one.actor_id) for one in reads]


def test_a_list_in_the_admin_is_a_look_at_each_of_its_rows(play):
    for user, row, listed, _room in desks(play):
        signed_in(user).get(reverse(listed))
        assert places(row) == [("admin list", str(user.pk))]
        # One that shows nobody is a look at nobody.
        signed_in(user).get(reverse(listed), {"status__exact": "completed"})
        assert len(places(row)) == 1


@pytest.mark.parametrize("form", ["log", "close"])
def test_a_page_that_comes_back_with_a_mistake_is_a_look_too(play, form):
    posts = {"log": {"key": str(uuid.uuid4())}, "close": {"outcome": "cured"}}
    for user, row, _listed, room in desks(play):
        answer = signed_in(user).post(reverse(f"{room}:{form}", args=[row.pk]), posts[form])
        assert answer.status_code == 422
        assert "Maria Zzyzx" in page(answer)
        assert places(row) == [("page", str(user.pk))]


def test_who_was_refused_has_not_looked(play):
    for _user, row, listed, room in desks(play):
        browser = signed_in(colleague("erin"))
        assert browser.get(reverse(listed)).status_code == 403
        assert browser.get(reverse(f"{room}:detail", args=[row.pk])).status_code == 403
        assert places(row) == []


def test_a_look_at_the_calls_one_owes_is_written(play):
    appointment_request(people=intake(email=""))
    pay()
    task = CallTask.rows.get()
    signed_in(task.assigned_to).get(reverse("calls:list"))
    assert places(task) == [("calls", str(task.assigned_to_id))]


def test_each_way_in_and_out_is_written_down_and_each_refused_one(play):
    door, browser = reverse("staff:sign_in"), Client()
    form = {"username": "Ana@example.org", "password": "wrong"}
    browser.post(door, form)
    browser.post(door, form | {"username": "nobody@example.org"})
    browser.post(door, form | {"password": PASSWORD})
    browser.post(reverse("staff:sign_out"))
    seen = Event.objects.about("people.user", play.ana.pk).filter(verb__startswith="sign_")
    found = list(seen.values_list("verb", "actor_kind"))
    assert found == [("sign_in_refused", "person"), ("sign_in", "staff"), ("sign_out", "staff")]
    assert not Event.objects.filter(codes__icontains="wrong").exists()


@pytest.mark.django_db(transaction=True)
def test_a_refused_sign_in_commits_as_often_for_nobody_as_for_somebody(transactional_db):
    ana = cast().ana
    commits = [commits_of(email) for email in (ana.email, "nobody@example.org")]
    assert commits[0] == commits[1] > 0
    assert Event.objects.filter(verb="sign_in_refused").count() == 1


def commits_of(email):
    """How often the disk is waited for while a sign-in with this address is refused."""
    with CaptureQueriesContext(connection) as seen:
        Client().post(reverse(SIGN_IN), {"username": email, "password": WRONG})
    inside, count = False, 0
    for one in seen.captured_queries:
        words_ = one["sql"].split(" ", 1)[0]
        inside = (inside or words_ == "BEGIN") and words_ != "COMMIT"
        # A write outside any transaction is one by itself.
        count += words_ == "COMMIT" or (not inside and words_ in {"INSERT", "UPDATE"})
    return count


def test_past_the_limit_of_the_door_the_trail_is_not_filled(play):
    for number in range(TRIES["account"] + 3):
        sign_in(WRONG, address=f"192.0.2.{number}")
    assert Event.objects.filter(verb="sign_in_refused").count() == TRIES["account"]
