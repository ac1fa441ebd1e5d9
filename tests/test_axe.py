"""Every page by axe-core, light, dark and on 320 px: it finds nothing wrong.

A failure names the page, how it was shown, the rule and the place on the page.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Page

from clinic.design import views
from clinic.outbox.codes import EffectState
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.models import User
from referrals.trials.models import Study
from tests import addresses
from tests.browsing import (
    FOR_ME,
    SAFE,
    SHARE,
    House,
    answer,
    fill,
    follow,
    press,
    sign_in,
    tick,
)
from tests.builders import appointment_request, case, helped, intake, pay, told
from tests.journeys import ANSWERS, APPOINTMENT, HELPER, TYPED
from tests.phone_calls import SAID
from tests.test_browser_house import admin_pages, first_row
from tests.test_mail_page import MAILS, mail, page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"resultTypes": ["violations"], "preload": False}
EVERY_RULE = OPTIONS | {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
# The same page at the same width: only the rules about color can answer otherwise.
COLORS = OPTIONS | {"runOnly": ["color-contrast", "link-in-text-block"]}
MODES = {
    "light": ("light", 1280, EVERY_RULE),
    "dark": ("dark", 1280, COLORS),
    "320 px": ("light", 320, EVERY_RULE),
}
FAILURES = (
    (views.bad_request, ValueError()),
    (views.permission_denied, PermissionError()),
    *((views.csrf_failure,), (views.server_error,), (views.unavailable,)),
)
# A color on its way from one scheme to the other has the contrast of neither.
FAULTS = """
async (options) => {
  await Promise.allSettled(document.getAnimations().map(one => one.finished));
  const { violations } = await axe.run(document, options);
  return violations.flatMap(one => one.nodes.map(node => `${one.id} at ${node.target.join(" ")}`));
}
"""


def faults(page: Page, called: str) -> list[str]:
    """What axe-core finds on the open page in every mode."""
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    found = []
    for mode, (scheme, width, options) in MODES.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{called}, {mode}: {one}" for one in page.evaluate(FAULTS, options)]
    return found


class Walk:
    """One browser in which somebody looks at page after page; keeps names and faults."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self.house, self.names, self.faults = page, house, set(), []

    def look(self, called: str = "") -> None:
        path = urlsplit(self.page.url).path
        self.faults += faults(self.page, called or path)
        try:
            self.names.add(resolve(path).view_name)
        except Resolver404:
            self.names.add(path)

    def visit(self, *paths: str) -> None:
        for path in paths:
            self.page.goto(self.house.url + path)
            self.look()

    def wrong(self, words: str) -> None:
        """Look at a form, send it as it stands, and look at what it says then."""
        self.look()
        press(self.page, words)
        self.page.locator(".summary").wait_for()
        self.look()

    def answer(self, values: dict, words: str = "Continue") -> None:
        self.wrong(words)
        answer(self.page, values, words)

    def forms(self, path: str) -> None:
        """Look at a page, and at what each of its forms answers when nothing is filled in."""
        self.visit(path)
        forms = self.page.locator("main form[method=post]")
        for number in range(forms.count()):
            self.page.goto(self.house.url + path)
            if forms.count() > number:
                with self.page.expect_navigation():
                    forms.nth(number).evaluate("one => one.submit()")
                self.look()


@pytest.fixture
def house(live_server, settings, tmp_path):
    settings.ROOT_URLCONF = "tests.demo_urls"
    return House.opened(url=live_server.url, folder=tmp_path, settings=settings)


@pytest.fixture
def walk(house, open_phone):
    """At the end, no page that was looked at may have had a fault."""
    walking = Walk(open_phone(), house)
    yield walking
    assert walking.names, "nothing was looked at"
    assert not walking.faults, "\n".join(walking.faults)


def test_axe_finds_what_is_wrong(open_phone):
    page = open_phone()
    page.set_content(
        "<main><h1 style='color: #999'>One</h1><a href='/' aria-label='Two'>Three</a><input></main>"
    )
    rules = {one.split(": ")[1].split(" at ")[0] for one in faults(page, "x")}
    assert rules >= {"color-contrast", "label", "label-content-name-mismatch", "html-has-lang"}
    assert {one.split(", ")[1].split(":")[0] for one in faults(page, "x")} == set(MODES)


def test_every_address_is_looked_at_or_shows_no_page(settings):
    settings.ROOT_URLCONF = "tests.demo_urls"
    names = [name for group in addresses.shown() for name in group]
    assert addresses.outside_the_admin() == {*names, *addresses.NO_PAGE}
    assert not addresses.NO_PAGE.intersection(names)


def test_reading_and_doors(walk):
    walk.visit(*addresses.FRONT, *addresses.articles())
    for path in addresses.DOORS:
        walk.forms(path)
        assert walk.page.locator(".summary").count(), path
    assert walk.names >= addresses.READING


def test_pages_of_failures(walk):
    request = RequestFactory().post("/your-request/", {"reference": "ABCD-2345"})
    request.user = AnonymousUser()
    for shown, *error in FAILURES:
        walk.page.goto(walk.house.url + "/find/")
        walk.page.set_content(shown(request, *error).content.decode())
        walk.look(shown.__name__)


def test_finding_studies(walk):
    page = walk.page
    page.goto(f"{walk.house.url}/find/safety/")
    for values in (SAFE, FOR_ME, *ANSWERS.values()):
        walk.answer(values)
    walk.look()
    press(page, "Ask about the studies I chose")
    walk.look()
    tick(page, page.locator('[name="studies"]').first)
    press(page, "Ask about the studies I chose")
    walk.answer(TYPED | SHARE, "Send my request")
    page.locator(".reference").wait_for()
    walk.look()
    assert walk.names >= addresses.FINDING


def test_asking_for_an_appointment_and_her_page(walk):
    page = walk.page
    walk.visit("/es/appointments/safety/")
    page.goto(f"{walk.house.url}/appointments/")
    for values in (APPOINTMENT | {"who": {"who": "someone"}}).values():
        walk.answer(values)
    walk.answer(TYPED | HELPER, "Send my request")
    page.locator(".reference").wait_for()
    walk.look()
    link = urlsplit(page.locator(".link-text a").get_attribute("href")).path
    follow(page, "Correct my contact details")
    page.locator('[name="phone"]').fill("2")
    page.get_by_role("main").get_by_role("button").first.click()
    walk.look()
    walk.visit("/es/your-request/page/", "/your-request/page/", "/your-request/new-link/")
    walk.visit("/your-request/changed-my-mind/")
    press(page, "Yes, please stop")
    walk.look()
    walk.visit(f"{link[:-5]}/", link)
    assert walk.names >= addresses.ASKING | addresses.HERS


def test_very_ill_now(walk):
    walk.page.goto(f"{walk.house.url}/appointments/safety/")
    answer(walk.page, {"very_ill": "yes"})
    walk.look()


@pytest.fixture
def desks(house):
    """A helper's referral and an appointment request, both to be called, each with its owner."""
    now = timezone.now()
    people = helped(phone="(212) 555-0177", email="")
    referral = case(Study.objects.first(), at=now, people=people).referrals.get()
    wish = appointment_request(at=now - timedelta(days=9), people=intake())
    pay(now)
    for one in (referral, wish):
        one.refresh_from_db()
    return referral, wish


def letter_owed() -> CallTask:
    """A call that only a letter can take the place of."""
    ways = {"email": "", "phone": "", "postal_address": "12 Elm Street\nSpringfield, NY 10003"}
    now = timezone.now()
    wish = appointment_request(at=now, people=intake(**ways))
    pay(now)
    return CallTask.rows.get(about_id=wish.pk)


def at_the_desk(walk: Walk, user: User) -> None:
    sign_in(walk.page, user, walk.house)
    walk.visit("/staff/", "/staff/keys/")
    for path in ("/staff/password/", "/staff/away/"):
        walk.forms(path)
    assert walk.names >= addresses.COLLEAGUE


def with_people(walk: Walk, name: str, room: str, person: uuid.UUID) -> None:
    """What everybody sees who speaks with people: find, calls, her words, the phone."""
    page = walk.page
    walk.visit("/staff/find/", "/staff/calls/", "/staff/new/")
    for words in (name, "nobody 0000"):
        page.goto(f"{walk.house.url}/staff/find/")
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_load_state()
        walk.look()
    for view in ("staff:correct", "staff:change_mind"):
        walk.forms(reverse(view, args=[person]))
    page.goto(walk.house.url + reverse(f"{room}:new", args=[uuid.uuid4()]))
    walk.wrong("Save this request")


def test_the_coordinator(walk, desks):
    referral, _wish = desks
    at_the_desk(walk, referral.coordinator)
    walk.visit("/staff/referrals/", "/staff/referrals/?ended")
    with_people(walk, "hannah 0177", "desk", referral.case.person_id)
    walk.forms(reverse("desk:detail", args=[referral.pk]))
    assert walk.names >= addresses.DESKS[roles.COORDINATOR] - {"staff:new_saved"}


def test_the_scheduler(walk, desks):
    _referral, wish = desks
    letter = letter_owed()
    at_the_desk(walk, wish.owner)
    walk.visit("/staff/requests/", "/staff/requests/?ended")
    with_people(walk, "maria 0177", "appointments", wish.person_id)
    fill(walk.page, {**SAID})
    press(walk.page, "Save this request")
    walk.page.locator(".reference").wait_for()
    walk.look()
    walk.forms(reverse("appointments:detail", args=[wish.pk]))
    sign_in(walk.page, letter.assigned_to, walk.house)
    walk.visit(reverse("calls:letter", args=[letter.pk]))
    assert walk.names >= addresses.DESKS[roles.SCHEDULER]


@pytest.fixture
def given_up(house):
    """A word to somebody that no machine could send."""
    effect = told()[1]
    gone = {"state": EffectState.QUARANTINED, "attempts": 12, "ended_at": timezone.now()}
    Effect.objects.filter(pk=effect.pk).update(**gone)


def test_the_lead_and_the_administrator(walk, desks, given_up):
    lead = User.objects.with_role(roles.LEAD).first()
    at_the_desk(walk, lead)
    walk.visit("/staff/referrals/")
    walk.forms("/staff/queue/")
    for view, args in (("hand_over", []), ("hand_over_one", [lead.pk])):
        walk.forms(reverse(f"staff:{view}", args=args))
    assert walk.names >= addresses.DESKS[roles.LEAD]
    walk.page.context.clear_cookies()
    sign_in(walk.page, User.objects.with_role(roles.ADMINISTRATOR).first(), walk.house)
    walk.visit("/staff/", reverse("staff:leaving", args=[lead.pk]))
    assert walk.names >= addresses.DESKS[roles.ADMINISTRATOR]


def test_the_admin(walk, desks):
    """A list looks alike to each who may open it; a form does not."""
    page, lists = walk.page, set()
    for role in (roles.ADMINISTRATOR, roles.EDITOR, roles.REVIEWER):
        page.context.clear_cookies()
        sign_in(page, User.objects.with_role(role).first(), walk.house)
        walk.visit("/admin/")
        for address in sorted(admin_pages(page, walk.house)):
            page.goto(address)
            if address not in lists:
                walk.look()
            if row := first_row(page):
                lists.add(address)
                walk.visit(row)
            elif page.locator("[name=_save]").count():
                page.locator("[name=_save]").click()
                walk.look(f"{urlsplit(address).path}, unfilled")
    assert lists


def test_the_pattern_book(walk, desks):
    sign_in(walk.page, desks[1].owner, walk.house)
    walk.visit(*addresses.patterns())
    assert walk.names >= addresses.BOOK


def test_the_page_in_each_mail(walk):
    for language, subject in MAILS:
        walk.page.set_content(page_of(mail(subject, language)))
        walk.look(f"{subject}, {language}")
