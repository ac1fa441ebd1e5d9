"""Criteria sets: one in force, two people, and nothing changes once it left the draft."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from clinic.lifecycle import Conflict, MoveRefused
from clinic.people.models import User
from clinic.signing.verbs import SameHands
from referrals.trials.codes import NodeKind, Operator, SetState
from referrals.trials.models import Cohort, CriteriaSet, Criterion, ImmutableCriteria, Study
from referrals.trials.publishing import (
    UnsoundCriteria,
    draft_criteria,
    note_edit,
    publish,
    retire,
    send_back,
    send_to_review,
)

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return User.objects.create_user("ana@example.org", full_name="Ana")


@pytest.fixture
def ruth():
    return User.objects.create_user("ruth@example.org", full_name="Ruth")


@pytest.fixture
def cohort():
    study = Study.objects.create(title="Title", local_name="study")
    return Cohort.objects.create(study=study, code="a", label="A")


@pytest.fixture
def draft(cohort, ana):
    return draft_criteria(cohort, by=ana, at=AT)


def a_line(criteria_set, key="adult", **fields):
    leaf = {"field": "age_years", "operator": Operator.GTE, "value": 18}
    return Criterion.objects.create(criteria_set=criteria_set, key=key, **leaf | fields)


def a_group(criteria_set, kind, key="group", **fields):
    return Criterion.objects.create(criteria_set=criteria_set, kind=kind, key=key, **fields)


@pytest.fixture
def published(draft, ana, ruth):
    a_line(draft)
    send_to_review(draft, by=ana, at=AT)
    publish(draft, by=ruth, at=AT)
    return draft


def test_author_cannot_publish_her_own(draft, ana):
    a_line(draft)
    send_to_review(draft, by=ana, at=AT)

    with pytest.raises(SameHands):
        publish(draft, by=ana, at=AT)

    draft.refresh_from_db()
    assert draft.state == SetState.IN_REVIEW


def test_nobody_who_wrote_any_line_publishes_them(cohort, draft, ana, ruth):
    bea = User.objects.create_user("bea@example.org", full_name="Bea")
    a_line(draft)
    for editor in (bea, ruth):
        note_edit(draft, by=editor, at=AT)
    send_to_review(draft, by=ana, at=AT)
    assert CriteriaSet.objects.get().author == ruth

    for writer in (ana, bea, ruth):
        with pytest.raises(SameHands):
            publish(CriteriaSet.objects.get(), by=writer, at=AT)
    publish(draft, by=User.objects.create_user("zoe@example.org", full_name="Zoe"), at=AT)

    # Those lines have been checked: who wrote them may check a later version.
    second = draft_criteria(cohort, by=bea, at=AT)
    send_to_review(second, by=bea, at=AT)
    publish(second, by=ana, at=AT)


def test_publishing_retires_the_version_before(published, cohort, ana, ruth):
    second = draft_criteria(cohort, by=ana, at=AT)
    send_to_review(second, by=ana, at=AT)
    publish(second, by=ruth, at=AT)

    published.refresh_from_db()
    assert published.state == SetState.RETIRED
    assert CriteriaSet.objects.published().get() == second
    assert Cohort.objects.with_published_criteria().get() == cohort


def test_second_publisher_of_a_set_is_told(draft, ana, ruth):
    a_line(draft)
    send_to_review(draft, by=ana, at=AT)
    hers = CriteriaSet.objects.get()
    publish(draft, by=ruth, at=AT)

    with pytest.raises(Conflict):
        publish(hers, by=ruth, at=AT)

    assert CriteriaSet.objects.published().count() == 1


def test_draft_cannot_be_published_without_review(draft, ruth):
    a_line(draft)
    with pytest.raises(MoveRefused):
        publish(draft, by=ruth, at=AT)


def test_draft_copies_the_tree_in_force(draft, cohort, ana, ruth):
    group = a_group(draft, NodeKind.ANY)
    a_line(draft, "one", parent=group)
    a_line(draft, "two", parent=group)
    send_to_review(draft, by=ana, at=AT)
    publish(draft, by=ruth, at=AT)

    copy = draft_criteria(cohort, by=ana, at=AT)

    assert copy.version == 2
    copied = {line.key: line for line in copy.criteria.all()}
    assert set(copied) == {"group", "one", "two"}
    assert copied["one"].parent == copied["two"].parent == copied["group"]
    assert draft.criteria.count() == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: Criterion.objects.filter(pk=line.pk).update(value=16),
        lambda line: Criterion.objects.filter(pk=line.pk).delete(),
        lambda line: a_line(line.criteria_set, "more"),
        lambda line: Criterion.objects.bulk_create(
            [Criterion(criteria_set=line.criteria_set, key="x", field="x", operator="is_true")]
        ),
        lambda line: line.criteria_set.delete(),
        lambda line: CriteriaSet.objects.all().delete(),
    ],
)
def test_nothing_of_a_published_set_changes(published, change):
    line = published.criteria.get()

    with pytest.raises(ImmutableCriteria):
        change(line)

    assert published.criteria.get().value == 18


def test_a_published_line_does_not_move_to_a_draft(published, cohort, ana):
    line = published.criteria.get()
    line.criteria_set = draft_criteria(cohort, by=ana, at=AT)
    line.key = "moved"

    with pytest.raises(ImmutableCriteria):
        line.save()

    assert published.criteria.get().key == "adult"


def test_lines_in_review_are_frozen_until_sent_back(draft, ana):
    line = a_line(draft)
    send_to_review(draft, by=ana, at=AT)
    with pytest.raises(ImmutableCriteria):
        line.save()

    send_back(draft, by=ana, at=AT)
    line.save()


def test_draft_can_be_deleted(draft):
    a_line(draft)
    draft.delete()
    assert not Criterion.objects.exists()


def test_retiring_needs_no_second_person(published, ruth):
    retire(published, by=ruth, at=AT)
    assert not CriteriaSet.objects.published().exists()


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda _draft: None, "the set has no line"),
        (lambda draft: a_group(draft, NodeKind.ALL), "group: is a group with no line under it"),
        (lambda draft: a_line(draft, field="agee_years"), "asks about agee_years, which nobody"),
        (lambda draft: a_line(draft, value="18"), "adult: its value does not fit gte"),
        (lambda draft: a_line(draft, value=True), "adult: its value does not fit gte"),
        (lambda draft: a_line(draft, operator="in", value=[]), "does not fit in"),
        (lambda draft: a_line(draft, operator="between", value=[18]), "does not fit between"),
        (lambda draft: a_line(draft, operator="is_true"), "does not fit is_true"),
        (lambda draft: a_line(draft, "under", parent=a_line(draft)), "is a leaf with lines"),
        (
            lambda draft: [
                a_line(draft, "one", parent=a_group(draft, NodeKind.NOT)),
                a_line(draft, "two", parent=Criterion.objects.get(key="group")),
            ],
            "turns round more than one line",
        ),
        (
            lambda draft: a_line(draft, parent=a_group(draft, NodeKind.AT_LEAST, minimum=2)),
            "asks for more lines than it has",
        ),
    ],
)
def test_unsound_tree_stays_a_draft(draft, ana, build, why):
    build(draft)

    with pytest.raises(UnsoundCriteria, match=why):
        send_to_review(draft, by=ana, at=AT)

    draft.refresh_from_db()
    assert draft.state == SetState.DRAFT


def test_circle_of_parents_is_found(draft, ana):
    a_line(draft)
    first = a_group(draft, NodeKind.ALL, "first")
    second = a_group(draft, NodeKind.ALL, "second", parent=first)
    Criterion.objects.filter(pk=first.pk).update(parent=second)

    with pytest.raises(UnsoundCriteria, match="first: stands under no line of this set"):
        send_to_review(draft, by=ana, at=AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"operator": "like"},
        {"field": ""},
        {"polarity": "maybe"},
        {"audience": "all"},
        {"hardness": "brittle"},
        {"minimum": 1},
        {"kind": "all"},
        {"kind": "xor"},
    ],
)
def test_codes_of_a_line_are_held_by_the_database(draft, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_line(draft, **fields)


def test_key_stands_once_in_a_set(draft):
    a_line(draft)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_line(draft)


def test_published_set_needs_who_when_and_two_people(draft, ana, ruth):
    rows = CriteriaSet.objects.filter(pk=draft.pk)
    for values in (
        {"state": "published"},
        {"reviewer": ana},
        {"state": "publishd"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
