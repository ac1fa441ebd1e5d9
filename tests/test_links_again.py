"""Send my link again: to what we have, never to what was typed; the same answer for everybody."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.outbox import links_again
from clinic.outbox.bounces import bounced
from clinic.outbox.codes import CALL_ABOUT_LINKS, MAIL_LINKS, CallReason
from clinic.outbox.models import CallTask, Effect, Message
from clinic.people import again_views, roles
from clinic.people.models import PrivateLink, Reference
from clinic.people.references import open_link
from tests import builders
from tests.builders import NOON, later
from tests.journeys import HEALTH, open_house, page, signed_in, words
from tests.races import at_once

AGAIN = "requests:again"
MARIA = "maria@example.org"


@pytest.fixture
def sam(db):
    return builders.colleague("sam", roles.SCHEDULER)


def asked(*, at=NOON, **ways):
    """A request that is in somebody's hands; what it owed is paid."""
    request = builders.appointment_request(at=at, people=builders.intake(**ways))
    builders.pay(at)
    request.refresh_from_db()
    return request


def links_in(mail):
    return re.findall(r"http://testserver/\S*?([\w-]{43})/?\s", mail.body)


# -- Mail ------------------------------------------------------------------------------------------
def test_the_link_goes_to_the_address_we_have(sam, mailoutbox):
    request = asked()
    mailoutbox.clear()
    links_again.ask_by_email("  MARIA@Example.org ", at=NOON)
    assert mailoutbox == [], "never in the request of whoever asked"
    builders.pay(later(seconds=2))
    (mail,) = mailoutbox
    effect = Effect.objects.get(kind=MAIL_LINKS)
    assert (mail.to, mail.subject) == ([MARIA], "Your link")
    assert mail.extra_headers["Message-ID"] == f"<{effect.pk}@riverside.example>"
    reference = Reference.rows.get(about_id=request.pk)
    assert [open_link(one, at=NOON).reference for one in links_in(mail)] == [reference]
    assert HEALTH.search(mail.message().as_string()) is None
    assert "Maria" not in mail.body


def test_within_the_hour_it_is_one_mail(sam, mailoutbox):
    asked()
    mailoutbox.clear()
    for minutes in (0, 1, 59):
        links_again.ask_by_email(MARIA, at=later(minutes=minutes))
        builders.pay(later(hours=1))
    assert len(mailoutbox) == 1
    links_again.ask_by_email(MARIA, at=later(hours=2))
    builders.pay(later(hours=3))
    assert len(mailoutbox) == 2


def test_after_three_times_an_hour_nothing_more_happens(sam, mailoutbox):
    asked()
    for _time in range(links_again.ASKED):
        links_again.ask_by_email("nobody@example.org", at=NOON)
    asked(email="nobody@example.org")
    links_again.ask_by_email("nobody@example.org", at=NOON)
    assert not Effect.objects.filter(kind=MAIL_LINKS).exists()


def test_each_open_request_has_its_link_and_ended_ones_have_none(sam, mailoutbox):
    first, ended = asked(), asked()
    verbs.change_mind(ended, by=Actor.person(ended.person), at=NOON)
    mailoutbox.clear()
    links_again.ask_by_email(MARIA, at=NOON)
    builders.pay(later(seconds=2))
    found = [
        open_link(token, at=NOON).reference.about_id
        for mail in mailoutbox
        for token in links_in(mail)
    ]
    assert found == [first.pk]


def test_a_helper_gets_the_link_of_whom_she_helps(sam, mailoutbox):
    request = builders.appointment_request(people=builders.helped(email="hannah@example.org"))
    builders.pay()
    mailoutbox.clear()
    links_again.ask_by_email("hannah@example.org", at=NOON)
    builders.pay(later(seconds=2))
    (mail,) = mailoutbox
    assert mail.to == ["hannah@example.org"]
    assert open_link(links_in(mail)[0], at=NOON).reference.about_id == request.pk


@pytest.mark.parametrize("typed", ["stranger@example.org", ""])
def test_a_stranger_makes_nothing_happen(sam, typed):
    asked()
    before = Effect.objects.count()
    links_again.ask_by_email(typed, at=NOON)
    assert Effect.objects.count() == before


def test_a_link_that_bounces_is_a_call_about_the_request(sam, mailoutbox):
    request = asked()
    links_again.ask_by_email(MARIA, at=NOON)
    builders.pay(later(seconds=2))
    effect = Effect.objects.get(kind=MAIL_LINKS)
    assert bounced(effect.pk, at=later(hours=1)) is True
    task = CallTask.rows.get()
    assert (task.about_id, task.reason) == (request.pk, CallReason.MESSAGE_FAILED)


def test_a_refused_mail_is_a_call(sam, settings):
    request = asked(email="")
    settings.EMAIL_BACKEND = "tests.mail_servers.RefusesForGood"
    CallTask.rows.all().delete()
    other = asked()
    CallTask.rows.all().delete()
    links_again.ask_by_email(MARIA, at=NOON)
    builders.pay(later(seconds=2))
    assert [one.about_id for one in CallTask.rows.all()] == [other.pk]
    assert request.is_open


# -- Phone -----------------------------------------------------------------------------------------
def test_a_number_is_a_call_and_no_text(sam, mailoutbox):
    request = asked()
    mailoutbox.clear()
    links_again.ask_by_phone("212.555.0177", at=NOON)
    builders.pay(later(seconds=2))
    task = CallTask.rows.get(reason=CallReason.LINK)
    assert (task.about_id, task.assigned_to, task.person) == (request.pk, sam, request.person)
    assert task.due_at > NOON
    assert mailoutbox == []
    assert not Message.rows.filter(effect__kind=CALL_ABOUT_LINKS).exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_are_one_mail(transactional_db, mailoutbox):
    builders.colleague("sam", roles.SCHEDULER)
    asked()
    at_once(lambda _number: links_again.ask_by_email(MARIA, at=NOON), threads=4)
    assert Effect.objects.filter(kind=MAIL_LINKS).count() == 1


# -- The page --------------------------------------------------------------------------------------
def sent_from(client, typed, **more):
    return client.post(reverse(AGAIN), {"reach": typed}, **more)


def test_known_and_unknown_get_the_same_answer(sam, client):
    open_house()
    asked(at=timezone.now())
    answers = [
        sent_from(client, typed, REMOTE_ADDR=f"192.0.2.{number}", follow=True)
        for number, typed in enumerate([MARIA, "x@example.org", "2125550177", "212 555 0100"])
    ]
    assert {one.redirect_chain[0] for one in answers} == {(reverse("requests:again_sent"), 302)}
    assert len({words(one) for one in answers}) == 1
    assert "example.org" not in page(answers[0])
    assert "noindex" in answers[0]["X-Robots-Tag"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", "maria", "maria@", "@", "12", "a@b@c", "x" * 300, "\x00", "😀", "a\nb@c.de"]
)
def test_what_is_neither_is_said_at_the_field_and_kept(client, typed):
    open_house()
    answer = sent_from(client, typed)
    assert answer.status_code == 200
    content = page(answer)
    assert 'id="id_reach"' in content
    assert "aria-invalid" in content
    if typed == "maria@":
        assert 'value="maria@"' in content
    assert not Effect.objects.filter(kind__in=(MAIL_LINKS, CALL_ABOUT_LINKS)).exists()


@pytest.mark.django_db
def test_many_tries_from_one_address_are_slowed(client):
    open_house()
    for number in range(again_views.TRIES):
        assert sent_from(client, f"x{number}@example.org").status_code == 302
    refused = sent_from(client, MARIA)
    assert refused.status_code == 429
    assert "Wait 15 minutes, or call us now." in words(refused)
    assert f'value="{MARIA}"' in page(refused)
    assert sent_from(Client(), MARIA, REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.mark.django_db
def test_the_way_to_it_stands_where_it_is_needed(client):
    open_house()
    address = f'href="{reverse(AGAIN)}"'
    assert address in page(client.get(reverse("requests:open")))
    assert address in page(client.get(reverse("requests:link", args=["x" * 43])))
    assert client.get(reverse(AGAIN)).status_code == 200


# -- By a colleague --------------------------------------------------------------------------------
def test_a_colleague_sends_it_and_a_double_click_is_one(sam, mailoutbox):
    request = asked(at=timezone.now())
    mailoutbox.clear()
    browser, detail = signed_in(sam), reverse("appointments:detail", args=[request.pk])
    assert "Send the link again" in page(browser.get(detail))
    address = reverse("calls:send_link", args=[request.person_id])
    before = timezone.now()
    for _click in range(2):
        links_again.send_again(request.person, by=Actor.staff(sam), at=before)
    assert "Her link is on its way." in page(browser.post(address, {"next": detail}, follow=True))
    builders.pay(timezone.now())
    assert 1 <= len(mailoutbox) <= 2, "two where the hour has just turned"
    event = Event.objects.filter(verb="send_link").last()
    assert event.actor_id == str(sam.pk)


def again(request, *, at):
    return links_again.send_again(request.person, by=Actor.staff(builders.colleague("sam")), at=at)


def test_within_the_hour_it_says_when_it_was_sent(sam, mailoutbox):
    request = asked(at=timezone.now())
    now = timezone.now()
    assert again(request, at=now) is None
    builders.pay(now)
    mailoutbox.clear()
    sent_at = again(request, at=now)
    assert sent_at == Message.rows.get(effect__kind=MAIL_LINKS).sent_at
    builders.pay(now)
    assert mailoutbox == []
    assert Event.objects.filter(verb="send_link").count() == 1
    address = reverse("calls:send_link", args=[request.person_id])
    # Unless the hour has just turned, which makes it another.
    said = page(signed_in(sam).post(address, follow=True))
    assert "Her link was sent at " in said or "on its way" in said


def test_what_did_not_arrive_or_opens_nothing_more_does_not_count(sam, mailoutbox):
    request = asked()
    for minutes in (0, 1):
        mailoutbox.clear()
        assert again(request, at=later(minutes=minutes)) is None
        builders.pay(later(minutes=minutes))
        assert len(mailoutbox) == 1
        newest = Effect.objects.filter(kind=MAIL_LINKS).order_by("created_at").last()
        assert bounced(newest.pk, at=later(minutes=minutes)) is True
    assert again(request, at=later(minutes=2)) is None
    builders.pay(later(minutes=2))
    assert again(request, at=later(minutes=3)) is not None
    PrivateLink.rows.update(revoked_at=timezone.now())
    assert again(request, at=later(minutes=4)) is None


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_are_one_mail(transactional_db, mailoutbox):
    builders.colleague("sam", roles.SCHEDULER)
    request = asked()
    mailoutbox.clear()
    at_once(lambda _number: again(request, at=NOON), threads=4)
    assert Effect.objects.filter(kind=MAIL_LINKS).count() == 1


def test_without_mail_or_an_open_request_nothing_is_sent(sam):
    silent = asked(email="", at=timezone.now())
    ended = asked(at=timezone.now())
    verbs.change_mind(ended, by=Actor.person(ended.person), at=timezone.now())
    for one in (silent, ended):
        address = reverse("calls:send_link", args=[one.person_id])
        assert "Nothing was sent" in page(signed_in(sam).post(address, follow=True))


def test_nobody_sends_the_link_of_whom_she_does_not_see(sam):
    request = asked(at=timezone.now())
    address = reverse("calls:send_link", args=[request.person_id])
    chloe = builders.colleague("chloe", roles.COORDINATOR)
    assert signed_in(chloe).post(address).status_code == 404
    assert signed_in(builders.colleague("erin", roles.EDITOR)).post(address).status_code == 403
    assert signed_in(sam).get(address).status_code == 405
