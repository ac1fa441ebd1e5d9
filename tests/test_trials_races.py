"""Two people, or two imports, at the same moment: on a file, and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from clinic.lifecycle import Conflict
from clinic.people.models import User
from referrals.trials.codes import LocalStatus
from referrals.trials.importing import Outcome, import_records
from referrals.trials.models import (
    Cohort,
    CriteriaSet,
    Criterion,
    ImmutableCriteria,
    RegistryRecord,
    RegistryVersion,
    Study,
)
from referrals.trials.publishing import (
    UnsoundCriteria,
    draft_criteria,
    publish,
    send_to_review,
)
from referrals.trials.registry import read_record
from referrals.trials.status import StatusMoved, confirm_status

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
THREADS = 6

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """Run `work(number)` in threads that start together; return what each gave or raised."""
    barrier, results = threading.Barrier(THREADS), [None] * THREADS

    def run(number):
        try:
            barrier.wait()
            results[number] = work(number)
        except (StatusMoved, Conflict) as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def registered(nct_id):
    return read_record({"protocolSection": {"identificationModule": {"nctId": nct_id}}})


def test_one_record_imported_at_once_is_added_once():
    facts = registered("NCT00000001")

    results = at_once(lambda _number: import_records([facts], at=AT)[0])

    assert sorted(results) == [Outcome.ADDED] + [Outcome.UNCHANGED] * (THREADS - 1)
    assert (RegistryRecord.objects.count(), RegistryVersion.objects.count()) == (1, 1)


def test_the_same_records_in_any_order_at_once_are_added_once():
    known, *fresh = [registered(f"NCT{number:08}") for number in range(20)]
    import_records([known], at=AT)
    batch = [*fresh[:10], known, *fresh[10:]]

    results = at_once(lambda number: import_records(batch[:: 1 - number % 2 * 2], at=AT))

    outcomes = [outcome for result in results for outcome in result]
    assert outcomes.count(Outcome.ADDED) == len(fresh)
    assert outcomes.count(Outcome.UNCHANGED) == len(outcomes) - len(fresh)
    assert RegistryVersion.objects.count() == len(batch)


def test_one_of_many_who_set_a_status_wins():
    ana = User.objects.create_user("ana@example.org", full_name="Ana")
    study = Study.objects.create(title="Title", local_name="study")
    loaded = [Study.objects.get(pk=study.pk) for _number in range(THREADS)]

    results = at_once(
        lambda number: confirm_status(loaded[number], status=LocalStatus.OPEN, by=ana, at=AT)
    )

    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["StatusMoved"] * (
        THREADS - 1
    )


def test_versions_published_at_once_leave_one_in_force():
    ana = User.objects.create_user("ana@example.org", full_name="Ana")
    ruth = User.objects.create_user("ruth@example.org", full_name="Ruth")
    study = Study.objects.create(title="Title", local_name="study")
    cohort = Cohort.objects.create(study=study, code="a", label="A")
    sets = [draft_criteria(cohort, by=ana, at=AT) for _number in range(THREADS)]
    for one in sets:
        Criterion.objects.create(
            criteria_set=one, key="adult", field="age_years", operator="gte", value=18
        )
        send_to_review(one, by=ana, at=AT)

    at_once(lambda number: publish(sets[number], by=ruth, at=AT))

    assert CriteriaSet.objects.published().count() == 1
    assert CriteriaSet.objects.filter(state="retired").count() == THREADS - 1


WAIT = 0.5


def while_open(first, second):
    """Run `second` while the transaction of `first` is still open; what `second` raised, if it did.

    `first` ends its transaction only after `second` had time to slip past it.
    """
    begun, raised = threading.Event(), []

    def run():
        begun.wait()
        try:
            second()
        except (ImmutableCriteria, UnsoundCriteria, Conflict) as error:
            raised.append(type(error))
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    with transaction.atomic():
        first()
        begun.set()
        time.sleep(WAIT)
    other.join()
    return raised


@pytest.fixture
def written():
    """A draft with one sound line, and who wrote it."""
    ana = User.objects.create_user("ana@example.org", full_name="Ana")
    study = Study.objects.create(title="Title", local_name="study")
    cohort = Cohort.objects.create(study=study, code="a", label="A")
    draft = draft_criteria(cohort, by=ana, at=AT)
    line = {"field": "age_years", "operator": "gte"}
    Criterion.objects.create(criteria_set=draft, key="adult", value=18, **line)
    return draft, ana


def wrong_line(draft):
    return Criterion(criteria_set=draft, key="x", field="agee_years", operator="gte", value=1)


@pytest.mark.parametrize(
    "write",
    [
        lambda draft: wrong_line(draft).save(),
        lambda draft: Criterion.objects.bulk_create([wrong_line(draft)]),
        lambda draft: Criterion.objects.filter(criteria_set=draft).update(field="agee_years"),
        lambda draft: draft.criteria.get().delete(),
        lambda draft: Criterion.objects.filter(criteria_set=draft).delete(),
    ],
)
def test_no_change_of_a_line_slips_past_the_check(written, write):
    draft, ana = written
    hers = CriteriaSet.objects.get()

    raised = while_open(lambda: write(draft), lambda: send_to_review(hers, by=ana, at=AT))

    assert raised == [UnsoundCriteria]
    assert CriteriaSet.objects.get().state == "draft"


@pytest.mark.parametrize(
    "write",
    [
        lambda draft, _line: wrong_line(draft).save(),
        lambda draft, _line: Criterion.objects.bulk_create([wrong_line(draft)]),
        lambda draft, _line: Criterion.objects.filter(criteria_set=draft).update(value=16),
        lambda _draft, line: line.delete(),
        lambda draft, _line: draft.delete(),
    ],
)
def test_a_set_on_its_way_to_review_takes_no_change(written, write):
    draft, ana = written
    stale, line = CriteriaSet.objects.get(), Criterion.objects.get()

    raised = while_open(lambda: send_to_review(draft, by=ana, at=AT), lambda: write(stale, line))

    assert raised == [ImmutableCriteria]
    assert CriteriaSet.objects.get().state == "in_review"
    assert list(Criterion.objects.values_list("key", "value")) == [("adult", 18)]


def test_a_set_that_is_being_published_takes_no_change(written):
    draft, ana = written
    ruth = User.objects.create_user("ruth@example.org", full_name="Ruth")
    send_to_review(draft, by=ana, at=AT)
    stale = CriteriaSet.objects.get()

    raised = while_open(lambda: publish(draft, by=ruth, at=AT), lambda: wrong_line(stale).save())

    assert raised == [ImmutableCriteria]
    assert Criterion.objects.count() == 1
