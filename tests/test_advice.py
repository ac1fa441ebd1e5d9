"""Wording that promises more than research can: colleagues are told, and nobody is stopped."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.outbox.messages import TEXT_KIND
from clinic.people import roles
from clinic.signing.advice import advice
from clinic.signing.models import Text, TextVersion
from tests import builders
from tests.browsing import ROOM


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "You get a new treatment. It is given by mouth.", ["new treatment"]),
        ("en", "New, they say: a new cancer drug.", ["new cancer drug"]),
        ("en", "You get a new, investigational drug.", []),
        ("en", "An investigational treatment, new here.", []),
        ("en", "It is Safe and effective. It is free.", ["Safe", "effective", "free"]),
        ("en", "It acts safely; a free interpreter calls.", ["safely"]),
        ("en", "Ask for a free interpreter.", []),
        ("en", "It is safe to leave a voicemail. A step-free entrance.", []),
        ("en", "Nobody takes new people. Freedom of thought.", []),
        (
            "es",
            "Un nuevo tratamiento. Dos medicamentos nuevos.",
            ["nuevo tratamiento", "medicamentos nuevos"],
        ),
        ("es", "Es seguro y eficaz. Es gratis.", ["seguro", "eficaz", "gratis"]),
        ("es", "La tarjeta del seguro. Un intérprete gratis.", []),
        ("es", "Un nuevo medicamento en investigación.", []),
        ("fr", "Un traitement gratuit.", []),
    ],
)
def test_it_notices_wording_sentence_by_sentence(language, text, found):
    assert [one.wording for one in advice({"what": text}, language)] == found


def test_it_says_where_the_wording_stands():
    body = {"name": "A study", "lines": ["Hello", "It is free."]}
    (one,) = advice(body, "en")
    assert (one.place, one.wording) == ("lines · 2", "free")


def proposed(client, **body):
    values = {"kind": TEXT_KIND.code, "subject": "hello", "language": "en"}
    words = {"subject": "Hello", "lines": ["This new treatment is safe."]} | body
    return client.post(
        reverse("admin:signing_textversion_add"), values | {"body": json.dumps(words)}, follow=True
    )


@pytest.mark.django_db
def test_an_editor_is_told_and_her_words_are_kept(client):
    client.force_login(builders.colleague("erin", roles.EDITOR))
    response = proposed(client)
    told = [str(one) for one in response.context["messages"]]
    assert [one for one in told if "“new treatment” in lines · 1" in one]
    assert [one for one in told if "“safe” in lines · 1" in one]
    version = TextVersion.objects.get(text__subject="hello")
    assert version.content["lines"] == ["This new treatment is safe."]

    plain = proposed(client, lines=["This treatment is being studied."])
    assert not [one for one in plain.context["messages"] if "lines" in str(one)]


@pytest.mark.django_db
def test_a_reviewer_sees_it_beside_the_words(client):
    client.force_login(builders.colleague("erin", roles.EDITOR))
    proposed(client)
    client.force_login(builders.colleague("ruth", roles.REVIEWER))
    version = TextVersion.objects.get(text__subject="hello")
    url = reverse("admin:signing_textversion_change", args=[version.pk])
    assert "“new treatment” in lines · 1" in client.get(url).content.decode()

    # Changed behind our back, a body may not even be JSON.
    TextVersion.objects.filter(pk=version.pk).update(body="not JSON")
    assert "“new treatment”" not in client.get(url).content.decode()


@pytest.mark.django_db
def test_the_sample_needs_no_second_look_where_a_board_signs(settings, tmp_path):
    settings.ACCOUNTS_FILE = tmp_path / "accounts.txt"
    for load in ROOM:
        load(timezone.now() - timedelta(minutes=1))
    texts = Text.objects.filter(kind__in=["trial_card", "criteria", "question", "verdict"])
    assert texts.count() > 40
    for text in texts:
        for version in text.versions.all():
            assert not list(advice(version.content, text.language)), version
