"""A call taken down in a browser, with the script that keeps what is typed and without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clinic.appointments.models import AppointmentRequest
from clinic.people.models import Draft, User
from tests.browsing import House, Watch, fill, follow, press, sign_in, tick
from tests.phone_calls import SAID

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 800}
TYPED = {name: value for name, value in SAID.items() if name != "agree_contact"}


@pytest.fixture
def house(live_server, settings, tmp_path):
    return House.opened(url=live_server.url, folder=tmp_path, settings=settings)


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def desk(request, open_phone, house):
    """A scheduler's browser on a narrow screen, at the choice of what somebody calls about."""
    page = Watch().over(open_phone(scripts=request.param))
    page.set_viewport_size(NARROW)
    sign_in(page, User.objects.get(email__startswith="sam@"), house)
    page.get_by_role("link", name="New request").first.click()
    page.scripts = request.param
    return page


def is_kept(page):
    """By the script while she types; without it by the button."""
    if not page.scripts:
        press(page, "Keep this for later")
    expect(page.get_by_text("Kept").first).to_be_visible()


def test_a_half_typed_call_is_found_again_and_sent(desk):
    follow(desk, "An appointment")
    address = desk.url
    fill(desk, TYPED | {"note": "She prefers mornings."})
    is_kept(desk)
    desk.goto("about:blank")
    desk.goto(address)
    expect(desk.locator('[name="note"]')).to_have_value("She prefers mornings.")
    expect(desk.locator('[name="birth_date_year"]')).to_have_value("1972")
    expect(desk.locator('[name="agree_contact"]')).not_to_be_checked()
    wide = (
        desk.evaluate("document.documentElement.scrollWidth") if desk.scripts else NARROW["width"]
    )
    assert wide <= NARROW["width"]
    tick(desk, desk.locator('[name="agree_contact"]'))
    press(desk, "Save this request")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Request saved")
    row = AppointmentRequest.rows.get()
    assert (row.note, row.channel) == ("She prefers mornings.", "phone")
    assert desk.locator(".reference").inner_text().replace("-", "").isalnum()
    assert all("fields" not in one.typed for one in Draft.rows.all())
