"""New from a phone call, a clinic or a fax: the website's request, taken down by a colleague."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.appointments.phone import KIND
from clinic.audit.models import Event
from clinic.outbox.models import CallTask
from clinic.people.consents import wordings
from clinic.people.models import Consent, Draft, Helper, Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.people.phone import intake as phone_intake
from referrals.desk.models import Referral
from referrals.screening.models import Answer, Evaluation
from referrals.screening.profile import Source
from referrals.screening.sample.loading import load as load_questions
from tests.builders import agreed, appointment_request, cast, pay, submission
from tests.journeys import (
    assert_nothing_is_stored,
    boxes,
    open_request,
    page,
    signed_in,
    title,
    words,
)
from tests.phone_calls import FOR_HER, SAID, filled_call, form_address, save_call, taken_down
from tests.races import at_once

pytestmark = pytest.mark.django_db

ABOUT_STUDIES = {"agree_share": "on", "answer_stage_group": "four", "reason": None}


@pytest.fixture
def play():
    return cast(at=timezone.now())


@pytest.fixture
def questions(play):
    load_questions(timezone.now() - timedelta(days=1))


def request():
    return AppointmentRequest.rows.get()


def save_interest(browser, *studies, **changes):
    """The same for studies."""
    values = {"studies": [str(one.pk) for one in studies], **ABOUT_STUDIES} | changes
    return save_call(browser, form_address("desk"), **values)


# -- An appointment ----------------------------------------------------------------------------
def test_an_appointment_asked_for_on_the_phone_is_the_same_request(play):
    browser = signed_in(play.sam)
    sent = save_call(browser, note="She prefers Tuesdays.")
    reference = taken_down()
    assert sent.url == reverse("staff:new_saved", args=[reference.pk])
    row = request()
    assert (row.channel, row.reason, row.preferred_time) == ("phone", "immunotherapy", "any")
    assert (row.note, row.status, row.owner) == ("She prefers Tuesdays.", "requested", None)
    assert (row.person.full_name, row.person.phone) == ("Maria Zzyzx", "(212) 555-0177")
    asked = Event.objects.get(verb="ask")
    assert (asked.actor_kind, asked.actor_id) == ("staff", str(play.sam.pk))
    told = words(browser.get(sent.url))
    assert reference.spoken in told
    assert "A colleague from appointments" in told
    pay(timezone.now())
    assert request().owner in {play.sam, play.tess}
    assert open_request(Client(), reference.spoken).url == reverse("requests:detail")


@pytest.mark.parametrize(
    ("channel", "method"), [("phone", "voice"), ("clinic", "paper"), ("fax", "paper")]
)
def test_a_yes_is_spoken_or_on_paper_and_always_witnessed(play, channel, method):
    save_call(signed_in(play.sam), channel=channel)
    consent = Consent.rows.get()
    live = wordings([ConsentKind.CONTACT], "en", at=timezone.now())["contact"]
    assert (request().channel, consent.kind, consent.method) == (channel, "contact", method)
    assert (consent.witness, consent.text_version) == (play.sam, live)
    assert consent.given_by == request().person
    assert Event.objects.get(verb="consent").actor_id == str(play.sam.pk)


def test_the_words_are_on_the_screen_with_their_version(play):
    shown = words(signed_in(play.sam).get(form_address()))
    live = wordings([ConsentKind.CONTACT], "en", at=timezone.now())["contact"]
    assert live.content["words"] in shown
    assert f"version {live.sha256[:8]}" in shown
    assert "I read these words out" in shown
    assert "is she very ill now? Trouble breathing, chest pain" in shown
    assert "(212) 555-0111" in shown


def test_without_mail_word_to_her_becomes_a_call_with_a_name_and_a_time(play):
    save_call(signed_in(play.sam))
    pay(timezone.now())
    task = CallTask.rows.get()
    assert (task.about_id, task.assigned_to) == (request().pk, request().owner)
    assert task.due_at > timezone.now()


def test_somebody_who_speaks_for_her_is_a_person_of_her_own(play):
    save_call(signed_in(play.sam), **FOR_HER, time_zone="America/Denver")
    helper = Helper.rows.get()
    assert helper.patient == request().person
    assert (helper.person.full_name, helper.person.phone) == ("Hannah Zzyzx", "(212) 555-0177")
    assert (helper.patient.phone, helper.relationship) == ("", "child")
    assert {one.time_zone for one in Person.rows.all()} == {"America/Denver"}
    assert Consent.rows.get().given_by == helper.person


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"reason": ""}, "reason"),
        ({"reason": "cure"}, "reason"),
        ({"channel": "web"}, "channel"),
        ({"who": "cat"}, "who"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"agree_contact": None}, "agree_contact"),
        ({"version_contact": "no id"}, "agree_contact"),
        ({"version_contact": str(uuid.uuid4())}, "agree_contact"),
        (boxes("birth_date", 4, 27, 2972), "birth_date"),
        (boxes("treatment_on", 1, 1, 1990), "treatment_on"),
        ({"helper_name": "Hannah"}, "who"),
        ({**FOR_HER, "helper_name": ""}, "helper_name"),
        ({**FOR_HER, "relationship": ""}, "relationship"),
        ({**FOR_HER, "speak_first": "patient"}, "patient_phone"),
        ({**FOR_HER, "speak_first": "patient", "patient_knows": "no"}, "speak_first"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_everything_is_kept(play, changes, field):
    typed = {"note": "Call <b>after</b> 4", "contact_note": "¡Ojo!"}
    refused = save_call(signed_in(play.sam), **typed | changes)
    assert refused.status_code == 422
    assert title(refused).startswith("Error:")
    assert f'id="id_{field}_error"' in page(refused)
    shown = refused.content.decode()
    assert "Call &lt;b&gt;after&lt;/b&gt; 4" in shown
    assert 'value="¡Ojo!"' in shown
    assert 'value="Zzyzx"' in shown
    assert_nothing_is_stored()


def test_a_tick_stays_when_the_words_are_the_same(play):
    refused = save_call(signed_in(play.sam), phone="")
    assert refused.context["form"]["agree_contact"].value()


@pytest.mark.parametrize("typed", ["\x00", "x" * 5000, "ü👵\u202e"])
def test_strange_text_is_saved_or_refused_and_never_an_error(play, typed):
    names = "note given_name phone reason time_zone version_contact key language who preferred_time"
    for name in names.split():
        answer = save_call(signed_in(play.sam), **{name: typed})
        assert answer.status_code in (302, 422), name
        assert "Select a valid choice" not in page(answer)


def test_urgent_words_show_the_numbers_and_mark_the_request(play):
    browser = signed_in(play.sam)
    sent = save_call(browser, note="She says: I can't breathe.")
    assert request().urgent_words_at is not None
    told = words(browser.get(sent.url))
    assert "Tell her to get help now" in told
    assert "911" in told


# -- Studies -----------------------------------------------------------------------------------
def test_interest_in_a_study_told_on_the_phone_is_the_same_referral(play, questions):
    sent = save_interest(signed_in(play.ana), play.study, answer_cancer_type=["triple_negative"])
    referral = Referral.rows.get()
    assert sent.url == reverse("staff:new_saved", args=[taken_down().pk])
    assert (referral.study, referral.case.channel) == (play.study, "phone")
    told = {one.field: one.statement() for one in Answer.rows.all()}
    assert told["stage_group"].values == {"IV"}
    assert told["hormone_receptor"].values == {"negative"}
    assert "travel_days" not in told
    assert len(told["age_years"].values) <= 2
    # A colleague who writes it down makes it no surer: it must not rule a study out.
    assert {(one.source, one.certainty) for one in told.values()} == {("self", "sure")}
    assert Event.objects.get(verb="refer").actor_id == str(play.ana.pk)
    kinds = Consent.rows.values_list("kind", "method")
    assert set(kinds) == {("contact", "voice"), ("share", "voice")}


def test_what_a_helper_says_is_marked_as_such(play, questions):
    save_interest(signed_in(play.ana), play.study, **FOR_HER)
    assert {one.source for one in Answer.rows.all()} == {Source.PROXY}


def test_without_her_yes_to_sharing_no_answer_is_kept(play, questions):
    save_interest(signed_in(play.ana), play.study, agree_share=None)
    assert Referral.rows.exists()
    assert not Answer.rows.exists()
    assert not Evaluation.rows.exists()


def test_no_study_is_a_wish_that_somebody_looks(play):
    save_interest(signed_in(play.lena))
    assert Referral.rows.get().study is None


def test_a_study_that_has_just_closed_is_told_at_its_field(play):
    browser, address = signed_in(play.ana), form_address("desk")
    values = filled_call(browser, address, studies=[str(play.study.pk)], **ABOUT_STUDIES)
    type(play.study).objects.filter(pk=play.study.pk).update(local_status="closed")
    refused = browser.post(address, values | {"note": "Kept."})
    assert "takes nobody now" in words(refused)
    assert "Kept." in page(refused)
    assert_nothing_is_stored()


# -- Whose it is -------------------------------------------------------------------------------
def test_who_took_the_call_may_look_after_it(play):
    told = signed_in(play.tess)
    sent = save_call(told, mine="on")
    assert (request().owner, request().status) == (play.tess, "accepted")
    receipt = words(told.get(sent.url))
    assert "that is you" in receipt
    pay(timezone.now())
    assert request().owner == play.tess


def test_a_coordinator_may_look_after_the_study_she_coordinates(play):
    save_interest(signed_in(play.ana), play.study, mine="on")
    referral = Referral.rows.get()
    assert (referral.coordinator, referral.status, referral.case.owner) == (
        play.ana,
        "accepted",
        play.ana,
    )


def test_who_may_not_have_it_takes_it_down_all_the_same(play):
    browser = signed_in(play.chloe)
    sent = save_interest(browser, play.study, mine="on")
    assert Referral.rows.get().coordinator is None
    told = words(browser.get(sent.url))
    assert "It went to whoever looks after these requests." in told
    assert "Open this request" not in told
    pay(timezone.now())
    assert Referral.rows.get().coordinator == play.ana


def test_a_coordinator_takes_down_an_appointment_and_sees_its_reference_alone(play):
    browser = signed_in(play.ana)
    assert "I look after this myself" not in words(browser.get(form_address()))
    sent = save_call(browser, mine="on")
    assert request().owner is None
    told = page(browser.get(sent.url))
    assert taken_down().spoken in told
    assert "Zzyzx" not in told


# -- Doors ---------------------------------------------------------------------------------------
def test_each_colleague_finds_what_she_may_take_down(play):
    for user, labels in {
        play.sam: {"An appointment"},
        play.ana: {"An appointment", "Research studies"},
        play.lena: {"An appointment", "Research studies"},
    }.items():
        browser = signed_in(user)
        shown = words(browser.get(reverse("staff:new")))
        assert {one for one in ("An appointment", "Research studies") if one in shown} == labels
    for user, address in ((play.sam, form_address("desk")), (play.erin, form_address())):
        assert signed_in(user).get(address).status_code == 403
        assert signed_in(user).post(address, SAID).status_code == 403
    assert_nothing_is_stored()


def test_a_receipt_is_for_whoever_took_the_call(play):
    address = save_call(signed_in(play.sam)).url
    assert signed_in(play.tess).get(address).status_code == 404
    assert (
        signed_in(play.sam).get(reverse("staff:new_saved", args=[uuid.uuid4()])).status_code == 404
    )
    website = appointment_request(at=timezone.now())
    hers = Reference.rows.get(about_id=website.pk)
    assert signed_in(play.sam).get(reverse("staff:new_saved", args=[hers.pk])).status_code == 404


def test_no_address_says_anything_about_her(play):
    sent = save_call(signed_in(play.sam), note="secret words")
    for word in ("Maria", "Zzyzx", "555", "1972", "immuno", "secret"):
        assert word not in sent.url


# -- Once ----------------------------------------------------------------------------------------
def test_a_double_click_is_one_request(play):
    browser, address = signed_in(play.sam), form_address()
    values = filled_call(browser, address, mine="on")
    assert {browser.post(address, values).url for _time in range(3)} == {
        reverse("staff:new_saved", args=[taken_down().pk])
    }
    assert (request().owner, Consent.rows.count()) == (play.sam, 1)
    assert Event.objects.filter(verb="take").count() == 1


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_are_one_request(transactional_db):
    play, address = cast(at=timezone.now()), form_address()
    first = signed_in(play.sam)
    values = filled_call(first, address, mine="on")
    browsers = [Client() for _number in range(4)]
    for one in browsers:
        one.cookies.update(first.cookies)
    answers = at_once(lambda number: browsers[number].post(address, values), threads=4)
    assert {one.url for one in answers} == {reverse("staff:new_saved", args=[taken_down().pk])}
    assert (request().owner, Person.rows.count(), Draft.rows.count()) == (play.sam, 1, 1)


def test_the_same_person_taken_down_by_two_colleagues_is_flagged(play):
    save_call(signed_in(play.sam))
    save_call(signed_in(play.tess))
    marks = AppointmentRequest.rows.order_by("created_at").values_list(
        "possible_duplicate", flat=True
    )
    assert list(marks) == [False, True]


def test_a_request_that_cannot_be_made_leaves_its_draft(play):
    browser, address = signed_in(play.sam), form_address()
    key = uuid.UUID(address.split("/")[-2])
    values = filled_call(browser, address)
    browser.post(reverse("staff:draft_keep"), values)
    with pytest.raises(IntegrityError):
        phone_intake.take_down(
            KIND,
            submission(agreed={"sell": agreed(at=timezone.now())["contact"]}, witness=play.sam),
            {"reason": "new", "preferred_time": "any"},
            form_key=key,
            mine=False,
            by=play.sam,
            at=timezone.now(),
        )
    assert_nothing_is_stored()
    assert 'value="Maria"' in page(browser.get(address))
