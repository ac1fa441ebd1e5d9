"""The whole journey on a phone, with JavaScript and without: from a page to a person's list."""

from __future__ import annotations

import re
from email import message_from_string, policy

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.appointments.models import AppointmentRequest
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.models import User
from referrals.desk.codes import Outcome
from referrals.desk.models import Referral
from referrals.trials.models import Duty
from tests.browsing import (
    PHONE_ALONE,
    SHARE,
    House,
    answer,
    ask_for_appointment,
    find_studies,
    follow,
    press,
    send,
    sign_in,
    tick,
)
from tests.builders import pay
from tests.journeys import TYPED, boxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BORN = boxes("birth_date", 4, 27, 1972)
HEALTH = re.compile(
    r"cancer|tumou?r|oncolog|breast|immuno|trial|stud(?:y|ies)|clinic|referral|disease|illness"
    r"|treatment|therap|chemo|metasta|diagnos|medic|health|doctor|nurse|hospital|patient|research"
    r"|appointment|screening|\bill\b|\bdrug",
    re.IGNORECASE,
)


@pytest.fixture
def house(live_server, settings, tmp_path):
    return House.opened(url=live_server.url, folder=tmp_path, settings=settings)


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def phone(request, open_phone):
    """Opens pages on one kind of phone."""
    return lambda: open_phone(scripts=request.param)


def ask_about_first_study(page, house, values):
    """From the front page to the receipt."""
    page.goto(house.url)
    follow(page, "Immunotherapy for breast cancer")
    follow(page, "Find trials that may fit")
    find_studies(page)
    tick(page, page.locator('[name="studies"]').first)
    press(page, "Ask about the studies I chose")
    send(page, values | SHARE)


def ask_to_be_seen(page, house, values):
    """From the front page to the receipt of an appointment request."""
    page.goto(house.url)
    follow(page, "Request an appointment")
    ask_for_appointment(page)
    send(page, values)


def expect_words(page, *words):
    for one in words:
        expect(page.get_by_role("main")).to_contain_text(one)


def expect_no_words(page, *words):
    for one in words:
        expect(page.get_by_role("main")).not_to_contain_text(one)


def receipt(page):
    """The reference as she reads it, and the private link."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("We have your request")
    link = page.locator(".link-text a").get_attribute("href")
    return page.locator(".reference").inner_text(), link


def outsider(referral):
    """A coordinator who does not work on this study at this site."""
    involved = Duty.objects.filter(study=referral.study, site=referral.site).values("user")
    return User.objects.with_role(roles.COORDINATOR).exclude(pk__in=involved).first()


def desk_of(page, user, house, name):
    """One of the lists that a colleague finds after signing in."""
    desk = sign_in(page, user, house)
    desk.get_by_role("navigation").get_by_role("link", name=name).click()
    return desk


def test_from_a_page_to_the_coordinators_list(house, phone):
    page = phone()
    ask_about_first_study(page, house, TYPED)
    receipt(page)
    pay(timezone.now())
    referral = Referral.rows.get()
    page.reload()
    expect_words(page, referral.coordinator.full_name, "will call you by")
    uninvolved = desk_of(phone(), outsider(referral), house, "Referrals")
    expect(uninvolved.get_by_role("heading", level=1)).to_have_text("Referrals")
    expect_no_words(uninvolved, "Zzyzx")
    desk = desk_of(phone(), referral.coordinator, house, "Referrals")
    follow(desk, "Maria Zzyzx")
    expect_words(desk, "(212) 555-0177", "metastatic", "Why this colleague")
    press(desk, "Take this referral")
    answer(desk, {"channel": "phone", "result": "reached"}, "Log this try")
    answer(desk, {"outcome": Outcome.NOT_WANTED}, "Close this referral")
    expect_words(desk, "Closed.", "Does not want to take part")


def test_her_request_opens_by_link_and_by_reference(house, phone):
    page = phone()
    ask_about_first_study(page, house, TYPED)
    reference, link = receipt(page)
    by_link, by_reference = phone(), phone()
    by_link.goto(link)
    press(by_link, "Open my request")
    by_reference.goto(house.url)
    press(by_reference, "Menu")
    by_reference.get_by_role("link", name="Your request").click()
    answer(by_reference, {"reference": reference} | BORN, "Open")
    for opened in (by_link, by_reference):
        assert receipt(opened) == (reference, link)
        assert opened.title().strip() == "Your request"
        expect_words(opened, "maria@example.org")


def test_no_letter_says_a_word_about_health(house, open_phone):
    ask_about_first_study(open_phone(), house, TYPED)
    ask_to_be_seen(open_phone(), house, TYPED)
    pay(timezone.now())
    letters = house.letters()
    read = [message_from_string(one, policy=policy.default) for one in letters]
    theirs = [one["To"] for one in read].count("maria@example.org")
    assert (theirs, len(letters)) == (2, 4)
    for raw, letter in zip(letters, read, strict=True):
        parts = [part.get_content() for part in letter.iter_parts()]
        assert len(parts) == 2
        assert not HEALTH.findall("\n".join([raw, *letter.values(), *parts]))


def test_a_phone_number_alone_ends_as_a_call_that_somebody_owes(house, phone):
    ask_about_first_study(phone(), house, PHONE_ALONE)
    pay(timezone.now())
    task = CallTask.rows.get()
    assert task.due_at > timezone.now()
    desk = desk_of(phone(), task.assigned_to, house, "Calls I owe")
    row = desk.get_by_role("row", name="Maria Zzyzx")
    expect(row).to_contain_text("(212) 555-0177")
    expect(row.locator("time")).to_have_attribute(
        "datetime", timezone.localtime(task.due_at).isoformat()
    )


def test_an_appointment_request_is_taken_called_and_closed(house, phone):
    page = phone()
    ask_to_be_seen(page, house, PHONE_ALONE)
    receipt(page)
    pay(timezone.now())
    desk = desk_of(phone(), AppointmentRequest.rows.get().owner, house, "Appointment requests")
    follow(desk, "Maria Zzyzx")
    press(desk, "Take this request")
    answer(desk, {"channel": "phone", "result": "reached", "note": "Tuesday, 9"}, "Log this call")
    expect_words(desk, "Tuesday, 9")
    answer(desk, {"outcome": "booked"}, "Close this request")
    expect_words(desk, "Appointment made")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have finished with this request")
