"""A colleague's account gets another address: she hears of it at the old one, and comes in anew."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.codes import EffectState
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import Effect
from clinic.people.colleagues import addresses, invitations, leaving
from clinic.people.colleagues.addresses import LONGEST, MOVED, move
from clinic.people.models import User
from clinic.places.models import ContactPoint
from clinic.signing.models import Text
from tests.accounts import change_url, choose, form, fresh, link
from tests.breaking import database_fails_at
from tests.builders import NOON, PASSWORD, cast, later, pay
from tests.journeys import HEALTH, page, signed_in
from tests.races import at_once

pytestmark = pytest.mark.django_db

OLD, NEW = "chloe@example.org", "c.new@example.org"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def moved(play, **changes):
    """What the administrator sees after saving Chloe's account with another address."""
    values = form(play.chloe, **({"email": NEW} | changes))
    return signed_in(play.alex).post(change_url(play.chloe), values, follow=True)


def mails():
    pay(timezone.now())
    return {one.to[0]: one for one in mail.outbox}


def test_the_old_address_is_told_and_the_new_one_invited(play, client):
    assert "An invitation is on its way by mail." in page(moved(play))
    sent = mails()
    assert set(sent) == {OLD, NEW}
    word = sent[OLD]
    assert word.subject == "Your address was changed"
    assert f"call {ContactPoint.objects.get(role='main').display}" in word.body
    assert "/staff/" not in word.body
    assert NEW not in word.message().as_string()
    assert HEALTH.search(word.message().as_string()) is None
    mail.outbox.append(sent[NEW])
    choose(client, link())
    assert client.login(username=NEW, password="a quiet harbor 2026")


def test_whoever_had_the_password_is_out(play):
    browser = signed_in(play.chloe)
    reset = invitations.address_for(play.chloe)
    moved(play)
    assert browser.get(reverse("staff:index")).status_code == 302
    assert not fresh(play.chloe).has_usable_password()
    assert browser.get(reset).status_code == 410
    assert not browser.login(username=OLD, password=PASSWORD)


def test_the_names_of_the_columns_are_written_and_no_value(play):
    moved(play, full_name="Chloe O.")
    event = Event.objects.get(verb="move_account")
    assert (event.about_id, event.actor_id) == (play.chloe.pk, str(play.alex.pk))
    assert event.codes == {"fields": ["email"]}
    assert not Event.objects.filter(codes__icontains="example.org").exists()
    assert fresh(play.chloe).full_name == "Chloe O."


@pytest.mark.parametrize("email", [OLD, OLD.upper(), "Chloe@Example.org"])
def test_who_loses_nothing_goes_on_working(play, email):
    browser = signed_in(play.chloe)
    moved(play, email=email, full_name="Chloe O.")
    assert browser.get(reverse("staff:index")).status_code == 200
    assert fresh(play.chloe).check_password(PASSWORD)
    assert fresh(play.chloe).full_name == "Chloe O."
    assert not Effect.objects.filter(kind__in=(MOVED, invitations.INVITE)).exists()


def test_who_has_left_is_moved_without_an_invitation(play):
    leaving.leave(play.chloe, to=None, by=play.alex, at=timezone.now())
    assert "invitation" not in page(moved(play)).split('class="messagelist"')[-1][:400]
    assert fresh(play.chloe).email == NEW
    assert mails() == {}


def test_an_address_of_another_is_refused_at_the_field(play):
    answer = moved(play, email="ana@example.org")
    assert answer.status_code == 200
    assert "already exists" in page(answer)
    assert fresh(play.chloe).email == OLD


@pytest.mark.parametrize("longer", ["old", "new"])
def test_an_address_that_is_too_long_is_refused_at_the_field(play, longer):
    long = f"{'x' * 60}@{'y' * 50}.{'z' * 20}.example.org"
    assert len(long) > LONGEST
    if longer == "old":
        User.objects.filter(pk=play.chloe.pk).update(email=long)
        play.chloe.email = long
    assert "This address is too long." in page(moved(play, email=NEW if longer == "old" else long))
    assert fresh(play.chloe).has_usable_password()


def test_the_word_waits_for_approved_words(play):
    Text.objects.filter(kind=TEXT_KIND.code, subject="colleague_moved").update(taken_down_at=NOON)
    move(play.chloe, to=NEW, by=play.alex, at=timezone.now())
    assert set(mails()) == {NEW}
    assert Effect.objects.get(kind=MOVED).state == EffectState.PENDING


def test_each_address_on_the_way_is_told_and_no_other(play):
    for minutes, address in enumerate((NEW, "third@example.org", OLD)):
        move(fresh(play.chloe), to=address, by=play.alex, at=later(minutes=minutes))
    effects = Effect.objects.filter(kind=MOVED).order_by("created_at")
    assert [one.key.split(" ")[1] for one in effects] == [OLD, NEW, "third@example.org"]
    for effect in effects:
        addresses.tell_old_address(effect_id=effect.pk, about_id=play.chloe.pk, at=NOON)
    assert [one.to for one in mail.outbox] == [[OLD], [NEW], ["third@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_it_once(transactional_db):
    play = cast(at=timezone.now())
    done = at_once(lambda _n: move(play.chloe, to=NEW, by=play.alex, at=NOON), threads=6)
    assert sorted(done) == [False] * 5 + [True]
    assert Effect.objects.filter(kind=MOVED).count() == 1
    assert Event.objects.filter(verb="move_account").count() == 1


def test_a_move_that_breaks_leaves_everything(play):
    with pytest.raises(Exception, match=r"."), database_fails_at("outbox_effect"):
        move(play.chloe, to=NEW, by=play.alex, at=NOON)
    found = fresh(play.chloe)
    assert (found.email, found.check_password(PASSWORD)) == (OLD, True)
    assert not Event.objects.filter(verb="move_account").exists()


def test_the_key_of_the_longest_address_fits_its_column(play):
    room = Effect._meta.get_field("key").max_length
    assert len(f"{MOVED}:{uuid.uuid4()}:{NOON:%Y%m%d%H%M%S} ") + LONGEST <= room
