"""Dates in sentences speak the language of the words around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import timezone, translation

from clinic.design import said_dates
from clinic.design.said_dates import said
from clinic.people.models import Reference
from tests import builders
from tests.journeys import open_request, page, words

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SPANISH = ("lunes", "martes", "miércoles", "jueves", "viernes", "noviembre", " de 20")


def written(shape):
    template = engines["django"].from_string(f'{{{{ at|date:"{shape}" }}}}')
    return template.render({"at": AT})


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_date_is_english_as_long_as_the_words_are(language):
    with translation.override(language):
        assert said(AT, "l, F j") == "Tuesday, November 24"
        assert written("l, F j, P") == "Tuesday, November 24, 10 a.m."
        assert written("c").startswith("2026-11-24T10:00:00")
        assert translation.get_language() == language


def test_once_somebody_has_translated_the_words_the_dates_follow(monkeypatch):
    monkeypatch.setattr(said_dates.translation, "pgettext", lambda _context, _code: "es")
    assert said(AT, "l, F j") == "martes, noviembre 24"
    assert written("l") == "martes"


def test_nothing_is_said_of_no_date():
    template = engines["django"].from_string('{{ at|date:"P" }}|{{ at|date }}')
    assert template.render({"at": None}) == "|"


@pytest.mark.django_db
def test_no_page_of_hers_mixes_two_languages(client):
    made = builders.appointment_request(at=timezone.now())
    builders.pay(timezone.now())
    open_request(client, Reference.rows.get(about_id=made.pk).spoken)
    for address in [reverse(name) for name in ("requests:detail", "requests:contact")]:
        shown = client.get(f"/es{address}")
        assert shown.status_code == 200
        assert [one for one in SPANISH if one in words(shown)] == []
        assert 'lang="es"' in page(shown)
