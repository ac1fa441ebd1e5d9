"""From criteria rows and approved words to the groups a person sees."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from clinic.people import roles
from clinic.people.models import RoleHeld, User
from clinic.signing import verbs
from clinic.signing.kinds import IRB
from referrals.screening.criteria import BrokenTree
from referrals.screening.headings import VERDICT, Heading, Headings
from referrals.screening.matching import match
from referrals.screening.questions import profile_from
from referrals.screening.results import grouped, questions_to_ask
from referrals.screening.sample.loading import words_of
from referrals.screening.trees import tree_from, trees_for
from referrals.screening.verdicts import Verdict
from referrals.trials.cards import CRITERIA
from referrals.trials.codes import LocalStatus, SetState
from referrals.trials.models import Cohort, CriteriaSet, Criterion, Study

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)

ADULT = {"key": "adult", "field": "age_years", "operator": "gte", "value": 18}
SPREAD = {"key": "spread", "field": "disease_setting", "operator": "in", "value": ["metastatic"]}
HER2 = {"key": "her2", "field": "her2", "operator": "in", "value": ["positive"]}
STAGE = {"key": "stage", "field": "stage_group", "operator": "in", "value": ["IV"]}
SCORE = {
    "key": "score",
    "field": "pdl1_cps",
    "operator": "gte",
    "value": 10,
    "audience": "coordinator",
}

SAID = Headings(
    {one: Heading(body["heading"], "en") for one, body in words_of(VERDICT, "en").items()}
)


def colleague(name, role):
    user, made = User.objects.get_or_create(email=f"{name}@riverside.example", full_name=name)
    if made:
        RoleHeld.objects.create(user=user, role=role)
    return user


def study(name, *, confirmed_days=1, **fields):
    values = {
        "local_name": name,
        "title": f"A study of {name}",
        "local_status": LocalStatus.OPEN,
        "status_confirmed_at": AT - timedelta(days=confirmed_days),
        "status_confirmed_by": colleague("lena", roles.LEAD),
    }
    return Study.objects.create(**(values | fields))


def cohort(of, *lines, code="a", words=True, status=LocalStatus.OPEN, leave_out=()):
    row = Cohort.objects.create(study=of, code=code, label=code, local_status=status)
    if lines:
        made = CriteriaSet.objects.create(
            cohort=row, version=1, author=colleague("editor", roles.EDITOR)
        )
        for order, line in enumerate(lines):
            Criterion.objects.create(criteria_set=made, order=order, **line)
        CriteriaSet.objects.filter(pk=made.pk).update(
            state=SetState.PUBLISHED,
            published_at=AT,
            reviewer=colleague("reviewer", roles.REVIEWER),
        )
        if words:
            say(made, [line["key"] for line in lines if line["key"] not in leave_out])
    return row


def say(criteria_set, keys, at=AT):
    parts = ("words", "met", "not_met", "ask")
    version = verbs.draft(
        kind=CRITERIA,
        subject=str(criteria_set.pk),
        language="en",
        body={key: {part: f"{key} {part}" for part in parts} for key in keys},
        by=colleague("editor", roles.EDITOR),
        at=at,
    )
    verbs.approve(
        version,
        kind=IRB,
        by=colleague("reviewer", roles.REVIEWER),
        credential="MD",
        at=at,
        board="Board",
        number="1",
    )


def found(**answers):
    data = {"who": "me", "answers": {code: [value] for code, value in answers.items()}}
    return match(profile_from(data, on=AT.date()), "en", AT)


pytestmark = pytest.mark.django_db


def test_a_study_that_fits_says_why_and_what_the_team_checks():
    cohort(study("one"), ADULT, SPREAD, SCORE)
    (one,) = found(age_years="1968-03", disease_setting="metastatic")
    assert one.verdict is Verdict.LIKELY
    assert one.reasons.fits == ("adult met", "spread met")
    assert one.reasons.team_checks == ("score words",)
    assert questions_to_ask([one]) == [("score ask", "en")]


def test_open_answers_are_counted_and_become_questions_to_take_along():
    cohort(study("one"), ADULT, HER2, STAGE)
    (one,) = matches = found(age_years="1968-03", cancer_type="unsure")
    assert (one.verdict, one.questions_left) == (Verdict.POSSIBLE, 2)
    (group,) = grouped(matches, SAID)
    assert group.heading.words == "These may fit; 2 answers would tell"
    assert questions_to_ask(matches) == [("her2 ask", "en"), ("stage ask", "en")]


def test_the_list_for_her_doctor_is_short_and_no_study_fills_it():
    for name in ("x", "y"):
        lines = [{**SCORE, "key": f"{name}{number}"} for number in range(9)]
        cohort(study(name), ADULT, *lines)
    asked = [sentence for sentence, _ in questions_to_ask(found(age_years="1968-03"))]
    assert asked[:4] == ["x0 ask", "y0 ask", "x1 ask", "y1 ask"]
    assert len(asked) == 8


def test_a_weak_no_is_ask_us_and_a_firm_no_is_folded_with_its_reason():
    cohort(study("weak"), HER2)
    cohort(study("firm"), SPREAD, HER2)
    matches = found(disease_setting="no_evidence", cancer_type="triple_negative")
    groups = grouped(matches, SAID)
    assert [group.heading.words for group in groups] == [
        "Ask us about these",
        "Probably not these, and why",
    ]
    assert [group.folded for group in groups] == [False, True]
    assert groups[1].matches[0].reasons.against == ("spread not_met",)


def test_a_blank_profile_puts_nothing_among_probably_not():
    cohort(study("one"), ADULT, SPREAD, HER2)
    cohort(study("two"), {**SPREAD, "polarity": "exclude"})
    assert {one.verdict for one in found()} == {Verdict.POSSIBLE}


def test_the_best_cohort_speaks_for_its_study():
    one = study("one")
    cohort(one, SPREAD, code="a")
    cohort(one, ADULT, code="b")
    (result,) = found(disease_setting="no_evidence", age_years="1968-03")
    assert result.verdict is Verdict.LIKELY
    assert [each.cohort.code for each in result.cohorts] == ["b", "a"]


@pytest.mark.parametrize("without", ["cohort", "criteria", "words", "one sentence"])
def test_a_study_that_cannot_be_explained_is_listed_plainly(without):
    one = study("one")
    if without == "criteria":
        cohort(one)
    elif without == "words":
        cohort(one, SPREAD, words=False)
    elif without == "one sentence":
        cohort(one, ADULT, SPREAD, leave_out=("spread",))
    (result,) = found(disease_setting="no_evidence")
    assert result.verdict is Verdict.CHECK
    assert result.reasons.against == ()


def test_closed_studies_and_paused_cohorts_are_not_shown():
    cohort(study("closed", local_status=LocalStatus.CLOSED), ADULT)
    cohort(study("paused"), ADULT, status=LocalStatus.PAUSED)
    assert found() == []


def test_order_is_verdict_then_open_questions_then_freshness():
    cohort(study("two answers"), HER2, STAGE)
    cohort(study("old", confirmed_days=9), STAGE)
    cohort(study("fresh", confirmed_days=1), STAGE)
    cohort(study("fits"), ADULT)
    names = [one.study.local_name for one in found(age_years="1968-03")]
    assert names == ["fits", "fresh", "old", "two answers"]


def test_many_studies_take_no_more_queries_than_one(django_assert_num_queries):
    for number in range(6):
        row = study(f"s{number}")
        cohort(row, ADULT, HER2, code="a")
        cohort(row, SPREAD, code="b")
    with django_assert_num_queries(8):
        assert len(found(age_years="1968-03")) == 6


def rows(*lines):
    """Unsaved lines; `parent` names the key of another line."""
    made = {line["key"]: Criterion(pk=uuid.uuid4(), key=line["key"]) for line in lines}
    for order, line in enumerate(lines):
        row = made[line["key"]]
        row.order = order
        for name, value in line.items():
            setattr(row, name, made[value] if name == "parent" else value)
    return list(made.values())


def group(key, kind="all", **more):
    return {"key": key, "kind": kind, **more}


def test_rows_become_the_tree_they_draw():
    tree = tree_from(
        rows(
            ADULT,
            group("either", "any"),
            {**HER2, "parent": "either"},
            {**STAGE, "parent": "either", "polarity": "exclude", "hardness": "soft"},
        )
    )
    adult, either = tree.children
    assert (adult.key, either.kind) == ("adult", "any")
    her2, stage = either.children
    assert (her2.exclude, stage.exclude, stage.hardness) == (False, True, "soft")


@pytest.mark.parametrize(
    "lines",
    [
        [group("empty")],
        [group("a", parent="b"), group("b", parent="a"), ADULT],
        [group("out", polarity="exclude"), {**ADULT, "parent": "out"}],
        [group("two", "at_least", minimum=2), {**ADULT, "parent": "two"}],
    ],
)
def test_a_set_that_would_say_what_nobody_meant_has_no_tree(lines):
    with pytest.raises(BrokenTree):
        tree_from(rows(*lines))


def test_a_broken_set_does_not_take_the_others_down(caplog):
    one = study("one")
    good, bad = cohort(one, ADULT), cohort(one, group("empty"), code="b", words=False)
    sets = list(CriteriaSet.objects.all())
    trees = trees_for(sets)
    assert set(trees) == {good.criteria_sets.get().pk}
    assert str(bad.criteria_sets.get().pk) in caplog.text
