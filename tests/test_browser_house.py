"""What holds on every page: by keyboard alone, without a cookie, complaint or sideways scroll."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.appointments.codes import TELL
from clinic.outbox.codes import EffectState
from clinic.outbox.models import Effect
from clinic.people import roles
from clinic.people.models import User
from referrals.trials.models import Study
from tests.browsing import (
    CONTINUE,
    FOR_ME,
    PHONE_ALONE,
    SAFE,
    SHARE,
    House,
    Watch,
    answer,
    ask_for_appointment,
    follow,
    press,
    send,
    sign_in,
    tick,
)
from tests.builders import appointment_request, case, helped, intake, pay, told
from tests.journeys import ANSWERS, APPOINTMENT, HELPER, TYPED, boxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (320, 375)
FAULTS = """
(width) => {
  const all = (chosen) => [...document.querySelectorAll(chosen)];
  const shown = (chosen) => all(chosen).filter(one => one.checkVisibility());
  const name = (one) => one.id || one.name || one.textContent.trim().slice(0, 40);
  const named = (one) => one.labels.length || one.ariaLabel || one.getAttribute("aria-labelledby");
  const ids = all("[id]").map(one => one.id);
  const inputs = shown("input:not([type=hidden]), select, textarea");
  const touched = shown("button, .button, .option");
  const sideways = document.documentElement.scrollWidth;
  return [
    ...(all("h1").length === 1 ? [] : [`${all("h1").length} first headings`]),
    ...inputs.filter(one => !named(one)).map(one => `without a label: ${name(one)}`),
    ...ids.filter((id, place) => ids.indexOf(id) < place).map(id => `twice: #${id}`),
    ...touched.filter(one => one.getBoundingClientRect().height < 44)
      .map(one => `too low for a finger: ${name(one)}`),
    ...(sideways > width ? [`${sideways} px wide on a screen of ${width}`] : []),
  ];
}
"""


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


class Inspection:
    """Looks at the page that is open, on narrow screens, and keeps what is wrong."""

    def __init__(self, page):
        self.page, self.faults, self.titles = page, [], []

    def look(self):
        self.page.wait_for_load_state()
        self.titles.append(self.page.locator("h1").first.inner_text())
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 740})
            found = self.page.evaluate(FAULTS, width)
            self.faults += [f"{self.page.url}, {width} px: {one}" for one in found]

    def visit(self, *addresses):
        for address in addresses:
            self.page.goto(address)
            self.look()

    def answer(self, values, words=CONTINUE):
        """Look at the question, at its error, and answer it."""
        self.look()
        press(self.page, words)
        expect(self.page.locator(".summary")).to_be_focused()
        self.look()
        answer(self.page, values, words)


@pytest.fixture
def inspection(page):
    """At the end, no page that was looked at may have had a fault."""
    looking = Inspection(page)
    yield looking
    assert looking.titles
    assert not looking.faults, "\n".join(looking.faults)


def reading_pages(page, house):
    """Every page that is read without an account or a form, as linked from the front page."""
    page.goto(house.url)
    links = page.get_by_role("main").locator('a[href*="/learn/"]')
    return [house.url, *(house.url + one.get_attribute("href") for one in links.all())]


def test_reading_pages(house, inspection):
    inspection.visit(*reading_pages(inspection.page, house))
    inspection.visit(f"{house.url}/es/", f"{house.url}/find/", f"{house.url}/nowhere/")
    assert inspection.page.context.cookies() == []
    inspection.visit(f"{house.url}/find/under-18/", f"{house.url}/your-request/closed/")


def test_every_page_of_finding_studies(house, inspection):
    page = inspection.page
    page.goto(f"{house.url}/find/safety/")
    for values in (SAFE, FOR_ME, *ANSWERS.values()):
        inspection.answer(values)
    inspection.look()
    press(page, "Ask about the studies I chose")
    inspection.look()
    tick(page, page.locator('[name="studies"]').first)
    press(page, "Ask about the studies I chose")
    inspection.answer(TYPED | SHARE, "Send my request")
    expect(page.locator(".reference")).to_be_visible()


def test_every_page_of_asking_for_an_appointment_for_someone(house, inspection):
    page = inspection.page
    inspection.visit(f"{house.url}/es/appointments/safety/")
    page.goto(f"{house.url}/appointments/")
    for values in (APPOINTMENT | {"who": {"who": "someone"}}).values():
        inspection.answer(values)
    inspection.answer(TYPED | HELPER | boxes("birth_date", 1, 2, 2019), "Send my request")
    inspection.look()
    page.goto(f"{house.url}/appointments/send/")
    send(page, TYPED | HELPER)
    inspection.look()
    follow(page, "Correct my contact details")
    inspection.look()


def test_every_page_of_her_request(house, inspection):
    page = inspection.page
    page.goto(f"{house.url}/appointments/")
    ask_for_appointment(page)
    send(page, PHONE_ALONE)
    reference = page.locator(".reference").inner_text()
    link = page.locator(".link-text a").get_attribute("href")
    inspection.look()
    press(page, "Close this page on this phone or computer")
    inspection.look()
    follow(page, "Open it again")
    inspection.answer({"reference": reference} | boxes("birth_date", 4, 27, 1972), "Open")
    inspection.visit(f"{link[:-5]}/", link)
    press(page, "Open my request")
    follow(page, "I have changed my mind")
    inspection.look()
    press(page, "Yes, please stop")
    inspection.look()


def test_very_ill_now(house, inspection):
    inspection.page.goto(f"{house.url}/appointments/safety/")
    answer(inspection.page, {"very_ill": "yes"})
    inspection.look()


@pytest.fixture
def busy_desks():
    """A helper's referral and an appointment request, both to be called, each with its owner."""
    now = timezone.now()
    people = helped(phone="(212) 555-0177", email="")
    referral = case(Study.objects.first(), at=now, people=people).referrals.get()
    wish = appointment_request(at=now, people=intake())
    pay(now)
    for one in (referral, wish):
        one.refresh_from_db()
    return referral, wish


def test_every_page_of_the_coordinator(house, busy_desks, inspection):
    page, (referral, _wish) = inspection.page, busy_desks
    page.goto(f"{house.url}/staff/")
    inspection.look()
    sign_in(page, referral.coordinator, house)
    desk = f"{house.url}/staff/referrals/"
    inspection.visit(f"{house.url}/staff/", f"{house.url}/staff/calls/", desk, f"{desk}?ended")
    inspection.visit(f"{desk}{referral.pk}/")
    press(page, "Take this referral")
    inspection.look()
    press(page, "Log this try")
    inspection.look()
    press(page, "Close this referral")
    inspection.look()


def test_every_page_of_the_scheduler(house, busy_desks, inspection):
    page, (_referral, wish) = inspection.page, busy_desks
    sign_in(page, wish.owner, house)
    desk = f"{house.url}/staff/requests/"
    inspection.visit(f"{house.url}/staff/", f"{house.url}/staff/calls/", desk, f"{desk}?ended")
    inspection.visit(f"{desk}{wish.pk}/")
    press(page, "Take this request")
    inspection.look()
    answer(page, {"outcome": "booked"}, "Close this request")
    inspection.look()


@pytest.fixture
def given_up(house):
    """Two words to people that no machine could send."""
    effects = [Effect.objects.get(kind=TELL, about_id=told()[0].pk) for _number in range(2)]
    rows = Effect.objects.filter(pk__in=[one.pk for one in effects])
    rows.update(state=EffectState.QUARANTINED, attempts=12, ended_at=timezone.now())
    return effects


def test_the_queue_of_the_lead_by_keyboard(house, given_up, inspection):
    page = inspection.page
    sign_in(page, User.objects.with_role(roles.LEAD).first(), house)
    inspection.visit(f"{house.url}/staff/", f"{house.url}/staff/queue/")
    page.get_by_role("button", name="It is settled").first.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    inspection.look()
    page.get_by_label("How it was settled").first.select_option("called")
    page.get_by_role("button", name="It is settled").first.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Settled: ")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It is tried again now: ")
    expect(page.get_by_text("Nothing was given up.")).to_be_visible()
    inspection.look()


ADMIN = {
    roles.ADMINISTRATOR: {
        "places/centre",
        "people/user",
        "trials/study",
        "trials/cohort",
        "trials/criteriaset",
    },
    roles.EDITOR: {"education/page", "education/edition", "signing/textversion"},
    roles.REVIEWER: {"signing/approval", "trials/criteriaset"},
}


def admin_pages(page, house):
    """Addresses of every list and every empty form that the admin's front page offers."""
    page.goto(f"{house.url}/admin/")
    links = page.locator("#content-main").locator("a.addlink, th a, a.changelink")
    return {house.url + one.get_attribute("href") for one in links.all()}


def first_row(page):
    """The address of the first row of a list, if it has one."""
    rows = page.locator("#result_list tbody th a")
    return rows.first.get_attribute("href") if rows.count() else None


@pytest.mark.parametrize("role", ADMIN)
def test_no_admin_page_breaks_the_policy(house, busy_desks, page, role):
    sign_in(page, User.objects.with_role(role).first(), house)
    seen = set()
    for address in sorted(admin_pages(page, house)):
        assert page.goto(address).status == 200, address
        if row := first_row(page):
            assert page.goto(house.url + row).status == 200, row
            seen.add("/".join(row.split("/")[2:4]))
    assert seen >= ADMIN[role]


def tab_to(page, wanted):
    """Press Tab until the wanted thing has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {wanted}")


def choose_by_keyboard(page, name, value):
    """Tab into a group of choices, go down to the wanted one, and go on."""
    group, wanted = page.locator(f'[name="{name}"]'), page.locator(f'[value="{value}"]')
    expect(wanted).to_be_visible()
    tab_to(page, group.first)
    page.keyboard.press("Space")
    while not wanted.is_checked():
        page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name=CONTINUE))
    page.keyboard.press("Enter")


def test_the_appointment_journey_by_keyboard_alone(house, page):
    page.goto(house.url)
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Request an appointment"))
    page.keyboard.press("Enter")
    for values in APPOINTMENT.values():
        for name, value in values.items():
            choose_by_keyboard(page, name, value)
    for name, value in PHONE_ALONE.items():
        box = page.locator(f'[name="{name}"]')
        expect(box).to_be_visible()
        tab_to(page, box)
        if name == "agree_contact":
            page.keyboard.press("Space")
        elif name != "language":
            page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(page.locator(".reference")).to_be_visible()


def test_the_skip_link_leads_past_the_header(house, page):
    page.goto(f"{house.url}/appointments/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator('[name="very_ill"]').first).to_be_focused()


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(house, page):
    page.goto(f"{house.url}/appointments/")
    tab_to(page, page.get_by_role("button", name=CONTINUE))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Yes, I feel very ill")).to_be_focused()


def test_the_error_summary_takes_the_focus_again_after_its_link_was_followed(house, page):
    """An address that ends in `#main` or `#id_…` keeps autofocus from working."""
    page.goto(f"{house.url}/your-request/")
    answer(page, {"reference": "ABCD-2345"}, "Open")
    page.get_by_role("alert").get_by_role("link").first.press("Enter")
    press(page, "Open")
    expect(page.get_by_role("alert")).to_be_focused()
