"""From coded answers to sets of possible values."""

from __future__ import annotations

from datetime import date

import pytest

from referrals.screening.fields import FIELDS
from referrals.screening.profile import Certainty, Reason, Source
from referrals.screening.questions import (
    BY_CODE,
    QUESTIONS,
    UNSURE,
    ImpossibleBirth,
    ages,
    is_child,
    profile_from,
)

TODAY = date(2026, 11, 20)


def profile(who="me", **answers):
    return profile_from({"safe": True, "who": who, "answers": answers}, on=TODAY)


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        (1968, 3, {58}),
        (1968, 12, {57}),
        (1968, 11, {57, 58}),
        (1968, None, {57, 58}),
        (2026, 11, {0}),
        (1896, None, {129}),
    ],
)
def test_ages_possible_for_a_month_of_birth(year, month, expected):
    assert ages(year, month, on=TODAY) == expected


@pytest.mark.parametrize(
    ("year", "month"), [(2026, 12), (2027, None), (1896, 3), (1800, 1), (1, None)]
)
def test_a_birth_to_come_or_too_long_ago_is_refused(year, month):
    with pytest.raises(ImpossibleBirth):
        ages(year, month, on=TODAY)


@pytest.mark.parametrize(
    ("code", "child"),
    [("2019-05", True), ("2008-12", True), ("2008-11", False), ("2008", False), ("1968-03", False)],
)
def test_only_who_is_certainly_under_18_is_sent_elsewhere(code, child):
    assert is_child([code], on=TODAY) is child


def test_not_saying_the_birth_is_not_being_a_child():
    assert not is_child(["declined"], on=TODAY)


def test_every_choice_stays_within_its_fields_domain():
    for question in QUESTIONS:
        for means in question.choices.values():
            for name, values in means.items():
                assert name in question.fields
                assert FIELDS[name].allows(values)


def test_not_sure_is_always_the_last_answer():
    assert all(question.silent[-1] == UNSURE for question in QUESTIONS)


def test_triple_negative_leaves_her2_low_possible():
    found = profile(cancer_type=["triple_negative"])
    assert found.known("hormone_receptor").values == {"negative"}
    assert found.known("her2").values == {"zero", "ultralow", "low"}


def test_two_type_cards_narrow_each_other():
    found = profile(cancer_type=["triple_negative", "her2_low"])
    assert found.known("her2").values == {"low", "ultralow"}


def test_two_type_cards_that_exclude_each_other_are_a_conflict_not_an_error():
    found = profile(cancer_type=["triple_negative", "her2_positive"])
    assert found.known("her2").reason is Reason.CONFLICT


def test_hormone_positive_says_nothing_about_her2():
    assert profile(cancer_type=["hormone_positive"]).known("her2").reason is Reason.NOT_ASKED


def test_a_card_beside_not_sure_is_a_belief():
    (one,) = profile(cancer_type=["her2_positive", "unsure"]).said["her2"]
    assert one.certainty is Certainty.THINK_SO


@pytest.mark.parametrize(
    ("code", "reason"), [("unsure", Reason.UNSURE), ("declined", Reason.DECLINED)]
)
def test_an_answer_that_tells_nothing_keeps_its_reason(code, reason):
    found = profile(stage_group=[code], cancer_type=[code], age_years=[code])
    for name in ("stage_group", "hormone_receptor", "her2", "age_years"):
        assert found.known(name).reason is reason


def test_a_helper_answers_as_a_proxy():
    (one,) = profile(who="someone", sex_at_birth=["male"]).said["sex_at_birth"]
    assert one.source is Source.PROXY


@pytest.mark.parametrize(
    "answers", [{"stage_group": ["nine"]}, {"nothing": ["x"]}, {"age_years": ["x-y"]}, {}]
)
def test_unknown_codes_tell_nothing(answers):
    assert profile(**answers).said == {}


def test_early_without_a_number_is_a_set():
    assert profile(stage_group=["early"]).known("stage_group").values == {"0", "I", "II", "III"}
    assert set(BY_CODE) == {
        "disease_setting",
        "age_years",
        "sex_at_birth",
        "travel_days",
        "cancer_type",
        "stage_group",
    }
