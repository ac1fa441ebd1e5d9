"""The pattern book: every part of a page in every state, and no part forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.design import drawing
from clinic.design.patterns import book
from clinic.people import roles
from tests.builders import centre, colleague

TEMPLATES = Path(settings.BASE_DIR, "templates")
STATES = [one for pattern in book.patterns().values() for one in pattern.states.values()]
SHOWN_ELSEWHERE = {
    "design/bare.html": "the error pages",
    "design/described.html": "the head of the pages that search engines list",
}
"""Templates of ours that the book cannot show, each with where it is shown."""


@pytest.fixture
def browser(db) -> Client:
    centre()
    browser = Client(raise_request_exception=True)
    browser.force_login(colleague("ana", roles.COORDINATOR))
    return browser


def address(state: book.State) -> str:
    return reverse("patterns:state", args=[state.pattern, state.slug])


@pytest.mark.parametrize("pattern", book.patterns().values(), ids=lambda one: one.slug)
def test_each_state_is_shown_beside_the_tag_that_makes_it(browser, pattern):
    for state in pattern.states.values():
        page = browser.get(address(state))
        assert page.status_code == 200
        example = page.content.decode().split('<div class="example">')[1].split("</div>")[0]
        assert "<" in example, f"{state.slug} makes nothing"
        assert page.context["state"].source == (TEMPLATES / state.template).read_text().strip()
        assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_the_book_links_to_every_pattern_and_each_pattern_to_its_states(browser):
    index = browser.get(reverse("patterns:index")).content.decode()
    for pattern in book.patterns().values():
        assert pattern.states, f"{pattern.slug} has no state"
        url = reverse("patterns:pattern", args=[pattern.slug])
        assert f'href="{url}"' in index
        page = browser.get(url).content.decode()
        assert all(f'href="{address(one)}"' in page for one in pattern.states.values())


def test_no_part_is_forgotten(browser):
    """Each template of the components and of the form pack is seen in one of the states."""
    index = reverse("patterns:index")
    pages = [index, f"{index}care/", f"{index}care/urgent/?frame=staff", *map(address, STATES)]
    seen = {used.name for page in pages for used in browser.get(page).templates}
    ours = {
        str(one.relative_to(TEMPLATES))
        for folder in ("design", "house")
        for one in (TEMPLATES / folder).rglob("*.html")
    }
    assert ours - seen == set(SHOWN_ELSEWHERE)


@pytest.mark.parametrize("path", ["no-such-part/", "care/no-such-state/", "care/..%2Fcare/"])
def test_an_address_that_the_book_does_not_hold_is_not_found(browser, path):
    assert browser.get(reverse("patterns:index") + path).status_code == 404


def test_the_book_is_for_colleagues_and_in_a_demo_for_everybody(db, settings):
    url = reverse("patterns:index")
    assert Client().get(url)["Location"].startswith(reverse("staff:sign_in"))
    settings.DEMO = True
    assert Client().get(url).status_code == 200


@pytest.mark.parametrize("part", ["study-numbers/four", "plot-bars/default"])
def test_a_drawnkeeps_its_decimal_points_where_the_language_writes_commas(browser, part):
    page = browser.get(f"/es/design/{part}/").content.decode()
    drawn = page.split("<svg")[1].split("</svg>")[0]
    assert re.search(r'="\d+\.\d+"', drawn)
    assert not re.search(r'="\d+,\d+"', drawn)


def test_circles_are_in_proportion_by_area_and_stand_side_by_side():
    chain = drawing.chain([40, 10, 0])
    whole, quarter, none = chain.rings
    assert whole.radius == chain.radius
    assert quarter.radius == pytest.approx(whole.radius / 2, abs=0.1)
    assert none.radius == 0
    assert whole.x + chain.radius < quarter.x - chain.radius
    assert none.x + chain.radius <= chain.width


def test_one_person_out_of_many_can_still_be_seen():
    assert drawing.chain([5000, 1]).rings[1].radius == drawing.SMALLEST


def test_a_drawnof_nothing_has_no_circles():
    assert drawing.chain([]).rings == ()
