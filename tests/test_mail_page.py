"""The page in each e-mail: the words of its text and no others, and nothing that is fetched."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.utils import translation
from django.utils.translation import gettext

from clinic.outbox.mail import compose
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.sample import MAILS_IN
from clinic.signing.live import best_version
from tests import builders
from tests.builders import NOON
from tests.journeys import HEALTH, HEALTH_ES

pytestmark = pytest.mark.django_db

LINK = "http://testserver/r/" + "x" * 43 + "/"
VALUES = {
    "caller": "Ana Ruiz",
    "due": "10 a.m.",
    "reference": "ABCD-2345",
    "link": LINK,
    "phone": "(212) 555-0130",
}
MAILS = [(language, subject) for language, some in MAILS_IN.items() for subject in some]


@pytest.fixture(autouse=True)
def _centre():
    builders.centre(languages=["en", "es"])


def mail(subject, language="en", **values):
    version = best_version(TEXT_KIND.code, subject, language, at=NOON)
    filled = VALUES | values
    return compose(version, to="maria@example.org", effect_id=uuid.uuid4(), values=filled)


def page_of(sent):
    ((page, kind),) = sent.alternatives
    assert kind == "text/html"
    return page


def words(page):
    """What is read on it, without its title and its styles."""
    body = page.partition("<body>")[2]
    return unescape(re.sub(r"<[^>]+>", " ", body)).split()


@pytest.mark.parametrize(("language", "subject"), MAILS)
def test_the_page_says_what_the_text_says_and_nothing_else(language, subject):
    sent = mail(subject, language)
    with translation.override(language):
        button = gettext("Open the page")
    said = " ".join(words(page_of(sent))).replace(f"{button} {LINK}", LINK)
    assert said.split() == f"{sent.subject} {sent.body}".split()
    assert f'<html lang="{language}"' in page_of(sent)


@pytest.mark.parametrize(("language", "subject"), MAILS)
def test_the_page_whole_says_nothing_about_health(language, subject):
    page = page_of(mail(subject, language))
    assert HEALTH.search(page) is None
    assert HEALTH_ES.search(" ".join(words(page))) is None


@pytest.mark.parametrize(("language", "subject"), MAILS)
def test_nothing_is_fetched_and_nothing_runs(language, subject):
    page = page_of(mail(subject, language))
    addresses = set(re.findall(r"""https?://[^\s"'<]+""", page))
    assert addresses <= {LINK}
    for never in ("<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "style="):
        assert never not in page


def test_its_link_is_a_button_with_the_address_beneath():
    page = page_of(mail("request_received"))
    assert f'href="{LINK}">Open the page</a>' in page
    assert page.count(LINK) == 2


def test_each_of_several_links_has_a_button():
    page = page_of(mail("link_again", link=f"{LINK}\n{LINK}again/"))
    assert page.count('class="button" href=') == 2


def test_what_fills_a_place_is_never_markup():
    sent = mail("request_received", caller="<b>Ana</b> & {reference}")
    assert "&lt;b&gt;Ana&lt;/b&gt; &amp; {reference}" in page_of(sent)
    assert "<b>Ana</b> & {reference}" in sent.body


def test_it_is_made_for_the_light_and_for_the_dark():
    page = page_of(mail("please_call"))
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme: dark" in page


def test_the_text_stands_first_for_programs_that_show_no_pages():
    parts = [one.get_content_type() for one in mail("please_call").message().get_payload()]
    assert parts == ["text/plain", "text/html"]
