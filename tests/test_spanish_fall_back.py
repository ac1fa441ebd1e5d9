"""Where words have no approved Spanish: the English, marked, and one offer of an interpreter."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from clinic.places.models import ContactPoint
from clinic.signing.kinds import TRANSLATION
from clinic.signing.models import Approval
from education.models import Page
from tests.browsing import ROOM
from tests.journeys import ANSWERS, APPOINTMENT, walk
from tests.reading import Reading, assert_spanish, pieces


@pytest.fixture
def house(settings, tmp_path, db):
    """The sample centre, with pages, studies and questions."""
    settings.ACCOUNTS_FILE = tmp_path / "accounts.txt"
    for load in ROOM:
        load(timezone.now())


@pytest.fixture
def spanish(house):
    """A browser at /es/."""
    with translation.override("es"):
        yield Reading()


def help_lines(html):
    """Where a page offers an interpreter for what it could not say in Spanish."""
    return [one.text for one in pieces(html) if "está en inglés" in one.text]


def test_one_line_offers_an_interpreter_where_words_fell_back(spanish):
    Approval.objects.filter(kind=TRANSLATION).delete()
    page = Page.objects.standing().first()
    shown = spanish.get(reverse("education:page", args=[page.slug])).content.decode()
    assert len(help_lines(shown)) == 1
    before_main = shown[: shown.index("<main")]
    assert "Una parte de esta página está en inglés" in before_main
    assert ContactPoint.objects.get(role="interpreter").display in before_main
    assert '<html lang="es"' in shown
    assert '<div lang="en">' in shown


def test_without_a_translators_yes_the_english_is_marked_and_help_is_offered_once(spanish):
    Approval.objects.filter(kind=TRANSLATION).delete()
    walk(spanish, APPOINTMENT, room="appointments")
    shown = [spanish.get(reverse("appointments:send"))]
    steps = {"safety": {"very_ill": "no"}, "who": {"who": "me"}, **ANSWERS}
    for name, values in steps.items():
        if name in ANSWERS:
            shown.append(spanish.get(reverse(f"screening:{name}")))
        spanish.post(reverse(f"screening:{name}"), values)
    shown.append(spanish.get(reverse("screening:results")))
    assert [len(help_lines(one.content.decode())) for one in shown] == [1] * 8
    assert_spanish(spanish)


def test_no_line_where_everything_is_spanish_or_everybody_reads_english(spanish, client):
    assert help_lines(spanish.get(reverse("requests:open")).content.decode()) == []
    page = Page.objects.standing().first()
    with translation.override("en"):
        shown = client.get(reverse("education:page", args=[page.slug])).content.decode()
    assert help_lines(shown) == []


def test_a_number_is_named_in_the_language_of_its_page(spanish, client):
    ContactPoint.objects.filter(role="main").update(label_es="Marque aquí", hours_text_es="Siempre")
    assert "Marque aquí" in spanish.get(reverse("requests:open")).content.decode()
    with translation.override("en"):
        assert "Marque aquí" not in client.get(reverse("requests:open")).content.decode()


def test_a_number_without_spanish_words_keeps_its_english(spanish):
    ContactPoint.objects.filter(role="main").update(label_es="", hours_text_es="")
    assert "Call us" in spanish.get(reverse("requests:open")).content.decode()


def test_hours_are_told_in_both_languages_or_in_neither(house):
    point = ContactPoint.objects.get(role="main")
    point.full_clean()
    point.hours_text_es = ""
    with pytest.raises(ValidationError, match="both languages"):
        point.full_clean()
    point.hours_text = ""
    point.full_clean()
