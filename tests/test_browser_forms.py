"""What a form does in a browser: with scripts a little more, without them nothing less."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browsing import (
    FOR_ME,
    PHONE_ALONE,
    SAFE,
    House,
    Watch,
    answer,
    ask_for_appointment,
    fill,
    send,
    tick,
)
from tests.journeys import APPOINTMENT, HELPER, TYPED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCHEMES = ("light", "dark")


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
def page(open_phone, watch):
    return watch.over(open_phone())


def sending_page(page, house, *, who="me"):
    page.goto(f"{house.url}/appointments/")
    for values in (APPOINTMENT | {"who": {"who": who}}).values():
        answer(page, values)
    return page


def choice(page, name, value):
    return page.locator(f'[name="{name}"][value="{value}"]')


@pytest.mark.parametrize("scripts", [True, False])
def test_only_one_answer_asks_for_the_number_of_the_patient(house, open_phone, scripts):
    page = sending_page(open_phone(scripts=scripts), house, who="someone")
    number = page.locator('[name="patient_phone"]')
    expect(number).to_be_hidden()
    tick(page, choice(page, "speak_first", "patient"))
    expect(number).to_be_visible()
    tick(page, choice(page, "speak_first", "helper"))
    expect(number).to_be_hidden()


def test_an_error_in_a_closed_reveal_opens_it(house, page):
    sending_page(page, house, who="someone")
    fill(page, TYPED | HELPER | {"speak_first": "patient"})
    fill(page, {"patient_phone": "call her"})
    tick(page, choice(page, "speak_first", "helper"))
    page.get_by_role("button", name="Send my request").click()
    number = page.locator('[name="patient_phone"]')
    expect(number).to_be_visible()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(number).to_be_focused()


def test_the_page_counts_down_and_says_when_it_is_too_much(house, page):
    sending_page(page, house)
    note, line = page.locator('[name="note"]'), page.locator(".count-line")
    expect(line).to_have_text("There is room for 1000 characters.")
    note.fill("é" * 990)
    expect(line).to_have_text("Characters left: 10")
    note.fill("x" * 1003)
    expect(line).to_have_text("Characters too many: 3")
    expect(page.get_by_role("status").filter(has_text="Characters too many: 3")).to_be_attached()


def test_a_password_is_shown_and_hidden_again_before_it_is_sent(house, page):
    page.goto(f"{house.url}/staff/sign-in/")
    box = page.locator('[name="password"]')
    box.fill("secret words")
    button = page.get_by_role("button", name="Show password")
    button.click()
    expect(box).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(box).to_have_attribute("type", "password")


def test_without_scripts_no_button_stands_there_that_does_nothing(house, open_phone):
    page = open_phone(scripts=False)
    page.goto(f"{house.url}/staff/sign-in/")
    expect(page.get_by_role("button")).to_have_count(1)
    page.goto(f"{house.url}/appointments/")
    ask_for_appointment(page)
    expect(page.locator(".count-line")).to_have_text("There is room for 1000 characters.")
    send(page, PHONE_ALONE)
    expect(page.get_by_role("button", name="Copy my private link")).to_be_hidden()


def test_her_private_link_is_copied(house, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{house.url}/appointments/")
    ask_for_appointment(page)
    send(page, PHONE_ALONE)
    page.locator("[data-copies]").click()
    expect(page.locator("[data-copies]")).to_have_text("Copied")
    link = page.locator("#private-link").get_attribute("href")
    assert page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("width", [320, 375])
def test_the_boxes_of_a_date_stand_in_one_row_also_beside_an_error(house, page, width):
    sending_page(page, house)
    page.set_viewport_size({"width": width, "height": 740})
    page.get_by_role("button", name="Send my request").click()
    page.wait_for_load_state()
    tops = (
        page.locator(".boxes")
        .first.locator("input")
        .evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    )
    assert len(tops) == 3
    assert len(set(tops)) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_chosen_answer_looks_different_from_the_others(house, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{house.url}/appointments/")
    answer(page, SAFE)
    fill(page, FOR_ME)
    looks = [
        choice(page, "who", value).evaluate("one => getComputedStyle(one).borderTopWidth")
        for value in ("me", "someone")
    ]
    assert looks[0] != looks[1]
