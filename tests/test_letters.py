"""Letters: the approved words on paper, a neutral sender, nothing about health in the window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.audit.recording import Actor, about
from clinic.outbox import calls, letters
from clinic.outbox.codes import CallReason
from clinic.outbox.messages import FALL_BACK, TEXT_KIND
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.models import Person, Reference
from clinic.signing.models import Text
from tests import builders
from tests.builders import NOON
from tests.journeys import HEALTH, page, signed_in, words

pytestmark = pytest.mark.django_db

ADDRESS = "12 Elm Street\nSpringfield, NY 10003"


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER)


def owed(*, at=NOON, **ways):
    """A letter that somebody owes to a person with a postal address only."""
    ways = {"email": "", "phone": "", "postal_address": ADDRESS} | ways
    request = builders.appointment_request(at=at, people=builders.intake(**ways))
    builders.pay(at)
    return CallTask.rows.select_related("person", "assigned_to").get(about_id=request.pk)


def take_down(*subjects):
    Text.objects.filter(kind=TEXT_KIND.code, subject__in=subjects).update(taken_down_at=NOON)


def test_a_letter_says_what_the_mail_would_have_said(sam):
    task = owed()
    letter = letters.write(task, at=NOON)
    assert (letter.name, letter.address) == ("Maria Zzyzx", ADDRESS)
    assert letter.sender == "Riverside Center"
    assert (letter.language, letter.title) == ("en", "We have your request")
    text = "\n".join(letter.lines)
    assert Reference.rows.get().spoken in text
    assert "http://testserver/your-request/" in text
    assert "/r/" not in text, "a private link is too long to type"
    in_the_window = f"{letter.name} {letter.address} {letter.sender} {letter.sender_address}"
    assert HEALTH.search(f"{in_the_window} {letter.title} {text}") is None


def test_a_promise_that_has_passed_is_not_put_in_writing(sam):
    task = owed()
    assert letters.write(task, at=task.due_at).title == "Please call us"


@pytest.mark.parametrize("reason", CallReason.values)
def test_every_reason_has_words(sam, reason):
    task = owed()
    task.reason = reason
    assert letters.write(task, at=NOON).lines


def test_without_words_or_address_there_is_no_letter(sam):
    task = owed()
    take_down("request_received")
    assert letters.write(task, at=NOON).title == "Please call us"
    take_down(FALL_BACK)
    assert letters.write(task, at=NOON) is None
    page_of = reverse("calls:letter", args=[task.pk])
    assert "no approved words for a letter" in words(signed_in(sam).get(page_of))


def test_whoever_has_no_address_gets_no_letter(sam):
    task = owed()
    task.person = Person(given_name="Maria", phone="(212) 555-0177")
    assert letters.write(task, at=NOON) is None


def test_the_page_prints_is_read_by_name_and_leads_to_done(sam):
    task = owed(at=timezone.now())
    browser = signed_in(sam)
    address = reverse("calls:letter", args=[task.pk])
    assert f'href="{address}"' in page(browser.get(reverse("calls:list")))
    content = page(browser.get(address))
    assert "12 Elm Street<br>Springfield" in content
    assert '<article lang="en">' in content
    read = Event.objects.about(*about(task)).filter(codes={"place": "letter"}).get()
    assert read.actor_id == str(sam.pk)
    assert "Done." in page(browser.post(reverse("calls:done", args=[task.pk]), follow=True))


def test_a_letter_of_another_is_not_hers_to_read(sam):
    task = owed(at=timezone.now() - timedelta(hours=1))
    address = reverse("calls:letter", args=[task.pk])
    chloe = builders.colleague("chloe", roles.COORDINATOR)
    assert signed_in(chloe).get(address).status_code == 404
    assert signed_in(builders.colleague("erin", roles.EDITOR)).get(address).status_code == 403


@pytest.mark.parametrize("end", ["done", "void"])
def test_a_call_that_is_no_longer_owed_shows_nothing_of_anybody(sam, end):
    task, browser = owed(at=timezone.now()), signed_in(sam)
    opened = [reverse("calls:letter", args=[task.pk])]
    person = [reverse(f"calls:{one}", args=[task.person_id]) for one in ("stop_texts", "send_link")]
    sees_nothing_else(sam)
    if end == "done":
        calls.make(task, by=sam, at=timezone.now())
    else:
        kind, request_id = task.about_kind, task.about_id
        by = Actor.staff(sam)
        calls.void(about_kind=kind, about_id=request_id, by=by, at=timezone.now())
    for answer in (*map(browser.get, opened), *map(browser.post, person)):
        assert answer.status_code == 404
        assert "This call is no longer owed" in words(answer)
        assert "Maria" not in page(answer)
        assert "Elm Street" not in page(answer)
    assert not Event.objects.filter(verb="read", codes={"place": "letter"}).exists()


def sees_nothing_else(user):
    """The call alone lets her see anybody: she is of no team any more, but answers calls."""
    user.roles_held.update(role=roles.COORDINATOR)
