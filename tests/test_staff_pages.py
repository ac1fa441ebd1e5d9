"""The frame of colleagues' pages: language, where one is, lists by address, a part for a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Person
from tests.builders import NOON, appointment_request, cast, pay, referral
from tests.journeys import page, signed_in, title, words

REFERRALS, REQUESTS = "desk:list", "appointments:list"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def play(db):
    return cast(at=timezone.now())


def shown(browser, address, **headers):
    answer = browser.get(reverse(REFERRALS) + address, headers=headers or None)
    assert answer.status_code == 200
    return list(answer.context["rows"])


# -- The frame -------------------------------------------------------------------------------------
def test_colleagues_pages_are_english(play):
    answer = signed_in(play.ana).get("/staff/", headers={"Accept-Language": "es"})
    assert answer["Content-Language"] == "en"
    assert '<html lang="en"' in page(answer)
    assert 'href="/es/' not in page(answer)


def test_a_patients_page_keeps_its_language(play):
    assert Client().get("/es/appointments/safety/")["Content-Language"] == "es"


@pytest.mark.parametrize(("address", "current"), [("", "page"), ("one", "true")])
def test_the_list_a_page_belongs_to_is_marked(play, address, current):
    row = referral(play.study, at=timezone.now())
    url = reverse("desk:detail", args=[row.pk]) if address else reverse(REFERRALS)
    content = page(signed_in(play.ana).get(url))
    marked = re.findall(r'<a href="([^"]*)"\s*data-key="\w"\s*aria-current="(\w+)"', content)
    assert marked == [(reverse(REFERRALS), current)]


def test_the_keys_of_a_colleague_are_those_of_her_lists(play):
    ana = words(signed_in(play.ana).get(reverse("staff:keys")))
    erin = words(signed_in(play.erin).get(reverse("staff:keys")))
    assert "g r Referrals" in ana
    assert "g a" not in ana
    assert "g r" not in erin
    assert "/ Find a person" not in erin


def test_instants_are_told_to_the_second(play):
    referral(play.study, at=timezone.now())
    told = re.findall(r'<time datetime="([^"]*)"', page(signed_in(play.ana).get("/staff/")))
    assert told
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}[+-][\d:]{5}", one) for one in told)


# -- The front page --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["staff:index", REFERRALS])
def test_a_page_asks_as_much_for_many_rows_as_for_few(play, name, django_assert_num_queries):
    browser, url = signed_in(play.ana), reverse(name)
    referral(play.study, at=timezone.now())
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for _number in range(12):
        referral(play.study, at=timezone.now())
    with django_assert_num_queries(len(few)):
        browser.get(url)


def test_the_front_page_says_how_much_and_since_when(play):
    now = timezone.now()
    for days in (9, 8, 0):
        referral(play.study, at=now - timedelta(days=days))
    told = words(signed_in(play.ana).get(reverse("staff:index")))
    assert "Referrals 3 2 overdue since" in told
    assert "When it is due" in told


def test_who_has_no_list_sees_no_bars(play):
    told = words(signed_in(play.erin).get(reverse("staff:index")))
    assert "There is no list for your role here." in told
    assert "When it is due" not in told


# -- Lists by address ------------------------------------------------------------------------------
@pytest.fixture
def other(play):
    """Chloe's study, which Ana does not see."""
    return play.chloe.duties.get().study


@pytest.fixture
def three(play, other):
    """Overdue in Spanish, due later in English, and one of another study."""
    now = timezone.now()
    late = referral(play.study, at=now - timedelta(days=9))
    Person.rows.filter(pk=late.case.person_id).update(language="es")
    return late, referral(play.study, at=now), referral(other, at=now)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", {0, 1, 2}),
        ("?overdue", {0}),
        ("?language=es", {0}),
        ("?language=en", {1, 2}),
        ("?overdue&language=en", set()),
        ("?language=zz&case__person__birth_date=1972", {0, 1, 2}),
        ("?study=no-study", {0, 1, 2}),
        ("?study=00000000-0000-0000-0000-000000000000", {0, 1, 2}),
        ("?sort=case__person__language", {0, 1, 2}),
        ("?mine", set()),
        ("?ended", set()),
    ],
)
def test_an_address_narrows_and_never_widens(play, three, address, expected):
    found = {three.index(row) for row in shown(signed_in(play.lena), address)}
    assert found == expected


def test_a_list_is_narrowed_to_one_study(play, other, three):
    browser = signed_in(play.lena)
    assert shown(browser, f"?study={other.pk}") == [three[2]]
    assert f'<option value="{other.pk}">' in page(browser.get(reverse(REFERRALS)))


def test_nobody_is_offered_or_shown_the_studies_of_others(play, other, three):
    browser = signed_in(play.ana)
    content = page(browser.get(reverse(REFERRALS)))
    assert f'<option value="{play.study.pk}">' in content
    assert str(other.pk) not in content
    assert three[2] not in shown(browser, f"?study={other.pk}")


@pytest.mark.parametrize(("order", "first"), [("language", 1), ("-language", 0), ("-due", 1)])
def test_a_list_is_sorted_both_ways(play, order, first):
    now = timezone.now()
    rows = [referral(play.study, at=now - timedelta(days=9)), referral(play.study, at=now)]
    Person.rows.filter(pk=rows[0].case.person_id).update(language="es")
    assert shown(signed_in(play.ana), f"?sort={order}")[0] == rows[first]


def test_filters_tell_how_many_stand_behind_them(play, three):
    told = words(signed_in(play.lena).get(reverse(REFERRALS) + "?language=es"))
    assert "Waiting 1 Overdue 1 Closed Only mine" in told


@pytest.mark.parametrize("address", ["", "?overdue", "?language=es&sort=-with", "?mine&ended"])
def test_the_list_of_requests_is_asked_in_the_same_way(play, address):
    appointment_request(at=NOON)
    pay(NOON)
    answer = signed_in(play.sam).get(reverse(REQUESTS) + address)
    assert answer.status_code == 200
    assert "Overdue" in words(answer)


# -- A part for a script ---------------------------------------------------------------------------
def the_list(answer):
    """From the list on, without what the frame says after it."""
    found = re.search(r'<div id="list".*', page(answer), re.DOTALL)
    return found[0].partition("</main>")[0].strip()


@pytest.mark.parametrize("address", ["", "?overdue&sort=-study", "?ended"])
def test_a_script_gets_the_same_list_without_the_frame(play, address):
    referral(play.study, at=timezone.now())
    browser, url = signed_in(play.ana), reverse(REFERRALS) + address
    whole, part = browser.get(url), browser.get(url, headers=HTMX)
    assert the_list(part) == the_list(whole)
    assert title(part) == title(whole) == "Referrals"
    assert "<header" not in page(part)
    assert "<html" not in page(part)


def test_going_back_gets_the_whole_page(play):
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in page(signed_in(play.ana).get(reverse(REFERRALS), headers=headers))


def test_a_script_whose_session_has_ended_reloads_the_page(play):
    answer = Client().get(reverse(REFERRALS), headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert page(answer) == ""
