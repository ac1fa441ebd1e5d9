"""Phone calls that must not be saved: a child's, or a yes to words that were never read out."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people import roles
from clinic.people.consents import TEXT_KIND
from clinic.people.models import Consent, Draft, User
from clinic.signing import verbs as signing
from clinic.signing.kinds import PRIVACY, TRANSLATION
from clinic.signing.models import Text
from tests.builders import cast
from tests.journeys import assert_nothing_is_stored, boxes, hidden, page, signed_in, words
from tests.phone_calls import filled_call, form_address, save_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


def test_a_child_is_sent_to_the_childrens_team_and_nothing_is_stored(play):
    browser, address = signed_in(play.sam), form_address()
    born = boxes("birth_date", 4, 27, timezone.localdate().year - 12)
    values = filled_call(browser, address, **born)
    browser.post(reverse("staff:draft_keep"), values)
    refused = browser.post(address, values)
    assert refused.status_code == 422
    assert "She is under 18" in words(refused)
    assert "(212) 555-0150" in words(refused)
    assert 'value="Zzyzx"' in page(refused)
    assert_nothing_is_stored()
    assert not Draft.rows.exists()
    browser.post(reverse("staff:draft_keep"), values)
    kept = Draft.rows.get().typed["fields"]
    assert not [name for name in kept if name.startswith("birth_date")]
    mended = values | boxes("birth_date", 4, 27, 1972)
    assert browser.post(address, mended).status_code == 302


def approve_words(play, text, *, language="en"):
    """New words for being contacted, approved now."""
    now = timezone.now()
    version = signing.draft(
        kind=TEXT_KIND.code,
        subject="contact",
        language=language,
        body={"words": text, "hint": ""},
        by=play.erin,
        at=now,
    )
    reviewer = User.objects.with_role(roles.REVIEWER).get()
    needed = [PRIVACY] if language == "en" else [PRIVACY, TRANSLATION]
    for kind in needed:
        signing.approve(version, kind=kind, by=reviewer, credential="Reviewer", at=now)
    return version


def test_words_that_changed_while_she_typed_are_read_out_anew(play):
    browser, address = signed_in(play.sam), form_address()
    values = filled_call(browser, address, note="Kept.")
    newer = approve_words(play, "You may phone me.")
    refused = browser.post(address, values)
    assert refused.status_code == 422
    assert "These words have changed" in words(refused)
    assert "You may phone me." in words(refused)
    assert "Kept." in page(refused)
    assert not refused.context["form"]["agree_contact"].value()
    assert_nothing_is_stored()
    again = values | hidden(refused) | {"agree_contact": "on"}
    assert browser.post(address, again).status_code == 302
    assert Consent.rows.get().text_version == newer


def test_without_approved_words_nothing_is_saved_and_it_says_whom_to_tell(play):
    browser, address = signed_in(play.sam), form_address()
    values = filled_call(browser, address, note="Kept.")
    contact = Text.objects.get(kind=TEXT_KIND.code, subject="contact")
    signing.take_down(contact, by=play.erin, at=timezone.now())
    for answer in (browser.get(form_address()), browser.post(address, values)):
        assert "There are no approved words" in words(answer)
        assert "Reviewer" in words(answer)
    assert "Kept." in page(browser.post(address, values))
    assert_nothing_is_stored()


def test_the_words_are_shown_in_her_language_where_they_are_approved(play):
    browser, address = signed_in(play.sam), form_address()
    typed = filled_call(browser, address, language="es", phone="words")
    asked = browser.post(address, typed | {"words": "show"})
    assert asked.status_code == 200
    assert "There are no approved words in her language" in words(asked)
    assert 'value="words"' in page(asked)
    assert "Error:" not in page(asked)
    spanish = approve_words(play, "Pueden llamarme.", language="es")
    asked = browser.post(address, typed | {"words": "show"})
    assert '<blockquote lang="es">' in page(asked)
    assert "There are no approved words in her language" not in words(asked)
    assert_nothing_is_stored()
    sent = browser.post(address, typed | hidden(asked) | {"phone": "212 555 0177"})
    assert sent.status_code == 302
    consent = Consent.rows.get()
    assert (consent.text_version, consent.language) == (spanish, "es")


def test_a_yes_to_words_in_another_language_is_asked_again(play):
    approve_words(play, "Pueden llamarme.", language="es")
    refused = save_call(signed_in(play.sam), language="es")
    assert "These words have changed" in words(refused)
    assert "Pueden llamarme." in words(refused)
    assert_nothing_is_stored()
