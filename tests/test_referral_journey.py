"""Finding trials and asking about one: from the results to the receipt and the right list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.audit.models import Event
from clinic.outbox.models import CallTask, Effect
from clinic.people import consents
from clinic.people.models import Consent, Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.places.models import ContactPoint
from clinic.signing import verbs as signing
from clinic.signing.kinds import IRB
from clinic.signing.models import Text
from referrals.desk import codes
from referrals.desk.models import Case, Referral
from referrals.screening.models import Answer, Evaluation
from referrals.screening.profile import Certainty, Source
from referrals.screening.sample.loading import load as load_questions
from referrals.screening.steps import JOURNEY
from referrals.trials.cards import CRITERIA
from referrals.trials.codes import LocalStatus
from referrals.trials.models import Criterion
from referrals.trials.publishing import draft_criteria, publish, send_to_review
from tests.builders import cast, colleague, pay, study
from tests.journeys import HELPER, begin_search, filled, page, send, title, words

pytestmark = pytest.mark.django_db

SEND = "desk:contact"
SHARE = {"agree_share": "on"}


@pytest.fixture
def play():
    """The cast, the questions approved a month ago, and criteria on Ana's study."""
    now = timezone.now()
    made = cast(at=now)
    load_questions(now - timedelta(days=1))
    return made


def with_criteria(made, at):
    """Criteria of one line on the study's one cohort: adults with disease that has spread."""
    draft = draft_criteria(made.cohorts.get(), by=colleague("editor"), at=at)
    line = {"key": "spread", "field": "disease_setting", "operator": "in"}
    Criterion.objects.create(criteria_set=draft, order=0, value=["metastatic"], **line)
    send_to_review(draft, by=colleague("editor"), at=at)
    publish(draft, by=colleague("reviewer"), at=at)
    sentences = {part: f"the spread {part}" for part in ("words", "met", "not_met", "ask")}
    version = signing.draft(
        kind=CRITERIA,
        subject=str(draft.pk),
        language="en",
        body={"spread": sentences},
        by=colleague("editor"),
        at=at,
    )
    irb = {"kind": IRB, "credential": "MD", "board": "Board", "number": "1"}
    signing.approve(version, by=colleague("reviewer"), at=at, **irb)
    return draft


def receipt(response, client):
    assert response.status_code == 302, page(response)
    assert response.url == reverse("requests:detail")
    return client.get(response.url)


def test_from_the_first_question_to_the_coordinators_list(client, play):
    address = begin_search(client, play.study)
    assert address == reverse(SEND)
    assert play.study.title in page(client.get(address))
    shown = receipt(send(client, address, **SHARE), client)
    assert "We have your request" in words(shown)
    case, row = Case.rows.get(), Referral.rows.get()
    assert (row.case, row.study, row.status, row.coordinator) == (
        case,
        play.study,
        "requested",
        None,
    )
    assert row.due_at == case.due_at
    # At commit, before any task has run, it stands in the list of those who work on the study.
    for user, sees in ((play.ana, True), (play.ben, True), (play.lena, True), (play.chloe, False)):
        client.force_login(user)
        assert ("Maria Zzyzx" in page(client.get(reverse("desk:list")))) is sees
    pay(timezone.now())
    row.refresh_from_db()
    assert (row.status, row.coordinator, row.site) == (
        "received",
        play.ana,
        play.study.sites.get(),
    )


def test_the_rows_behind_it(client, play):
    send(client, begin_search(client, play.study), **SHARE, agree_keep_on_file="on")
    case = Case.rows.get()
    live = consents.wordings(ConsentKind, "en", at=timezone.now())
    given = {one.kind: one.text_version for one in Consent.rows.all()}
    assert given == {kind: live[kind] for kind in ("contact", "share", "keep_on_file")}
    assert [one.kind for one in Effect.objects.all()] == [codes.ROUTE]
    reference = Reference.rows.get()
    assert (reference.about_kind, reference.about_id) == ("desk.case", case.pk)
    assert Event.objects.filter(verb="refer", about_id=case.pk).count() == 1
    assert case.channel == "web"


def test_with_share_consent_her_answers_are_kept(client, play):
    send(client, begin_search(client, play.study), **SHARE)
    told = {one.field: one.statement() for one in Answer.rows.all()}
    assert told["disease_setting"].values == {"metastatic"}
    assert told["stage_group"].values == {"IV"}
    assert {one.source for one in told.values()} == {Source.SELF}
    assert told["sex_at_birth"].certainty is Certainty.SURE


def test_the_verdict_is_kept_with_the_version_of_the_criteria_that_gave_it(client, play):
    criteria = with_criteria(play.study, timezone.now() - timedelta(hours=1))
    send(client, begin_search(client, play.study), **SHARE)
    kept = Evaluation.rows.get()
    assert (kept.criteria_set, kept.verdict) == (criteria, "likely")
    client.force_login(play.ana)
    text = words(client.get(reverse("desk:detail", args=[Referral.rows.get().pk])))
    assert "metastatic" in text
    assert "All may fit 1 criterion met" in text


def test_without_share_consent_no_answer_is_kept_and_the_nurse_is_told(client, play):
    send(client, begin_search(client, play.study))
    assert Case.rows.count() == 1
    assert Answer.rows.count() == Evaluation.rows.count() == 0
    client.force_login(play.ana)
    text = words(client.get(reverse("desk:detail", args=[Referral.rows.get().pk])))
    assert "She did not agree to share her answers" in text
    assert "metastatic" not in text


def test_without_live_words_for_sharing_it_is_not_asked_and_nothing_is_kept(client, play):
    text = Text.objects.get(kind="consent", subject="share")
    signing.take_down(text, by=play.lena, at=timezone.now())
    address = begin_search(client, play.study)
    assert "agree_share" not in page(client.get(address))
    receipt(send(client, address, **SHARE), client)
    assert Answer.rows.count() == 0


def test_the_receipt_says_who_calls_by_when(client, play):
    play.ana.job_title = "research nurse"
    play.ana.save()
    sent = send(client, begin_search(client, play.study), **SHARE)
    pay(timezone.now())
    shown = receipt(sent, client)
    text, case = words(shown), Case.rows.get()
    due = date_format(timezone.localtime(case.due_at), "l, F j, P")
    assert f"Ana, research nurse will call you by {due}" in text
    assert Reference.rows.get().spoken in text
    assert ContactPoint.objects.get(role="trials").display in text
    assert "Do not wait for us before starting treatment" in text
    assert re.search(r'href="http://testserver/r/[\w-]{43}/"', page(shown))
    assert "Print this page" in text
    assert title(shown) == "Your request"


def test_look_for_me_without_a_study(client, play):
    address = begin_search(client)
    assert "looks through our studies for you" in words(client.get(address))
    shown = receipt(send(client, address, **SHARE), client)
    row = Referral.rows.get()
    assert (row.study, row.status) == (None, "requested")
    assert "A nurse looks for studies for you" in words(shown)
    for user in (play.ana, play.chloe, play.lena):
        client.force_login(user)
        assert "Look for a study" in page(client.get(reverse("desk:list")))
    pay(timezone.now())
    row.refresh_from_db()
    assert row.coordinator in (play.ana, play.ben, play.chloe)
    assert row.site is None


def test_two_studies_are_two_referrals_of_one_case_with_one_owner(client, play):
    other = study("second", site="Main")
    send(client, begin_search(client, play.study, other), **SHARE)
    pay(timezone.now())
    case = Case.rows.get()
    coordinators = {one.study: one.coordinator for one in case.referrals.all()}
    assert coordinators == {play.study: play.ana, other: play.lena}
    assert case.owner in coordinators.values()
    # She is told once, not once for each study.
    assert len([one for one in mail.outbox if one.to == ["maria@example.org"]]) == 1


def test_a_study_closed_between_choosing_and_sending_still_brings_her_to_a_person(client, play):
    address = begin_search(client, play.study)
    type(play.study)._default_manager.update(local_status=LocalStatus.CLOSED)
    receipt(send(client, address, **SHARE), client)
    assert Referral.rows.get().study is None


def test_a_helper_is_called_and_her_answers_are_marked_as_hers(client, play):
    address = begin_search(client, play.study, who="someone")
    receipt(send(client, address, **HELPER, **SHARE), client)
    case = Case.rows.get()
    assert case.person.helpers.get().person.full_name == "Hannah Zzyzx"
    assert {one.source for one in Answer.rows.all()} == {Source.PROXY}
    pay(timezone.now())
    client.force_login(play.ana)
    text = words(client.get(reverse("desk:detail", args=[case.referrals.get().pk])))
    assert "Son or daughter Hannah Zzyzx speak to first (212) 555-0177" in text
    # Whoever is spoken to first stands first.
    assert text.index("Son or daughter") < text.index("Patient Maria Zzyzx , born 1972-04-27")


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"email": None}, "phone"),
        ({"email": None, "phone": None, "postal_address": "12 Elm Street"}, "post"),
    ],
)
def test_without_email_the_coordinator_owes_the_call(client, play, changes, channel):
    send(client, begin_search(client, play.study), **changes)
    pay(timezone.now())
    task, case = CallTask.rows.get(), Case.rows.get()
    assert (task.assigned_to, task.channel, task.due_at) == (play.ana, channel, case.due_at)
    client.force_login(play.ana)
    assert "Maria Zzyzx" in page(client.get(reverse("calls:list")))
    client.force_login(play.chloe)
    assert "Maria Zzyzx" not in page(client.get(reverse("calls:list")))


def test_with_an_email_alone_nobody_owes_a_call(client, play):
    send(client, begin_search(client, play.study), phone=None)
    pay(timezone.now())
    assert not CallTask.rows.exists()
    assert [one.to for one in mail.outbox].count(["maria@example.org"]) == 1


def test_the_page_that_sends_before_its_turn(client, play):
    assert client.get(reverse(SEND)).url == reverse("screening:safety")
    assert client.post(reverse(SEND), {"given_name": "M"}).url == reverse("screening:safety")
    client.post(reverse("screening:safety"), {"very_ill": "no"})
    assert client.get(reverse(SEND)).url == reverse("screening:results")
    assert not Person.rows.exists()


def test_back_to_the_results_keeps_her_choice(client, play):
    begin_search(client, play.study)
    text = page(client.get(reverse("screening:results")))
    assert re.search(rf'id="study-{play.study.pk}"[^>]*checked', text)


def test_the_answers_are_forgotten_once_sent(client, play):
    values = filled(client, begin_search(client, play.study))
    client.post(reverse(SEND), values)
    assert client.cookies[JOURNEY.name].value == ""


def test_nothing_is_stored_before_she_sends(client, play):
    before = Event.objects.count()
    client.get(begin_search(client, play.study))
    assert Person.rows.count() == Case.rows.count() == Answer.rows.count() == 0
    assert Event.objects.count() == before
