"""What is kept on a case and a referral: sealed, and enough to come to the same verdict again."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.people import roles
from clinic.people.models import Person, RoleHeld, User
from referrals.desk.models import Case, Referral
from referrals.screening.logic import ENGINE_VERSION, evaluate
from referrals.screening.matching import CohortMatch
from referrals.screening.models import Answer, Evaluation
from referrals.screening.profile import Certainty, Possible, Source
from referrals.screening.questions import profile_from
from referrals.screening.records import keep_answers, keep_evaluations
from referrals.screening.trees import trees_for
from referrals.screening.verdicts import Verdict
from referrals.trials.models import Cohort, CriteriaSet, Criterion, Study

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
TOLD = {
    "who": "someone",
    "answers": {
        "disease_setting": ["no_evidence"],
        "age_years": ["1968-11"],
        "cancer_type": ["triple_negative", "unsure"],
        "stage_group": ["declined"],
    },
}
PROFILE = profile_from(TOLD, on=AT.date())

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    person = Person.rows.create(given_name="Maria", phone="(555) 010-0123", created_at=AT)
    return Case.rows.create(submission_key=uuid.uuid4(), person=person, due_at=AT, created_at=AT)


@pytest.fixture
def spread():
    """A cohort for cancer that has spread, in a set that nobody published yet."""
    study = Study.objects.create(local_name="one", title="One")
    editor = User.objects.create_user("editor@riverside.example", full_name="Erin")
    RoleHeld.objects.create(user=editor, role=roles.EDITOR)
    cohort = Cohort.objects.create(study=study, code="a", label="a")
    made = CriteriaSet.objects.create(cohort=cohort, version=1, author=editor)
    Criterion.objects.create(
        criteria_set=made,
        key="spread",
        field="disease_setting",
        operator="in",
        value=["metastatic"],
    )
    return made


def test_kept_answers_give_the_same_profile_back(case):
    keep_answers(case_id=case.pk, profile=PROFILE)
    again = case.answers.all().profile(on=AT.date())
    assert {code: set(said) for code, said in again.said.items()} == {
        code: set(said) for code, said in PROFILE.said.items()
    }


def test_values_are_sealed_in_the_database(case):
    keep_answers(case_id=case.pk, profile=PROFILE)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "values" FROM {Answer._meta.db_table}')
        stored = [row[0] for row in cursor.fetchall()]
    assert stored
    assert not any("no_evidence" in text or "negative" in text for text in stored)


def test_a_stored_verdict_explains_itself_and_is_found_again(case, spread):
    referral = Referral.rows.create(case=case, study=spread.cohort.study, due_at=AT, created_at=AT)
    tree = trees_for([spread])[spread.pk]
    result = evaluate(tree, PROFILE)
    matches = [CohortMatch(spread.cohort, spread, result), CohortMatch(spread.cohort)]
    keep_answers(case_id=case.pk, profile=PROFILE)
    keep_evaluations(referral_id=referral.pk, matches=matches, at=AT)

    row = Evaluation.rows.get()
    assert (row.verdict, row.engine_version) == (Verdict.UNLIKELY, ENGINE_VERSION)
    assert row.result() == result
    assert evaluate(tree, case.answers.all().profile(on=row.at.date())) == result


@pytest.mark.parametrize("wrong", [{"certainty": "maybe"}, {"source": "rumor"}])
def test_unknown_codes_are_refused_by_the_database(case, wrong):
    values = {"field": "her2", "values": ["zero"], "certainty": "sure", "source": "self"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.rows.create(case=case, as_of=AT.date(), **(values | wrong))


def test_a_coordinators_dated_answer_keeps_its_end(case):
    until = date(2027, 3, 13)
    said = Possible(frozenset({True}), Certainty.SURE, Source.COORDINATOR, AT.date(), until=until)
    keep_answers(case_id=case.pk, profile=PROFILE.saying("steroids", said))
    assert case.answers.get(field="steroids").statement() == said
