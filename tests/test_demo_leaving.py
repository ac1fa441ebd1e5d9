"""A demo says where its mail and its text messages go."""

from __future__ import annotations

import pytest

from clinic.demo import leaving
from tests.journeys import open_house, words

BACKENDS = "django.core.mail.backends."


@pytest.fixture
def house(settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}filebased.EmailBackend"
    settings.SMS = {"BACKEND": "clinic.outbox.texting.console.Console", "OPTIONS": {}}
    return settings


def test_in_a_folder_and_on_the_screen_it_stays_here(house):
    assert leaving.mail_in_words() == f"{house.EMAIL_FILE_PATH} (nothing leaves this machine)"
    assert leaving.texts_in_words() == "printed in the logs (nothing leaves this machine)"
    assert leaving.nothing_leaves()
    house.SMS = {}
    assert leaving.texts_in_words() == "off"
    assert leaving.nothing_leaves()


@pytest.mark.parametrize("host", ["localhost", "mail.example.org"])
def test_a_mail_server_is_named_and_its_password_is_not(house, host):
    house.EMAIL_BACKEND = f"{BACKENDS}smtp.EmailBackend"
    house.EMAIL_HOST, house.EMAIL_PORT, house.EMAIL_HOST_PASSWORD = host, 2525, "hush-hush"
    said = leaving.mail_in_words()
    assert f"{host}:2525" in said
    assert "hush" not in said
    assert ("LEAVES" in said) is (host != "localhost")
    assert not leaving.nothing_leaves(), "nobody here knows what that server does with it"


def test_providers_and_carriers_take_it_away(house):
    house.SMS = {"BACKEND": "clinic.outbox.texting.twilio.Twilio", "OPTIONS": {}}
    assert "LEAVES" in leaving.texts_in_words()
    assert not leaving.nothing_leaves()
    house.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    assert "LEAVES" in leaving.mail_in_words()


@pytest.mark.parametrize("stays", [True, False])
def test_the_first_page_of_the_demo_promises_no_more_than_is_true(client, db, house, stays):
    open_house()
    if not stays:
        house.EMAIL_BACKEND = f"{BACKENDS}smtp.EmailBackend"
    house.ROOT_URLCONF = "tests.demo_urls"
    content = words(client.get("/try-this/"))
    assert ("nothing leaves this machine" in content) is stays
