"""Hidden fields that were changed, and words or doors that changed while she typed."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.people.models import Consent
from clinic.places.models import ContactPoint
from clinic.signing import verbs as signing
from clinic.signing.kinds import PRIVACY
from clinic.signing.models import Text
from tests.builders import cast, colleague
from tests.journeys import (
    ANSWERS,
    APPOINTMENT,
    assert_nothing_is_stored,
    begin_appointment,
    begin_search,
    filled,
    hidden,
    open_house,
    page,
    send,
    words,
)

SEND = "appointments:send"


@pytest.fixture
def house(db):
    open_house()


@pytest.fixture
def play(db):
    return cast(at=timezone.now())


@pytest.mark.parametrize("key", ["", "abc", "\x00", None, "9" * 5000])
def test_a_damaged_key_does_not_stand_in_her_way(client, house, key):
    assert send(client, begin_appointment(client), key=key).url == reverse("requests:detail")
    assert AppointmentRequest.rows.count() == 1


@pytest.mark.parametrize("version", ["", "abc", None, str(uuid.uuid4()), "of another kind"])
def test_consent_to_unknown_words_is_no_consent_and_she_can_go_on(client, house, version):
    url = begin_search(client)
    if version == "of another kind":
        version = hidden(client.get(url))["version_share"]
    response = send(client, url, version_contact=version)
    assert "These words have changed. Read them again." in words(response)
    assert_nothing_is_stored()
    again = {**filled(client, url), **hidden(response)}
    assert client.post(url, again).url == reverse("requests:detail")


def change_words(subject="contact"):
    version = signing.draft(
        kind="consent",
        subject=subject,
        language="en",
        body={"words": "You may call me, in other words.", "hint": "New."},
        by=colleague("editor"),
        at=timezone.now(),
    )
    reviewer = colleague("reviewer")
    signing.approve(version, kind=PRIVACY, by=reviewer, credential="Privacy", at=timezone.now())
    return version


def test_words_that_change_while_she_types_are_those_she_saw(client, house):
    url = begin_appointment(client)
    values = filled(client, url)
    change_words()
    assert client.post(url, values).status_code == 302
    assert str(Consent.rows.get().text_version_id) == values["version_contact"]


def test_words_that_change_before_a_mistake_is_mended_are_read_again(client, house):
    url = begin_appointment(client)
    values = filled(client, url)
    new = change_words()
    response = client.post(url, values | {"phone": "words"})
    content = page(response)
    assert "You may call me, in other words." in content
    assert "These words have changed. Read them again." in words(response)
    assert not re.search(r'name="agree_contact"[^>]*checked', content)
    assert hidden(response)["version_contact"] == str(new.pk)
    client.post(url, values | hidden(response))
    assert Consent.rows.get().text_version == new


def test_a_mistake_elsewhere_keeps_the_tick_on_words_that_did_not_change(client, house):
    response = send(client, begin_search(client), phone="words", agree_keep_on_file="on")
    for kind in ("contact", "keep_on_file"):
        assert re.search(rf'name="agree_{kind}"[^>]*checked', page(response))


@pytest.mark.parametrize(
    ("begin", "url"), [(begin_appointment, SEND), (begin_search, "desk:contact")]
)
def test_without_approved_words_for_contact_she_is_asked_to_call(client, play, begin, url):
    begin(client)
    text = Text.objects.get(kind="consent", subject="contact")
    signing.take_down(text, by=play.lena, at=timezone.now())
    for response in (client.get(reverse(url)), client.post(reverse(url), {"given_name": "M"})):
        assert response.status_code == 503
        assert "Please call us" in words(response)
        assert ContactPoint.objects.get(role="main").display in page(response)
    assert_nothing_is_stored()


def test_until_the_centre_opens_its_forms_there_is_a_number(client, play, settings):
    begin_appointment(client)
    settings.PUBLIC_FORMS_OPEN = False
    rooms = {"appointments": ["start", *APPOINTMENT, "send"], "screening": ["start", *ANSWERS]}
    addresses = [reverse(f"{room}:{name}") for room, names in rooms.items() for name in names]
    for url in [*addresses, reverse("desk:contact")]:
        for response in (client.get(url), client.post(url, {"given_name": "M"})):
            assert response.status_code == 503, url
            assert ContactPoint.objects.get(role="main").display in page(response)
            assert "noindex" in response["X-Robots-Tag"]
    assert_nothing_is_stored()
