"""Her own page: opening it, reading it, correcting it, leaving no trace."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.models import Message
from clinic.people.models import Person, PrivateLink, Reference
from clinic.people.references import make_link, token_of
from clinic.people.request_views import TRIES_BY_ADDRESS, TRIES_BY_REFERENCE
from clinic.places.models import ContactPoint
from tests.builders import appointment_request, case, cast, helped, intake, pay
from tests.journeys import open_request, page, title, words

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


def test_the_message_she_gets_leads_back_to_her_page(client, play):
    made = a_case(play, people=intake(phone=""))
    pay(timezone.now())
    assert Message.rows.filter(person__isnull=False, status="sent").count() == 1
    assert PrivateLink.rows.count() == 1
    link = PrivateLink.rows.get()
    client.post(reverse("requests:link", args=[token_of(link)]))
    assert spoken(made) in page(client.get(reverse(DETAIL)))


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
