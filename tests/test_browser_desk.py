"""Colleagues at their lists: by keys alone, with a script that changes a list in place, without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.people import roles
from clinic.people.models import User
from referrals.trials.models import Study
from tests.browsing import House, Watch, sign_in
from tests.builders import case, intake, pay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("Ada", "Berta", "Cora")
SWITCH = "Do not use these keys on this computer"


@pytest.fixture
def house(live_server, settings, tmp_path):
    return House.opened(url=live_server.url, folder=tmp_path, settings=settings)


@pytest.fixture
def watch():
    """At the end, no browser may have complained."""
    watching = Watch()
    yield watching
    assert watching.complaints() == []


@pytest.fixture
def lead(house) -> User:
    """Who sees three referrals, the first of them overdue."""
    now = timezone.now()
    for days, name in zip((9, 0, 0), NAMES, strict=True):
        case(Study.objects.first(), at=now - timedelta(days=days), people=intake(given_name=name))
    pay(now)
    return User.objects.with_role(roles.LEAD).first()


def at_the_list(page, lead, house):
    sign_in(page, lead, house)
    page.goto(f"{house.url}/staff/referrals/")
    expect(page.locator("tbody tr")).to_have_count(3)
    return page


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def test_rows_and_lists_by_keys(house, open_phone, watch, lead):
    page = at_the_list(watch.over(open_phone()), lead, house)
    rows = page.locator("tbody th a").all_inner_texts()
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert focused(page) == rows[row]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(rows[1])
    page.wait_for_load_state()
    for key, address in (("q", "queue/"), ("n", "new/"), ("r", "referrals/"), ("w", "")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"{house.url}/staff/{address}")


def test_the_keys_are_named_and_turned_off(house, open_phone, watch, lead):
    page = at_the_list(watch.over(open_phone()), lead, house)
    page.keyboard.press("?")
    named = page.get_by_role("dialog", name="Keys")
    expect(named).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    named.get_by_role("button", name=SWITCH).press("Enter")
    page.keyboard.press("Escape")
    expect(named).to_be_hidden()
    page.keyboard.press("?")
    page.keyboard.press("/")
    page.keyboard.press("j")
    expect(named).to_be_hidden()
    expect(page.get_by_role("searchbox")).not_to_be_focused()

    page.goto(f"{house.url}/staff/keys/")
    choice = page.get_by_role("button", name=SWITCH)
    expect(choice).to_have_attribute("aria-pressed", "true")
    choice.press("Enter")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j?k/")
    expect(page.get_by_role("searchbox")).to_have_value("j?k/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def visit(page, house):
    """What the list shows after each of its links: the address and the names."""
    seen = []
    for words in ("Overdue", "Waiting", "Study", "Study", "Closed", "Only mine"):
        page.locator("#list").get_by_role("link", name=words).first.press("Enter")
        page.wait_for_function("one => location.search !== one", arg=seen[-1][0] if seen else "")
        page.wait_for_load_state()
        names = page.locator("#list tbody th a").all_inner_texts()
        seen.append((page.evaluate("location.search"), names))
    return seen


def test_a_script_shows_the_same_lists_as_none(house, open_phone, watch, lead):
    page = at_the_list(watch.over(open_phone()), lead, house)
    page.evaluate("document.body.dataset.kept = 'yes'")
    with_script = visit(page, house)
    assert page.evaluate("document.body.dataset.kept") == "yes"
    without = visit(at_the_list(watch.over(open_phone(scripts=False)), lead, house), house)
    assert with_script == without
    assert len({address for address, _names in without}) == 6


def test_after_a_change_in_place_the_keyboard_goes_on_where_it_was(house, open_phone, watch, lead):
    page = at_the_list(watch.over(open_phone()), lead, house)
    page.locator("#list").get_by_role("link", name="Overdue").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Overdue")).to_be_focused()
    page.get_by_label("Language").select_option("es")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.locator("#list")).to_contain_text("Nothing waits here.")
    expect(page.get_by_role("button", name="Show")).to_be_focused()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "Ada" not in stored


def test_a_row_of_a_list_opens_as_a_page(house, open_phone, watch, lead):
    page = at_the_list(watch.over(open_phone()), lead, house)
    page.locator("tbody th a").first.click()
    page.wait_for_url(f"{house.url}/staff/referrals/*/")
    expect(page.get_by_role("heading", level=2, name="Contact")).to_be_visible()
