"""Half-typed staff forms: kept as they are typed, hers alone, gone when they are sent."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest, RequestAttempt
from clinic.people import drafts
from clinic.people.models import Draft
from referrals.desk.models import ReferralAttempt
from tests.builders import NOON, appointment_request, cast, later, referral
from tests.journeys import hidden, page, signed_in, words
from tests.phone_calls import begin, keep
from tests.races import at_once

pytestmark = pytest.mark.django_db

KEEP, THROW_AWAY = "staff:draft_keep", "staff:draft_throw_away"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def kept(user):
    """The fields of her drafts."""
    return [one.typed["fields"] for one in Draft.rows.filter(user=user) if "fields" in one.typed]


# -- Keeping -----------------------------------------------------------------------------------
def test_what_is_typed_comes_back_mistakes_and_all(play):
    browser = signed_in(play.sam)
    typed = {"phone": "21", "birth_date_month": "13", "may_leave_voicemail": "on", "reason": "new"}
    address, values = begin(browser, note="Two lines,\nבעברית <b>", **typed)
    answer = keep(browser, values)
    assert answer.json()["words"].startswith("Kept at ")
    shown = browser.get(address)
    assert "Kept from" in words(shown)
    assert "Error" not in words(shown)
    form = shown.context["form"]
    assert form["note"].value() == values["note"]
    assert (form["phone"].value(), form["reason"].value()) == ("21", "new")
    assert form["birth_date"].value() == ["13", "27", "1972"]
    assert (form["may_leave_voicemail"].value(), form["who"].value()) == (True, "me")
    assert form["key"].value() == address.split("/")[-2]


def test_a_yes_a_token_or_a_button_is_never_kept(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    assert (
        keep(browser, values, csrfmiddlewaretoken="t", new_password="p", keep="x").status_code
        == 302
    )
    fields = kept(play.sam)[0]
    assert {"given_name", "key", "birth_date_month"} <= set(fields)
    assert not [name for name in fields if name.startswith(drafts.NEVER_KEPT)]
    assert not browser.get(address).context["form"]["agree_contact"].value()


def test_the_button_leads_back_to_the_form(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    answer = keep(browser, values, keep="later")
    assert answer.url == address
    shown = browser.get(answer.url)
    assert "Kept at" in words(shown)
    assert 'value="Maria"' in page(shown)


def test_two_callers_are_two_drafts_and_each_is_found_again(play):
    browser = signed_in(play.sam)
    for name in ("Maria", "Nora"):
        keep(browser, begin(browser, given_name=name)[1])
    listed = page(browser.get(reverse("staff:new")))
    begun = re.findall(r"/staff/new/appointment/[0-9a-f-]{36}/", listed)
    # One address is that of a fresh form.
    assert len(set(begun)) == 3
    names = {browser.get(one).context["form"]["given_name"].value() for one in begun}
    assert names == {"Maria", "Nora", None}


def test_typing_on_changes_the_one_draft(play):
    browser = signed_in(play.sam)
    _address, values = begin(browser)
    for note in ("She", "She says"):
        keep(browser, values, note=note)
    assert [one["note"] for one in kept(play.sam)] == [["She says"]]


@pytest.mark.django_db(transaction=True)
def test_a_save_that_meets_the_sending_brings_nothing_back(transactional_db):
    play = cast(at=timezone.now())
    first = signed_in(play.sam)
    address, values = begin(first)
    browsers = [Client() for _number in range(4)]
    for one in browsers:
        one.cookies.update(first.cookies)

    def click(number):
        return keep(browsers[number], values) if number else browsers[0].post(address, values)

    answers = at_once(click, threads=4)
    assert [one.status_code for one in answers] == [302, 200, 200, 200]
    assert (AppointmentRequest.rows.count(), kept(play.sam)) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_saves_at_the_same_moment_are_one_draft(transactional_db):
    play = cast(at=timezone.now())
    first = signed_in(play.sam)
    _address, values = begin(first)
    browsers = [Client() for _number in range(4)]
    for one in browsers:
        one.cookies.update(first.cookies)
    answers = at_once(lambda number: keep(browsers[number], values), threads=4)
    assert {one.status_code for one in answers} == {200}
    assert Draft.rows.count() == 1


def test_a_draft_is_sealed_and_its_place_names_nobody(play):
    browser = signed_in(play.sam)
    keep(browser, begin(browser, note="canary words")[1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, typed FROM people_draft")
        (place, typed), *others = cursor.fetchall()
    assert others == []
    assert re.fullmatch(r"new\.appointment:[0-9a-f-]{36}", place)
    for word in ("canary", "Maria", "Zzyzx", "555"):
        assert word not in typed


# -- Hers alone ----------------------------------------------------------------------------------
def test_nobody_else_finds_a_draft(play):
    hers = signed_in(play.sam)
    address, values = begin(hers)
    keep(hers, values)
    for user in (play.tess, play.lena):
        browser = signed_in(user)
        assert browser.get(address).context["form"]["given_name"].value() is None
        assert "Maria" not in page(browser.get(reverse("staff:new")))
        assert browser.post(reverse(THROW_AWAY), {"draft": values["draft"]}).status_code == 404
    assert len(kept(play.sam)) == 1
    keep(signed_in(play.tess), values, given_name="Nora")
    assert kept(play.sam)[0]["given_name"] == ["Maria"]


def test_it_is_thrown_away_once(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    keep(browser, values)
    assert browser.post(reverse(THROW_AWAY), values).url == address
    assert not Draft.rows.exists()
    assert browser.post(reverse(THROW_AWAY), values).status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        "",
        "new.appointment",
        "new.appointment:",
        "new.appointment:1",
        f"elsewhere:{uuid.uuid4()}",
        "\x00",
    ],
)
def test_a_place_that_is_none_is_refused(play, place):
    for name in (KEEP, THROW_AWAY):
        assert signed_in(play.sam).post(reverse(name), {"draft": place}).status_code == 400


def test_more_than_a_draft_holds_is_refused_and_the_earlier_one_stays(play):
    browser = signed_in(play.sam)
    _address, values = begin(browser)
    keep(browser, values)
    assert keep(browser, values, note="x" * drafts.LONGEST).status_code == 413
    assert "note" not in kept(play.sam)[0]


def test_a_month_later_it_is_gone(play):
    place = f"new.appointment:{uuid.uuid4()}"
    Draft.rows.create(user=play.sam, place=place, typed={"fields": {}}, saved_at=NOON)
    drafts.forget_old(NOON + drafts.OLDEST)
    assert Draft.rows.exists()
    drafts.forget_old(later(days=31))
    assert not Draft.rows.exists()


# -- Sent ------------------------------------------------------------------------------------------
def test_sending_ends_the_draft_and_a_late_save_does_not_bring_it_back(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    keep(browser, values)
    assert browser.post(address, values).status_code == 302
    assert kept(play.sam) == []
    assert keep(browser, values).json() == {"words": ""}
    assert kept(play.sam) == []
    assert "Nothing was kept" in words(
        browser.get(keep(browser, values, keep="later").url, follow=True)
    )
    assert browser.get(address).url == reverse("staff:new")


def test_a_form_sent_again_from_its_draft_is_one_request(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    keep(browser, values)
    back = hidden(browser.get(address))
    assert back["key"] == values["key"]
    for _time in range(2):
        browser.post(address, values | back)
    assert AppointmentRequest.rows.count() == 1


@pytest.fixture(params=["appointments", "desk"])
def calling(request, play):
    """Somebody about to log a call: browser, page, address of the log, table of tries."""
    now = timezone.now()
    if request.param == "desk":
        row, user, table = referral(play.study, at=now), play.ana, ReferralAttempt
    else:
        row, user, table = appointment_request(at=now), play.sam, RequestAttempt
    name = request.param
    detail, log = (reverse(f"{name}:{one}", args=[row.pk]) for one in ("detail", "log"))
    return signed_in(user), detail, log, table


def test_a_note_about_a_call_is_kept_and_sent_once(play, calling):
    browser, detail, log, table = calling
    typed = hidden(browser.get(detail)) | {"channel": "phone", "result": "", "note": "She said"}
    assert keep(browser, typed).status_code == 200
    shown = browser.get(detail)
    assert "She said" in page(shown)
    assert hidden(shown)["key"] == typed["key"]
    refused = browser.post(log, typed)
    assert refused.status_code == 422
    assert "She said" in page(refused)
    for _time in range(2):
        assert browser.post(log, typed | {"result": "voicemail"}).status_code == 302
    assert table.rows.get().note == "She said"
    after = browser.get(detail)
    assert "Kept from" not in words(after)
    assert keep(browser, typed).json() == {"words": ""}
    following = hidden(after) | {"note": "Next time"}
    assert keep(browser, following).json()["words"]
    assert "Next time" in page(browser.get(detail))


def test_a_draft_without_its_key_still_leaves_a_form_that_can_be_sent(play, calling):
    browser, detail, log, table = calling
    typed = hidden(browser.get(detail)) | {"channel": "phone", "result": "voicemail"}
    keep(browser, {name: value for name, value in typed.items() if name != "key"})
    back = typed | hidden(browser.get(detail))
    assert browser.post(log, back).status_code == 302
    assert table.rows.exists()
