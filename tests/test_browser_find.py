"""The phone rings: from a name and four digits to the case by keyboard alone."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.people.models import User
from referrals.desk.models import Case
from tests.browsing import House, Watch, sign_in
from tests.builders import appointment_request, case, intake, pay
from tests.test_browser_house import FAULTS, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
def maria(house) -> Case:
    """Somebody who asked, in her colleague's hands."""
    made = case(people=intake(given_name="María", family_name="García-Márquez"))
    pay(timezone.now())
    made.refresh_from_db()
    return made


def at_her_list(page, maria, house):
    sign_in(page, maria.owner, house)
    page.goto(f"{house.url}/staff/referrals/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def test_from_the_key_to_the_case_without_a_mouse(house, open_phone, watch, maria):
    page = at_her_list(watch.over(open_phone()), maria, house)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("maria 0177")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="María García-Márquez")).to_be_focused()
    assert "?" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{maria.referrals.get().pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("María")


def test_without_scripts_the_tab_key_does(house, open_phone, watch, maria):
    page = at_her_list(watch.over(open_phone(scripts=False)), maria, house)
    for _press in range(12):
        page.keyboard.press("Tab")
        if page.get_by_role("searchbox").and_(page.locator(":focus")).count():
            break
    page.keyboard.type("marquez 0177")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="María García-Márquez")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{maria.referrals.get().pk}/")


def test_a_slash_in_a_text_is_a_slash(house, open_phone, watch, maria):
    page = at_her_list(watch.over(open_phone()), maria, house)
    page.goto(f"{house.url}/staff/find/")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.type("4/5")
    expect(box).to_have_value("4/5")


def test_an_uninvolved_colleague_passes_a_message_by_keyboard(house, open_phone, watch, maria):
    page = watch.over(open_phone())
    sam = User.objects.with_role("scheduler").first()
    sign_in(page, sam, house)
    page.keyboard.press("/")
    page.keyboard.type("maria 0177")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="A colleague looks after this caller")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text(maria.owner.full_name)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{maria.owner.full_name} will call her back.")).to_be_visible()


def test_every_answer_fits_a_narrow_screen(house, open_phone, watch, maria):
    appointment_request(people=intake(given_name="Maria"))
    page = at_her_list(watch.over(open_phone()), maria, house)
    faults = []
    for typed in ("", "maria", "maria 0177", "nobody", "212 555 0177", "1"):
        page.goto(f"{house.url}/staff/find/")
        page.get_by_role("searchbox").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            faults += [f"{typed}, {width} px: {one}" for one in page.evaluate(FAULTS, width)]
    assert faults == []
