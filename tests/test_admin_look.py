"""Django's admin in our house: its own stylesheet, what waits on its first page, named boxes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people import roles
from clinic.signing import kinds, verbs
from tests import builders
from tests import education_builders as make

pytestmark = pytest.mark.django_db

BOX = re.compile(r"<(?:input|select|textarea)\b[^>]*>")


def opened(client, user, name, *args):
    client.force_login(user)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.text


def test_every_admin_page_wears_our_one_stylesheet(client):
    builders.centre()
    lena = make.colleague("lena@example.org", roles.ADMINISTRATOR)
    for name in ("admin:index", "admin:places_centre_changelist", "admin:people_user_add"):
        page = opened(client, lena, name)
        assert page.count("design/admin.css") == 1
        assert "house.css" not in page
        assert "style=" not in page


def test_the_first_page_says_what_waits_to_be_signed(client):
    made = make.page()
    version = make.submitted(made)
    rosa, edith = make.reviewer(), make.editor()
    index = opened(client, rosa, "admin:index")
    assert "1 text waits for an approval." in index
    address = re.search(r'href="([^"]*approval=waits)"', index)[1]
    assert "A title" in client.get(address).text
    assert "waits for an approval" not in opened(client, edith, "admin:index")
    verbs.approve(version, kind=kinds.MEDICAL, by=rosa, credential="MD", at=timezone.now())
    assert "waits for an approval" not in opened(client, rosa, "admin:index")


def test_her_own_words_do_not_wait_for_her(client):
    both = make.colleague("both@example.org", roles.EDITOR, roles.REVIEWER)
    made = make.page()
    make.publishing.submit(page=made, language="en", by=both, at=timezone.now())
    assert "waits for an approval" not in opened(client, both, "admin:index")


def test_the_same_waits_on_her_own_index(client):
    make.submitted(make.page())
    assert "1 text waits for an approval." in opened(client, make.reviewer(), "staff:index")


def test_every_box_in_a_table_of_rows_has_a_name(client):
    made = make.page()
    edition = made.editions.get()
    edition.sources.create(
        number=1, title="A source", publisher="A publisher", read_on=timezone.localdate()
    )
    page = opened(client, make.editor(), "admin:education_edition_change", edition.pk)
    (table,) = re.findall(r'id="sources-group".*?<table>(.*?)</table>', page, re.DOTALL)
    boxes = [one for one in BOX.findall(table) if 'type="hidden"' not in one]
    assert len(boxes) > 6
    assert [one for one in boxes if "aria-label=" not in one] == []
    assert 'aria-label="Delete"' in table
    assert not re.search(r"<th[^>]*>\s*</th>", table)


def test_the_approved_uses_of_a_block_are_boxes_to_tick(client):
    fact = make.indication(starts_on=timezone.localdate() - timedelta(days=9))
    edition = make.page(facts=[fact]).editions.get()
    page = opened(client, make.editor(), "admin:education_edition_change", edition.pk)
    ticked = re.findall(rf'<input type="checkbox"[^>]*value="{fact.pk}"[^>]*checked', page)
    assert len(ticked) == 1
    assert "select2" not in page
