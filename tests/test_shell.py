"""What stands around every public page: title, description, header, menu and foot."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.design.templatetags.design import lies_under
from clinic.places import sample
from education import publishing, reading
from tests import education_builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    sample.load(timezone.now())


def policy(slug="fair-treatment", **fields):
    made = make.page(slug, kind="policy", **fields)
    make.approved(made)
    return made


def title(response):
    return " ".join(re.search(r"<title[^>]*>(.*?)</title>", response.text, re.DOTALL)[1].split())


def foot(response):
    return response.text.partition('<footer class="site-footer"')[2]


def test_a_public_title_ends_with_the_centre_and_a_private_one_names_nobody(client, centre):
    make.approved(make.page())
    assert title(client.get("/learn/a-page/")) == "A title – Riverside Cancer Center"
    private = client.get(reverse("appointments:safety"))
    assert "Riverside" not in title(private)
    assert title(private)


def test_a_page_to_read_describes_itself_and_names_its_other_languages(client, centre, settings):
    make.approved(make.page())
    page = client.get("/es/learn/a-page/?from=mail").text
    assert re.search(r'<meta name="description"\s+content="A summary"', page)
    assert f'<link rel="canonical" href="{settings.SITE_URL}/es/learn/a-page/">' in page
    others = dict(re.findall(r'hreflang="(\w+)"\s+href="(http[^"]+)"', page))
    root = settings.SITE_URL
    assert others == {"en": f"{root}/learn/a-page/", "es": f"{root}/es/learn/a-page/"}


def test_each_line_of_the_contents_leads_somewhere(client, centre):
    make.approved(make.page(facts=[make.indication()]))
    page = client.get("/learn/a-page/").text
    anchors = re.findall(r'href="#([\w-]+)"', page)
    assert "part-1" in anchors
    assert set(anchors) <= set(re.findall(r' id="([\w-]+)"', page))


def test_a_drug_is_named_once_above_its_uses(client, centre):
    facts = [
        make.indication("one", setting="For early cancer.", order=1),
        make.indication("other", drug="dostarlimab", setting="For any tumor.", order=2),
        make.indication("two", setting="For cancer that has spread.", order=3),
    ]
    make.approved(make.page(facts=facts))
    page = client.get("/learn/a-page/").text
    assert re.findall(r"<h3>\s*(\w+)", page) == ["Pembrolizumab", "Dostarlimab"]
    order = [page.index(one.setting) for one in (facts[0], facts[2], facts[1])]
    assert order == sorted(order)


def test_the_foot_of_every_page_names_the_policies_that_are_live(client, centre):
    made = policy()
    policy("draft-only").editions.update(title="Rewritten")
    for address in ("/", "/nowhere/", "/appointments/safety/"):
        assert 'href="/learn/fair-treatment/"' in foot(client.get(address))
    publishing.take_down(page=made, by=make.editor(), at=timezone.now())
    assert "fair-treatment" not in foot(client.get("/"))
    assert "Rewritten" not in client.get("/").text


def test_a_policy_without_spanish_words_is_marked_as_english(client, centre):
    policy()
    assert re.search(r'<a href="/es/learn/fair-treatment/"\s+lang="en">', foot(client.get("/es/")))


@pytest.mark.django_db(transaction=True)
def test_the_policies_are_kept_until_they_may_have_changed(django_assert_num_queries):
    at = timezone.now()
    make.approved(make.page(kind="policy"), expires_at=at + timedelta(days=1))
    assert [one.title for one in reading.policies("en", at=at)] == ["A title"]
    with django_assert_num_queries(0):
        assert reading.policies("en", at=at + timedelta(hours=1))
    assert reading.policies("en", at=at + timedelta(days=2)) == ()
    policy("another")
    assert [one.slug for one in reading.policies("en", at=at)] == ["a-page", "another"]


def test_a_number_is_a_whole_row_that_dials(client, centre):
    rows = re.findall(r'<a class="call-bar" href="tel:(\S+)">(.*?)</a>', foot(client.get("/")))
    assert len(rows) == 4
    assert all('<span class="call-number">(212) 555-0' in inside for _digits, inside in rows)


def test_the_menu_needs_no_script(client, centre):
    page = client.get("/").text
    target = re.search(r'popovertarget="(\w+)"', page)[1]
    assert re.search(rf'id="{target}"\s+popover', page)


@pytest.mark.parametrize(
    ("path", "url", "under"),
    [
        ("/find/sex/", "/find/", True),
        ("/es/find/sex/", "/es/find/", True),
        ("/learn/a-page/", "/", False),
        ("/es/learn/a-page/", "/es/", False),
        ("/find/", "/appointments/", False),
    ],
)
def test_a_page_lies_under_one_address_of_the_menu(path, url, under):
    assert lies_under(path, url) is under
