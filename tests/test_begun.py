"""What a colleague began to take down and did not send: her notice, and who goes on with it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.people.colleagues import hand_over, leaving
from clinic.people.models import Draft
from clinic.people.phone import begun
from clinic.people.requests import NobodyElse
from tests.builders import cast, later, pay
from tests.journeys import page, signed_in, words
from tests.phone_calls import begin, filled_call, form_address, keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


def typed_by(user, address=None, **changes):
    """A draft of hers; the address of its form."""
    browser = signed_in(user)
    if address is None:
        address, values = begin(browser, **changes)
    else:
        values = filled_call(browser, address, **changes)
    keep(browser, values)
    return address


def name_at(user, address):
    return signed_in(user).get(address).context["form"]["given_name"].value()


# -- Her notice ------------------------------------------------------------------------------------
def test_its_owner_reads_how_many_wait_and_nobody_else_does(play):
    for _time in range(2):
        typed_by(play.sam)
    shown = signed_in(play.sam).get(reverse("staff:index"))
    assert "Begun and not sent: 2" in words(shown)
    assert f'href="{reverse("staff:new")}"' in page(shown)
    assert "Maria" not in page(shown)
    assert "Begun and not sent" not in words(signed_in(play.tess).get(reverse("staff:index")))


def test_what_was_sent_waits_no_more(play):
    address = typed_by(play.sam)
    browser = signed_in(play.sam)
    browser.post(address, filled_call(browser, address))
    assert begun.held(play.sam) == 0
    assert begun.notice(play.sam, timezone.now()) is None


# -- Who goes on -----------------------------------------------------------------------------------
def test_it_is_counted_before_a_hand_over(play):
    typed_by(play.sam)
    counts = {str(one.label): one.count for one in hand_over.holdings(play.sam)}
    assert counts["Begun and not sent"] == 1
    takers = hand_over.takers(play.sam, at=timezone.now())
    assert {play.tess, play.ana, play.lena} <= set(takers)
    assert play.sam not in takers
    assert play.erin not in takers


def test_whoever_leaves_loses_nothing_that_was_told_her(play):
    address = typed_by(play.sam)
    assert leaving.leave(play.sam, to=play.tess, by=play.alex, at=timezone.now()) == 1
    assert name_at(play.tess, address) == "Maria"
    browser = signed_in(play.tess)
    browser.post(address, filled_call(browser, address))
    assert AppointmentRequest.rows.count() == 1


def test_where_the_router_chooses_or_the_taker_may_not_it_goes_to_a_lead(play):
    first, second = typed_by(play.sam), form_address("desk")
    assert hand_over.hand_over(play.sam, to=None, by=play.lena, at=timezone.now()) == 1
    assert name_at(play.lena, first) == "Maria"
    typed_by(play.ana, second)
    hand_over.hand_over(play.ana, to=play.tess, by=play.ben, at=timezone.now())
    assert name_at(play.lena, second) == "Maria"
    assert begun.held(play.ana) == begun.held(play.sam) == 0


def test_with_nobody_left_to_go_on_nothing_changes(play):
    typed_by(play.sam)
    others = {play.tess, play.lena, play.ana, play.ben, play.chloe}
    for one in others:
        one.set_unusable_password()
        one.save()
    with pytest.raises(NobodyElse):
        hand_over.hand_over(play.sam, to=None, by=play.alex, at=timezone.now())
    assert begun.held(play.sam) == 1


@pytest.mark.parametrize("hers_is_newer", [True, False])
def test_typed_on_by_both_the_later_words_count(play, hers_is_newer):
    address = typed_by(play.sam)
    hand_over.hand_over(play.sam, to=play.tess, by=play.lena, at=timezone.now())
    typed_by(play.sam, address, given_name="Later")
    his = Draft.rows.filter(user=play.tess)
    his.update(saved_at=later(days=-400 if hers_is_newer else 400))
    hand_over.hand_over(play.sam, to=play.tess, by=play.lena, at=timezone.now())
    assert Draft.rows.filter(user=play.sam).count() == 0
    assert name_at(play.tess, address) == ("Later" if hers_is_newer else "Maria")


def test_what_the_taker_has_sent_is_not_begun_again(play):
    address = typed_by(play.sam)
    hand_over.hand_over(play.sam, to=play.tess, by=play.lena, at=timezone.now())
    browser = signed_in(play.tess)
    browser.post(address, filled_call(browser, address))
    typed_by(play.sam, address)
    hand_over.hand_over(play.sam, to=play.tess, by=play.lena, at=timezone.now())
    assert begun.held(play.tess) == begun.held(play.sam) == 0


def test_who_gets_some_is_told_once(play, mailoutbox):
    for _time in range(2):
        typed_by(play.sam)
    mailoutbox.clear()
    now = timezone.now()
    hand_over.hand_over(play.sam, to=play.tess, by=play.lena, at=now)
    pay(now)
    assert [one.to for one in mailoutbox] == [["tess@example.org"]]


# -- A child ---------------------------------------------------------------------------------------
def test_a_childs_date_of_birth_is_never_kept(play):
    browser = signed_in(play.sam)
    year = str(timezone.localdate().year - 5)
    keep(browser, begin(browser, birth_date_year=year)[1])
    fields = Draft.rows.get().typed["fields"]
    assert not [name for name in fields if name.startswith("birth_date")]
    assert fields["given_name"] == ["Maria"]


@pytest.mark.parametrize("year", ["2972", "19723", "9" * 40, "x", ""])
def test_a_mistake_in_it_is_kept_to_be_mended(play, year):
    browser = signed_in(play.sam)
    keep(browser, begin(browser, birth_date_year=year)[1])
    assert Draft.rows.get().typed["fields"]["birth_date_year"] == [year]


def test_after_a_mistyped_year_the_form_goes_on(play):
    browser = signed_in(play.sam)
    address, values = begin(browser)
    keep(browser, values)
    year = str(timezone.localdate().year - 5)
    refused = browser.post(address, values | {"birth_date_year": year})
    assert refused.status_code == 422
    assert not Draft.rows.exists()
    assert keep(browser, values).json()["words"].startswith("Kept at")
    assert name_at(play.sam, address) == "Maria"
    assert browser.post(address, values).status_code == 302
    assert AppointmentRequest.rows.count() == 1
