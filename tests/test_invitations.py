"""A colleague chooses her own password: invited, forgotten, changed; links end, nobody is named."""

from __future__ import annotations

import io
import logging
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.log import HidePrivateLinks
from clinic.outbox.bounces import bounced
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import Effect, Message
from clinic.people.colleagues import invitations, leaving
from clinic.people.colleagues.account_views import GUESSES
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.colleagues.invitations import INVITE, RESET, RESETS, TOKENS
from clinic.people.models import User
from clinic.signing.models import Text
from tests.accounts import NEW, choose, fresh, link, newcomer
from tests.builders import PASSWORD, cast, colleague, pay
from tests.journeys import HEALTH, hidden, page, signed_in
from tests.mail_servers import IsDown
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    return cast(at=timezone.now())


def invited(user, by, *, key=None):
    invitations.invite(user, key=key or uuid.uuid4(), by=by, at=timezone.now())
    pay(timezone.now())


# -- Invited ---------------------------------------------------------------------------------------
def test_an_invitation_leads_to_a_password_and_works_once(play, client):
    nora = newcomer()
    invited(nora, play.alex)
    (sent,) = mail.outbox
    assert sent.to == ["nora@example.org"]
    assert HEALTH.search(sent.message().as_string()) is None
    assert sent.message()["Message-ID"].startswith(f"<{Effect.objects.get(kind=INVITE).pk}@")
    first = client.get(link())
    assert first.url == reverse("staff:welcome", args=[link().split("/")[3], "choose"])
    assert "Nora" in page(client.get(first.url))
    done = choose(client, link())
    assert "Your password is set. Sign in with it." in page(done)
    assert Client().login(username="nora@example.org", password=NEW)
    event = Event.objects.get(verb="choose_password")
    assert (event.about_id, event.actor_id) == (nora.pk, str(nora.pk))
    used = Client().get(link())
    assert used.status_code == 410
    assert "ask an administrator to invite you again" in page(used)


def test_the_same_button_twice_is_one_mail_and_another_time_another(play):
    nora, key = newcomer(), uuid.uuid4()
    for _click in range(3):
        invited(nora, play.alex, key=key)
    assert len(mail.outbox) == 1
    assert Event.objects.filter(verb="invite").count() == 1
    invited(nora, play.alex)
    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_once_is_one_mail(transactional_db):
    play, nora, key = cast(at=timezone.now()), newcomer(), uuid.uuid4()
    at_once(
        lambda _number: invitations.invite(nora, key=key, by=play.alex, at=timezone.now()),
        threads=6,
    )
    assert Effect.objects.filter(kind=INVITE).count() == 1
    assert Event.objects.filter(verb="invite").count() == 1


def test_an_invitation_waits_for_approved_words(play):
    Text.objects.filter(kind=TEXT_KIND.code, subject="colleague_invite").update(
        taken_down_at=timezone.now()
    )
    invited(newcomer(), play.alex)
    effect = Effect.objects.get(kind=INVITE)
    assert (mail.outbox, effect.state, effect.last_error) == ([], "pending", "TryLater")


def test_a_mail_server_that_is_down_is_tried_again_with_the_same_message_id(play, settings):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{IsDown.__module__}.IsDown"
    invited(newcomer(), play.alex)
    effect = Effect.objects.get(kind=INVITE)
    assert effect.state == "pending"
    settings.EMAIL_BACKEND = backend
    pay(effect.due_at)
    assert [one.to for one in mail.outbox] == [["nora@example.org"]]


REFUSING = "tests.mail_servers.RefusesForGood"


@pytest.mark.parametrize("kind", [INVITE, RESET])
def test_a_refused_mail_needs_a_person_and_its_keepers_hear_of_it(play, settings, kind):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, REFUSING
    if kind == INVITE:
        invited(newcomer(), play.alex)
    else:
        now = timezone.now()
        invitations.ask_reset("sam@example.org", key=uuid.uuid4(), address="192.0.2.1", at=now)
        pay(now)
    effect = Effect.objects.get(kind=kind)
    assert (effect.state, effect.last_error, effect.attempts) == ("quarantined", "GiveUp", 1)
    settings.EMAIL_BACKEND = backend
    pay(timezone.now())
    assert {one.to[0] for one in mail.outbox} >= {"alex@example.org", "lena@example.org"}


def test_the_account_says_that_the_invitation_did_not_arrive(play, settings):
    nora, alex = newcomer(), signed_in(play.alex)
    address, said = reverse("admin:people_user_change", args=[nora.pk]), "did not arrive"
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, REFUSING
    assert said not in page(alex.get(address))
    invited(nora, play.alex)
    assert said in page(alex.get(address))
    settings.EMAIL_BACKEND = backend
    invited(nora, play.alex)
    assert said not in page(alex.get(address))
    assert bounced(Effect.objects.filter(kind=INVITE).latest("created_at").pk, at=timezone.now())
    assert said in page(alex.get(address))


def test_who_has_chosen_meanwhile_or_has_left_gets_no_mail(play):
    nora, olga = newcomer(), colleague("olga")
    invitations.invite(olga, key=uuid.uuid4(), by=play.alex, at=timezone.now())
    invitations.invite(nora, key=uuid.uuid4(), by=play.alex, at=timezone.now())
    leaving.leave(nora, to=None, by=play.alex, at=timezone.now())
    pay(timezone.now())
    assert mail.outbox == []
    with pytest.raises(HasLeft):
        invitations.invite(nora, key=uuid.uuid4(), by=play.alex, at=timezone.now())


def test_a_link_ends_with_time_with_the_account_and_when_it_is_not_ours(play, client, settings):
    nora = newcomer()
    invited(nora, play.alex)
    account, token = link().split("/")[3:5]
    stamp, seal = token.split("-")
    strange = [(account, f"{stamp}-{seal[::-1]}"), (account, "x"), ("x", token), ("AAAA", token)]
    strange += [(account, "choose"), (reverse("staff:index")[1:4], "choose")]
    for one, other in strange:
        assert client.get(reverse("staff:welcome", args=[one, other])).status_code == 410
    assert client.get(link()).status_code == 302
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link()).status_code == 410
    settings.PASSWORD_RESET_TIMEOUT = 60
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert client.get(link()).status_code == 410
    assert choose(client, reverse("staff:welcome", args=[account, "choose"])).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short1", None, "at least 8 characters"),
        ("password", None, "too common"),
        ("8163049275", None, "entirely numeric"),
        (NEW, "another harbor 2026", "didn’t match"),
        ("", None, "Fill in"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(play, client, password, again, said):
    nora = newcomer()
    invited(nora, play.alex)
    refused = choose(client, link(), password, again)
    assert refused.status_code == 422
    assert said in page(refused)
    assert "Error:" in page(refused)
    assert not fresh(nora).has_usable_password()


def test_of_two_who_use_one_link_at_once_one_sets_the_password(play):
    nora = newcomer()
    first, second = fresh(nora), fresh(nora)
    assert invitations.choose_password(first, NEW, at=timezone.now())
    assert not invitations.choose_password(second, "another harbor 2026", at=timezone.now())
    assert fresh(nora).check_password(NEW)
    assert Event.objects.filter(verb="choose_password").count() == 1


def test_a_scanner_that_opens_the_link_uses_nothing_up(play):
    nora = newcomer()
    invited(nora, play.alex)
    for _time in range(3):
        Client().get(link(), follow=True)
    choose(Client(), link())
    assert fresh(nora).check_password(NEW)


@pytest.fixture
def screen():
    sheet = io.StringIO()
    handlers = [one for name in ("", "django") for one in logging.getLogger(name).handlers]
    ours = [one for one in handlers if any(isinstance(f, HidePrivateLinks) for f in one.filters)]
    changed = [(one, one.setStream(sheet)) for one in ours]
    yield sheet
    for handler, stream in changed:
        handler.setStream(stream)


def test_no_token_stands_in_a_log_a_task_or_a_row(play, client, screen):
    invited(newcomer(), play.alex)
    account, token = link().split("/")[3:5]
    client.get(link() + "more/")
    client.put(link())
    assert screen.getvalue().count(f"/welcome/{account}/…") == 2
    assert token not in screen.getvalue()
    rows = [*Effect.objects.values(), *Message.rows.values(), *Event.objects.values()]
    assert token not in repr(rows)


# -- Forgotten -------------------------------------------------------------------------------------
def ask(email, *, browser=None, key=None, address="192.0.2.1"):
    browser, url = browser or Client(), reverse("staff:forgot")
    values = hidden(browser.get(url)) | {"email": email} | ({"key": str(key)} if key else {})
    return browser.post(url, values, follow=True, REMOTE_ADDR=address)


def test_the_answer_is_the_same_for_who_is_unknown_or_has_left(play):
    User.objects.filter(pk=play.ben.pk).update(is_active=False)
    emails = ("ana@example.org", "ANA@example.org", "ben@example.org", "nobody@example.org")
    answers = {page(ask(email)) for email in emails}
    assert len(answers) == 1
    assert "If there is an account with this e-mail" in answers.pop()
    assert mail.outbox == [], "no mail goes out while she waits"
    pay(timezone.now())
    assert {one.to[0] for one in mail.outbox} == {"ana@example.org"}
    assert HEALTH.search(mail.outbox[0].message().as_string()) is None


def test_a_new_password_ends_every_session_and_the_link(play):
    elsewhere = signed_in(play.ana)
    ask("ana@example.org")
    pay(timezone.now())
    assert elsewhere.get(reverse("staff:index")).status_code == 200
    choose(Client(), link())
    assert elsewhere.get(reverse("staff:index")).status_code == 302
    assert Client().get(link()).status_code == 410
    assert Client().login(username="ana@example.org", password=NEW)


def test_signing_in_ends_a_link_that_somebody_else_asked_for(play):
    ask("ana@example.org")
    pay(timezone.now())
    account, token = link().split("/")[3:5]
    assert TOKENS.check_token(fresh(play.ana), token)
    Client().post(reverse("staff:sign_in"), {"username": "ana@example.org", "password": PASSWORD})
    assert Client().get(reverse("staff:welcome", args=[account, token])).status_code == 410


def test_an_account_gets_few_mails_and_an_address_asks_for_few(play):
    for number in range(RESETS["account"] + 3):
        ask("ana@example.org", address=f"192.0.2.{number}")
    assert Effect.objects.filter(kind=RESET).count() == RESETS["account"]
    for number in range(RESETS["address"]):
        ask(f"nobody{number}@example.org", address="198.51.100.7")
    answer = ask("ben@example.org", address="198.51.100.7")
    assert "If there is an account with this e-mail" in page(answer)
    assert not Effect.objects.filter(kind=RESET, about_id=play.ben.pk).exists()


def test_a_form_sent_twice_is_one_mail(play):
    key = uuid.uuid4()
    for _click in range(2):
        ask("ana@example.org", key=key)
    assert Effect.objects.filter(kind=RESET).count() == 1


@pytest.mark.parametrize("email", ["", "ana", "ana@", "x" * 300 + "@example.org"])
def test_an_address_that_is_none_is_refused_and_kept(play, email):
    refused = ask(email)
    assert refused.status_code == 422
    assert "Error:" in page(refused)
    assert not Effect.objects.filter(kind=RESET).exists()


@pytest.mark.parametrize("key", ["", "1", "<script>"])
def test_a_form_without_its_key_is_refused(play, client, key):
    values = {"email": "ana@example.org", "key": key}
    assert client.post(reverse("staff:forgot"), values).status_code == 422


# -- Changed ---------------------------------------------------------------------------------------
def change(browser, old=PASSWORD, new=NEW):
    values = {"old_password": old, "new_password1": new, "new_password2": new}
    return browser.post(reverse("staff:password"), values, follow=True)


def test_she_changes_it_and_stays_signed_in_here_only(play):
    here, elsewhere = signed_in(play.ana), signed_in(play.ana)
    assert "Your password is changed." in page(change(here))
    assert here.get(reverse("staff:index")).status_code == 200
    assert elsewhere.get(reverse("staff:index")).status_code == 302
    assert fresh(play.ana).check_password(NEW)


def test_whoever_found_an_open_browser_does_not_guess_it(play):
    browser = signed_in(play.ana)
    for _guess in range(GUESSES):
        assert change(browser, old="not the right one").status_code == 422
    assert "There were many tries." in page(change(browser))
    assert fresh(play.ana).check_password(PASSWORD)
