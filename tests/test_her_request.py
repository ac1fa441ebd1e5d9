"""Her own page: opening it, reading it, correcting it, changing her mind, leaving no trace."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import Actor
from clinic.lifecycle import NotMoved
from clinic.outbox.codes import CallState, EffectState
from clinic.outbox.models import CallTask, Effect, Message
from clinic.people.models import Consent, Person, PrivateLink, Reference
from clinic.people.references import make_link, token_of
from clinic.people.request_views import TRIES_BY_ADDRESS, TRIES_BY_REFERENCE
from clinic.places.models import ContactPoint
from referrals.desk import handlers, verbs
from referrals.desk.models import Case, Referral
from tests.builders import appointment_request, case, cast, helped, intake, pay, study
from tests.journeys import open_request, page, title, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

DETAIL, CONTACT, CHANGE = "requests:detail", "requests:contact", "requests:change_mind"
NEUTRAL = r"cancer(?! Center)|trial|stud(y|ies)|tumou?r|oncolog|immuno|chemo|diagnos|disease"


@pytest.fixture
def play():
    return cast(at=timezone.now())


def a_case(play, **changes):
    return case(play.study, at=timezone.now(), **changes)


def opened(client, made):
    """A browser in which her request is open."""
    reference = Reference.rows.get(about_id=made.pk)
    assert open_request(client, reference.spoken).url == reverse(DETAIL)
    return client


def spoken(made):
    return Reference.rows.get(about_id=made.pk).spoken


# -- Opening ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text,
        lambda text: text.lower(),
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", "–"),
        lambda text: f"  {text} ",
        " ".join,
        lambda text: f"{text[:2]} {text[2:4]}.{text[5:]}".lower(),
    ],
)
@pytest.mark.parametrize("born", [(4, 27, 1972), ("04", "27", "1972"), ("April", "27", "1972")])
def test_every_spelling_of_reference_and_birth_date_opens_it(client, play, spell, born):
    made = a_case(play)
    assert open_request(client, spell(spoken(made)), born=born).url == reverse(DETAIL)
    assert spoken(made) in page(client.get(reverse(DETAIL)))


def test_an_appointment_request_opens_the_same_way(client, play):
    made = appointment_request(at=timezone.now())
    text = words(opened(client, made).get(reverse(DETAIL)))
    assert "We have your request for an appointment" in text


def test_one_wrong_thing_and_two_wrong_things_give_the_same_answer(client, play):
    made = a_case(play)
    pages = [
        page(open_request(client, reference, born=born))
        for reference, born in (
            (spoken(made), (4, 28, 1972)),
            ("ABCD-2345", (4, 27, 1972)),
            ("ABCD-2345", (4, 28, 1972)),
        )
    ]
    assert "We cannot find a request with this reference" in pages[0]
    plain = [
        re.sub(r'(value|aria-describedby|csrfmiddlewaretoken)="[^"]*"', "", text) for text in pages
    ]
    assert plain[0] == plain[1] == plain[2]
    assert client.get(reverse(DETAIL)).url == reverse("requests:open")


def test_many_tries_from_one_address_are_slowed_in_plain_words(client, play):
    made = a_case(play)
    for number in range(TRIES_BY_ADDRESS):
        assert open_request(client, f"AAAA-22{number:02}").status_code == 200
    refused = open_request(client, spoken(made))
    assert refused.status_code == 429
    assert "Wait 15 minutes, or call us now." in words(refused)
    assert ContactPoint.objects.get(role="main").display in page(refused)
    assert spoken(made) in page(refused)
    assert "request" not in client.cookies
    # Somebody else is not locked out by it.
    other = open_request(Client(), spoken(made), REMOTE_ADDR="192.0.2.9")
    assert other.url == reverse(DETAIL)


def test_many_tries_at_one_reference_are_slowed_however_it_is_spelled(client, play):
    text = spoken(a_case(play))
    spellings = [text[:cut] + "." * dots + text[cut:] for cut in range(6) for dots in (0, 1, 2)]
    for number, spelling in enumerate(spellings[:TRIES_BY_REFERENCE]):
        tried = open_request(client, spelling, born=(1, 1, 1970), REMOTE_ADDR=f"192.0.2.{number}")
        assert tried.status_code == 200
    refused = open_request(client, text.lower(), REMOTE_ADDR="192.0.2.99")
    assert refused.status_code == 429


def test_the_private_link_opens_it_by_button_only(client, play):
    made = a_case(play)
    link = make_link(Reference.rows.get(about_id=made.pk), at=timezone.now())
    address = reverse("requests:link", args=[token_of(link)])
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Maria" not in page(shown)
    assert spoken(made) not in page(shown)
    assert client.get(reverse(DETAIL)).url == reverse("requests:open")
    assert client.post(address).url == reverse(DETAIL)
    assert "Maria Zzyzx" in page(client.get(reverse(DETAIL)))


def test_the_link_on_her_page_is_the_same_each_time_and_works(client, play):
    opened(client, a_case(play))
    first = re.search(r"http://testserver(/r/[\w-]{43}/)", page(client.get(reverse(DETAIL))))[1]
    assert first in page(client.get(reverse(DETAIL)))
    assert PrivateLink.rows.count() == 1
    assert Client().post(first).url == reverse(DETAIL)


@pytest.mark.parametrize("name", [DETAIL, CONTACT, CHANGE])
def test_without_an_open_request_every_page_of_it_asks_for_one(client, play, name):
    a_case(play)
    for response in (client.get(reverse(name)), client.post(reverse(name), {"phone": "1"})):
        assert response.status_code in (302, 405)
        if response.status_code == 302:
            assert response.url == reverse("requests:open")
    client.cookies["request"] = "tests$AAAA"
    assert client.get(reverse(name)).url == reverse("requests:open")


# -- What a shared phone and a search engine see -----------------------------------------------


def _pages_of(client, made):
    link = make_link(Reference.rows.get(about_id=made.pk), at=timezone.now())
    yield client.get(reverse("requests:open"))
    yield open_request(client, "ABCD-2345")
    yield client.get(reverse("requests:link", args=[token_of(link)]))
    yield client.get(reverse("requests:link", args=["x"]))
    opened(client, made)
    for name in (DETAIL, CONTACT, CHANGE, "requests:closed"):
        yield client.get(reverse(name))
    yield client.post(reverse(CONTACT), {"phone": "", "email": ""})


def test_titles_are_neutral_and_nothing_is_kept_or_indexed(client, play):
    for response in _pages_of(client, a_case(play)):
        assert not re.search(NEUTRAL, title(response), re.IGNORECASE), title(response)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "same-origin"
        assert not re.search(
            NEUTRAL + "|maria|zzyzx|1972-|555.?0177", response.request["PATH_INFO"], re.IGNORECASE
        )
        assert response.request["QUERY_STRING"] == ""


def test_closing_leaves_nothing_on_a_shared_phone(client, play):
    opened(client, a_case(play))
    assert client.get(reverse("requests:close")).status_code == 405
    closed = client.post(reverse("requests:close"))
    assert closed["Clear-Site-Data"] == '"cache", "cookies"'
    assert client.cookies["request"].value == ""
    assert client.cookies["request"]["max-age"] == 0
    assert "closed on this device" in words(client.get(closed.url))
    assert client.get(reverse(DETAIL)).url == reverse("requests:open")


def test_the_cookie_says_nothing_and_scripts_cannot_read_it(client, play):
    made = a_case(play)
    opened(client, made)
    cookie = client.cookies["request"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 60
    for secret in (str(made.pk), spoken(made).replace("-", ""), "Maria"):
        assert secret not in cookie.value


def test_a_look_at_it_is_recorded(client, play):
    opened(client, a_case(play)).get(reverse(DETAIL))
    reference = Reference.rows.get()
    event = Event.objects.get(verb="read", about_id=reference.pk)
    assert event.actor_id == str(reference.person_id)


# -- Correcting contact details --------------------------------------------------------------------


def test_she_corrects_how_she_is_reached(client, play):
    made = a_case(play)
    opened(client, made)
    assert 'value="(212) 555-0177"' in page(client.get(reverse(CONTACT)))
    given = {"phone": "212-555-0188", "may_leave_voicemail": "on", "email": ""}
    assert client.post(reverse(CONTACT), given).url == reverse(DETAIL)
    person = Person.rows.get()
    assert (person.phone, person.email) == ("(212) 555-0188", "")
    assert person.may_leave_voicemail
    assert "(212) 555-0188" in page(client.get(reverse(DETAIL)))
    event = Event.objects.get(verb="correct_contact")
    assert set(event.codes["fields"]) == {"phone", "email", "may_leave_voicemail"}
    assert "0188" not in str(event.codes)


def test_one_way_to_reach_her_must_remain(client, play):
    opened(client, a_case(play))
    refused = client.post(reverse(CONTACT), {"phone": "", "email": "", "contact_note": "x"})
    assert refused.status_code == 200
    assert "Give us one way to reach you" in words(refused)
    assert 'href="#id_phone"' in page(refused)
    assert Person.rows.get().phone == "(212) 555-0177"


def test_a_wrong_number_is_kept_on_the_page_and_not_stored(client, play):
    opened(client, a_case(play))
    refused = client.post(reverse(CONTACT), {"phone": "call <me>", "email": "maria@example.org"})
    assert 'value="call &lt;me&gt;"' in refused.content.decode()
    assert Person.rows.get().phone == "(212) 555-0177"


def test_saving_what_is_there_changes_and_records_nothing(client, play):
    opened(client, a_case(play))
    client.post(reverse(CONTACT), {"phone": "(212) 555-0177", "email": "maria@example.org"})
    assert not Event.objects.filter(verb="correct_contact").exists()


def test_a_helper_corrects_her_own_details(client, play):
    opened(client, a_case(play, people=helped()))
    client.post(reverse(CONTACT), {"phone": "212 555 0190"})
    assert Person.rows.get(given_name__isnull=False, helps__isnull=False).phone.endswith("0190")
    assert Person.rows.get(helps__isnull=True).phone == ""


# -- "I have changed my mind" ------------------------------------------------------------------


def assert_all_is_over():
    assert not Effect.objects.exclude(state__in=(EffectState.VOID, EffectState.DONE)).exists()
    assert not CallTask.rows.filter(status=CallState.OPEN).exists()
    assert not Consent.rows.filter(revoked_at=None).exists()
    assert not Referral.rows.exclude(status__in=("cancelled", "completed")).exists()
    assert not Case.rows.exclude(status="closed").exists()
    assert not AppointmentRequest.rows.exclude(status__in=("cancelled", "completed")).exists()


def change_mind(client):
    assert "you do not need to say why" in words(client.get(reverse(CHANGE)))
    assert client.post(reverse(CHANGE)).url == reverse(DETAIL)
    return words(client.get(reverse(DETAIL)))


@pytest.mark.parametrize("when", ["before routing", "after routing", "after a colleague took it"])
def test_changing_her_mind_ends_a_case_with_everything_owed(client, play, when):
    two = study("second", site="Main")
    made = case(play.study, two, at=timezone.now(), people=intake(email=""))
    if when != "before routing":
        pay(timezone.now())
        assert CallTask.rows.open().count() == 1
    if when == "after a colleague took it":
        verbs.accept(made.referrals.get(study=play.study), by=play.ben, at=timezone.now())
    opened(client, made)
    assert "You have changed your mind" in change_mind(client)
    assert_all_is_over()
    # Nothing that still lies in a worker's hands brings it back.
    pay(timezone.now())
    for row in made.referrals.all():
        handlers.route(effect_id=uuid.uuid4(), about_id=row.pk, at=timezone.now())
        handlers.nudge(effect_id=uuid.uuid4(), about_id=row.pk, at=timezone.now())
    handlers.tell(effect_id=uuid.uuid4(), about_id=made.pk, at=timezone.now())
    assert_all_is_over()
    text = words(client.get(reverse(DETAIL)))
    assert "We will not call you" in text
    assert "will call you by" not in text
    client.force_login(play.ana)
    assert "Maria" not in page(client.get(reverse("desk:list")))
    assert "Maria" not in page(client.get(reverse("calls:list")))
    assert "changed their mind" in page(client.get(reverse("desk:list") + "?ended"))


def test_changing_her_mind_ends_an_appointment_request(client, play):
    made = appointment_request(at=timezone.now(), people=intake(email=""))
    pay(timezone.now())
    assert CallTask.rows.open().count() == 1
    opened(client, made)
    assert "You have changed your mind" in change_mind(client)
    assert_all_is_over()
    client.force_login(play.sam)
    assert "Maria" not in page(client.get(reverse("appointments:list")))


def test_changing_her_mind_twice_is_harmless(client, play):
    opened(client, a_case(play))
    change_mind(client)
    before = Event.objects.exclude(verb="read").count()
    assert "You have changed your mind" in change_mind(client)
    assert Event.objects.exclude(verb="read").count() == before


def test_a_look_at_the_question_changes_nothing(client, play):
    made = a_case(play)
    opened(client, made)
    client.get(reverse(CHANGE))
    client.head(reverse(CHANGE))
    made.refresh_from_db()
    assert made.is_open


def test_after_a_coordinator_has_closed_it_nothing_moves(client, play):
    made = a_case(play)
    row = made.referrals.get()
    verbs.accept(row, by=play.ana, at=timezone.now())
    verbs.close(row, outcome=verbs.Outcome.DISTANCE, by=play.ana, at=timezone.now())
    opened(client, made)
    assert "We have finished with this request" in change_mind(client)
    row.refresh_from_db()
    assert (row.status, row.outcome) == ("completed", "distance")


def _attempt(act):
    """What a colleague's click does: she may be too late, and is told so."""
    try:
        act()
    except NotMoved:
        return "too late"
    return "in time"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("routed", [False, True])
def test_her_word_wins_over_whatever_colleagues_do_at_that_moment(transactional_db, routed):
    play = cast(at=timezone.now())
    at = timezone.now()
    for _round in range(4):
        made = case(play.study, study(str(uuid.uuid4())), at=at, people=intake(email=""))
        if routed:
            pay(at)
        rows = list(made.referrals.order_by("id"))
        works = [
            lambda made=made: verbs.change_mind(made, by=Actor.person(made.person), at=at),
            lambda rows=rows: _attempt(lambda: verbs.accept(rows[0], by=play.ana, at=at)),
            lambda rows=rows: _attempt(lambda: verbs.accept(rows[1], by=play.lena, at=at)),
            lambda: pay(at),
        ]
        at_once(lambda number, works=works: works[number](), threads=len(works))
        pay(at)
        assert_all_is_over()
        assert set(made.referrals.values_list("status", flat=True)) == {"cancelled"}


@pytest.mark.django_db(transaction=True)
def test_her_word_wins_over_a_schedulers(transactional_db):
    play = cast(at=timezone.now())
    at = timezone.now()
    for _round in range(4):
        made = appointment_request(at=at, people=intake(email=""))
        mine, hers = (AppointmentRequest.rows.get(pk=made.pk) for _one in range(2))
        works = [
            lambda made=hers: appointment_verbs.change_mind(
                made, by=Actor.person(made.person), at=at
            ),
            lambda made=mine: _attempt(lambda: appointment_verbs.take(made, by=play.sam, at=at)),
            lambda: pay(at),
        ]
        at_once(lambda number, works=works: works[number](), threads=len(works))
        pay(at)
        assert_all_is_over()


def test_the_message_she_gets_leads_back_to_her_page(client, play):
    made = a_case(play, people=intake(phone=""))
    pay(timezone.now())
    assert Message.rows.filter(person__isnull=False, status="sent").count() == 1
    assert PrivateLink.rows.count() == 1
    link = PrivateLink.rows.get()
    client.post(reverse("requests:link", args=[token_of(link)]))
    assert spoken(made) in page(client.get(reverse(DETAIL)))
