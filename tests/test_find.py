"""Finding who is on the phone: her own by a word and four digits, a colleague's by name only."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from clinic.audit.models import Event
from clinic.people.find import search as finding
from clinic.people.find.asked import read
from clinic.people.find.search import search
from clinic.people.models import Reference, User
from referrals.desk import verbs
from referrals.desk.models import Case
from tests import builders
from tests.builders import NOON, later
from tests.journeys import page, signed_in, title, words

FIND, MESSAGE = reverse("staff:find"), reverse("staff:pass_message")
DAUGHTER = {"phone": "(212) 555-0142", "email": "hannah@example.org"}


@pytest.fixture
def play(db):
    return builders.cast()


@pytest.fixture
def maria(play):
    """Ana has her in hand; she asked about the first study."""
    case = builders.case(play.study, note="Zzyzx wrote a note")
    builders.pay()
    User.objects.filter(pk=play.ana.pk).update(extension="4711")
    case.refresh_from_db()
    assert case.owner == play.ana
    return case


def looks(user, query):
    """What a colleague sees after typing into the box."""
    return signed_in(user).post(FIND, {"query": query})


def found(user, query):
    """The cases and requests a colleague finds."""
    return {one.reference.about_id for one in search(read(query), by=user, at=NOON).matches}


def listed(user, query):
    """Whom the directory names."""
    return [one.owner for one in search(read(query), by=user, at=NOON).elsewhere]


def reference_of(case):
    return Reference.rows.get(about_id=case.pk)


def without_her_box(response):
    """The page, but for what the colleague typed herself."""
    return re.sub(r'<input type="search"[^>]*>', "", page(response))


# -- Her own ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query",
    [
        "Maria 0177",
        "0177 maria",
        "Mar",
        "zzyzx",
        "0177",
        "(212) 555-0177",
        "2125550177",
        "+1 212 555 0177 ext. 3",
        "maria@example.org",
        "MARIA@example.org",
    ],
)
def test_she_is_found_by_what_she_says(play, maria, query):
    assert found(play.ana, query) == {maria.pk}


def test_she_is_found_by_her_reference_however_it_is_typed(play, maria):
    code = reference_of(maria).code
    spoken = f"{code[:4]}-{code[4:]}"
    for query in (code, spoken, code.lower(), f"{code[:4]} {code[4:]}", f"{spoken} Maria"):
        assert found(play.ana, query) == {maria.pk}


@pytest.mark.parametrize("query", ["Maria 0178", "Marta 0177", "Maria Lopez", "212 555 0178"])
def test_everything_that_was_typed_must_be_true(play, maria, query):
    assert found(play.ana, query) == set()


@pytest.mark.parametrize("query", ["García", "marquez", "Garcia Marquez 0177", "maria angeles"])
def test_two_surnames_and_accents(play, query):
    people = builders.intake(given_name="María de los Ángeles", family_name="García-Márquez")
    case = builders.case(play.study, people=people)
    assert found(play.ana, query) == {case.pk}


@pytest.mark.parametrize("query", ["Hannah", "0142", "Hannah 0142", "Maria 0142", "(212) 555-0142"])
def test_a_helper_is_found_with_whom_she_helps(play, query):
    case = builders.case(play.study, people=builders.helped(**DAUGHTER))
    assert found(play.ana, query) == {case.pk}
    text = words(looks(play.ana, query))
    assert "Maria Zzyzx" in text
    assert "helped by Hannah Zzyzx" in text


def test_an_eight_letter_name_is_no_reference_unless_there_is_one(play):
    case = builders.case(play.study, people=builders.intake(given_name="Margaret"))
    assert found(play.ana, "Margaret") == {case.pk}
    other = builders.case(play.study)
    Reference.rows.filter(about_id=other.pk).update(code="MARGARET")
    assert found(play.ana, "Margaret") == {other.pk}


def test_the_page_says_what_a_call_needs(play, maria):
    response = looks(play.ana, "Maria 0177")
    text = words(response)
    for shown in ("Maria Zzyzx", reference_of(maria).spoken, "Case", "Ana", "1 request found"):
        assert shown in text
    referral = maria.referrals.get()
    address = reverse("desk:detail", args=[referral.pk])
    link = re.search(r'<a href="([^"]*)"[^>]*autofocus', page(response))
    assert link[1] == address
    assert title(response).startswith("1 request found")
    assert "no-store" in response.headers["Cache-Control"]


def test_what_was_typed_stays_in_the_box_and_out_of_the_address(play, maria):
    response = looks(play.ana, 'Maria "0177"')
    assert 'value="Maria "0177""' in page(response)
    assert response.request["QUERY_STRING"] == ""
    text = page(signed_in(play.ana).get(FIND, {"query": "Maria"}))
    assert "Zzyzx" not in text
    assert 'value="Maria"' not in text


def test_the_link_leads_to_a_referral_that_she_may_open(play):
    other = play.chloe.duties.get().study
    case = builders.case(play.study, other)
    (match,) = search(read("Maria"), by=play.chloe, at=NOON).matches
    assert match.url == reverse("desk:detail", args=[case.referrals.get(study=other).pk])
    assert signed_in(play.chloe).get(match.url).status_code == 200


def test_open_ones_come_first_then_the_newest(play):
    ended, old, new = (
        builders.case(play.study, at=later(hours=number), people=builders.intake(given_name=name))
        for number, name in enumerate(("Maria", "Mario", "Marion"))
    )
    verbs.change_mind(ended, by=finding.Actor.person(ended.person), at=later(hours=9))
    matches = search(read("mar"), by=play.ana, at=NOON).matches
    assert [one.reference.about_id for one in matches] == [new.pk, old.pk, ended.pk]
    assert [one.holder.is_open for one in matches] == [True, True, False]
    assert "ended" in words(looks(play.ana, "mar"))


def test_a_long_list_is_cut_and_says_so(play, monkeypatch):
    monkeypatch.setattr(finding, "SHOWN", 2)
    for _number in range(3):
        builders.case(play.study)
    response = looks(play.ana, "Maria")
    assert "There are more." in words(response)
    assert page(response).count("Maria Zzyzx") == 2
    assert len(Event.objects.get(verb="search").codes["shown"]) == 2


def test_a_scheduler_finds_requests_and_a_coordinator_cases(play, maria):
    visit = builders.appointment_request()
    assert found(play.sam, "Maria") == {visit.pk}
    assert found(play.ana, "Maria") == {maria.pk}
    assert found(play.lena, "Maria") == {maria.pk}


def test_nobody_found_says_what_to_try(play, maria):
    text = words(looks(play.ana, "Nobody 9999"))
    assert "Nobody was found by this" in text
    assert "Ask how the name is spelled" in text


# -- What cannot be looked for ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Type at least three letters"),
        ("   ", "Type at least three letters"),
        ("M", "Type at least three letters"),
        ("\x00", "Type at least three letters"),
        ("😀", "Type at least three letters"),
        ("'; --", "Type at least three letters"),
        ("12", "Type the last four digits"),
        ("Maria 55501", "Type the last four digits"),
        ("a" * 10_000, "Shorten this to 100 characters. It has 10000."),
        ("9" * 5_000, "Shorten this to 100 characters. It has 5000."),
    ],
)
def test_what_cannot_be_looked_for_is_said_at_the_field(play, maria, query, said):
    response = looks(play.ana, query)
    assert response.status_code == 422
    assert said in words(response)
    assert title(response).startswith("Error:")
    assert re.search(r'<input type="search"[^>]*aria-invalid="true"', page(response))
    assert "Zzyzx" not in page(response)
    assert not Event.objects.filter(verb="search").exists()


@pytest.mark.parametrize(
    "query",
    ["'; DROP TABLE people_person; --", "Mar%", "Mar_", "<script>", "{{ user }}", "שלום", "²²²²"],
)
def test_strange_words_are_words(play, maria, query):
    response = looks(play.ana, query)
    assert response.status_code in {200, 422}
    assert "<script>" not in response.content.decode()
    assert Case.rows.count() == 1


def test_a_form_without_its_field_is_an_empty_one(play):
    assert signed_in(play.ana).post(FIND, {}).status_code == 422


# -- The directory ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query", ["Maria 0177", "zzy 0177", "(212) 555-0177", "maria@example.org", "reference"]
)
def test_a_colleague_learns_whom_to_put_her_through_to_and_nothing_else(play, maria, query):
    typed = reference_of(maria).spoken if query == "reference" else query
    response = looks(play.chloe, typed)
    text = words(response)
    assert "A colleague looks after this caller" in text
    assert "Ana" in text
    assert "Extension 4711" in text
    assert "Next call due:" in text

    whole = without_her_box(response)
    referral, visible = maria.referrals.get(), reference_of(maria)
    secrets = [
        *("Maria", "Zzyzx", "555", "0177", "maria@", "1972", "wrote a note"),
        *("the first study", "Study first", "referral", "Case", "case/"),
        *(visible.spoken, visible.code),
        *(str(one.pk) for one in (maria, referral, visible, maria.person, play.study)),
        *(one.pk.hex for one in (maria, referral, visible, maria.person, play.study)),
    ]
    navigation = re.sub(r"<nav.*?</nav>", "", whole, flags=re.DOTALL)
    assert [one for one in secrets if one in navigation] == []


@pytest.mark.parametrize("query", ["Maria", "Maria Zzyzx", "0177", "Mar"])
def test_who_knows_little_learns_nothing_and_is_told_what_to_add(play, maria, query):
    response = looks(play.chloe, query)
    assert listed(play.chloe, query) == []
    assert "Ana" not in words(response)
    assert "type a name together with the last four digits" in words(response)
    nobody = looks(play.chloe, "Xanthippe" if query != "0177" else "9999")
    assert without_her_box(nobody).count("<li") == without_her_box(response).count("<li")


def test_the_directory_names_only_open_requests_that_she_does_not_see(play, maria):
    assert listed(play.ana, "Maria 0177") == []
    assert listed(play.chloe, "Maria 0177") == [play.ana]
    assert listed(play.sam, "Maria 0177") == [play.ana]
    verbs.change_mind(maria, by=finding.Actor.person(maria.person), at=NOON)
    assert listed(play.chloe, "Maria 0177") == []


def test_a_request_that_nobody_has_yet_is_the_team_s(play):
    builders.case(play.study)
    assert listed(play.chloe, "Maria 0177") == [None]
    assert "Nobody yet; the team is told" in words(looks(play.chloe, "Maria 0177"))


def test_own_and_others_stand_side_by_side(play, maria):
    visit = builders.appointment_request()
    text = words(looks(play.sam, "Maria 0177"))
    assert "1 request found" in text
    assert "A colleague looks after this caller" in text
    assert found(play.sam, "Maria 0177") == {visit.pk}


# -- The audit -------------------------------------------------------------------------------------
def test_a_search_is_recorded_by_what_kind_of_thing_was_typed(play, maria):
    search(read("Maria 0177"), by=play.ana, at=NOON)
    event = Event.objects.get(verb="search")
    assert (event.actor_id, event.about_id) == (str(play.ana.pk), play.ana.pk)
    assert event.codes == {
        "terms": ["name", "last_four"],
        "shown": [str(maria.pk)],
        "directory": [],
    }
    read_events = Event.objects.about("people.reference", reference_of(maria).pk)
    assert [(one.verb, one.codes) for one in read_events] == [("read", {"place": "find"})]


def test_a_look_into_the_directory_is_recorded_too(play, maria):
    search(read(reference_of(maria).spoken), by=play.chloe, at=NOON)
    event = Event.objects.get(verb="search")
    assert event.codes == {"terms": ["reference"], "shown": [], "directory": [str(maria.pk)]}
    (seen,) = Event.objects.about("people.reference", reference_of(maria).pk)
    assert seen.codes == {"place": "directory"}


def test_a_search_that_finds_nobody_is_recorded_without_what_was_typed(play, maria):
    looks(play.chloe, "Xanthippe 9999")
    codes = Event.objects.get(verb="search").codes
    assert codes == {"terms": ["name", "last_four"], "shown": [], "directory": []}
    events = json.dumps(list(Event.objects.values_list("codes", flat=True)))
    assert "anthippe" not in events
    assert '"9999"' not in events


# -- Who may look ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [("ana", 200), ("lena", 200), ("sam", 200), ("erin", 403), ("alex", 403)],
)
def test_only_who_speaks_with_callers_looks_for_them(play, name, status):
    user = getattr(play, name)
    assert signed_in(user).get(FIND).status_code == status
    assert looks(user, "Maria").status_code == status
    expected = 302 if status == 200 else status
    assert signed_in(user).post(MESSAGE, {}).status_code == expected
    box = 'id="id_query"' in page(signed_in(user).get(reverse("staff:index")))
    assert box is (status == 200)


def test_each_page_of_a_colleague_has_one_box(play, maria):
    browser = signed_in(play.ana)
    referral = maria.referrals.get()
    for address in (
        FIND,
        reverse("staff:index"),
        reverse("desk:list"),
        reverse("desk:detail", args=[referral.pk]),
        reverse("calls:list"),
    ):
        text = page(browser.get(address))
        assert text.count('id="id_query"') == 1, address
        assert text.count("keys.js") == 1, address
