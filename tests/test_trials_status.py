"""Whether a study takes people: ours against the registry's, and who said so when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from clinic.audit.models import Event
from clinic.people.models import User
from clinic.signing import epoch
from referrals.trials.codes import LocalStatus
from referrals.trials.models import Cohort, RegistryRecord, Site, Study, StudySite
from referrals.trials.status import StatusMoved, confirm_status, set_site_status

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return User.objects.create_user("ana@example.org", full_name="Ana")


def a_study(registry=None, number=1, **fields):
    if registry is not None:
        seen = {"first_seen_at": AT, "seen_at": AT, "changed_at": AT}
        registry = RegistryRecord.objects.create(
            nct_id=f"NCT{number:08}", overall_status=registry, **seen
        )
    return Study.objects.create(title="Title", local_name="study", registry=registry, **fields)


def test_query_and_effective_status_agree(ana):
    registries = [None, "", "RECRUITING", "UNKNOWN", "SUSPENDED", "COMPLETED"]
    ages = [None, 1, 13.9, 14, 15]
    for number, (there, days, here) in enumerate(product(registries, ages, LocalStatus)):
        when = None if days is None else AT - timedelta(days=days)
        who = None if days is None else ana
        confirmed = {"status_confirmed_at": when, "status_confirmed_by": who}
        a_study(there, number, local_status=here, **confirmed)

    asked = set(Study.objects.recruiting(at=AT))

    studies = Study.objects.select_related("registry")
    assert asked == {study for study in studies if study.effective_status(at=AT) == "open"}
    assert 0 < len(asked) < len(studies)


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("open", "COMPLETED", "closed"),
        ("closed", "RECRUITING", "closed"),
        ("open", "SUSPENDED", "paused"),
        ("full", "SUSPENDED", "paused"),
        ("open", "UNKNOWN", "open"),
        ("open", "NOT_YET_RECRUITING", "not_yet"),
    ],
)
def test_more_restrictive_of_the_two_counts(here, there, expected):
    assert a_study(there, local_status=here).effective_status(at=AT) == expected


def test_fresh_confirmation_beats_the_registry_for_fourteen_days(ana):
    study = a_study("COMPLETED")

    confirm_status(study, status=LocalStatus.OPEN, by=ana, at=AT)

    assert study.effective_status(at=AT + timedelta(days=13)) == "open"
    assert study.effective_status(at=AT + timedelta(days=14)) == "closed"


def test_cohort_is_never_more_open_than_its_study(ana):
    study = a_study(local_status="paused")
    cohort = Cohort.objects.create(study=study, code="a", label="A", local_status="open")

    assert cohort.effective_status(at=AT) == "paused"
    assert not Cohort.objects.recruiting(at=AT).exists()

    confirm_status(study, status=LocalStatus.OPEN, by=ana, at=AT)
    assert Cohort.objects.recruiting(at=AT).get() == cohort


def test_confirming_leaves_a_name_a_date_an_event_and_fresh_pages(ana):
    study = a_study(local_status="open")
    before = epoch.current()

    confirm_status(study, status=LocalStatus.PAUSED, by=ana, at=AT)

    study.refresh_from_db()
    assert (study.local_status, study.status_confirmed_by, study.status_confirmed_at) == (
        "paused",
        ana,
        AT,
    )
    event = Event.objects.get(verb="confirm_status")
    assert event.codes == {"from": "open", "to": "paused"}
    assert event.about_id == study.pk
    assert epoch.current() > before


def test_second_of_two_who_differ_is_told(ana):
    mine, hers = a_study(), Study.objects.get()
    confirm_status(mine, status=LocalStatus.OPEN, by=ana, at=AT)

    with pytest.raises(StatusMoved):
        confirm_status(hers, status=LocalStatus.CLOSED, by=ana, at=AT)

    hers.refresh_from_db()
    assert hers.local_status == "open"
    assert Event.objects.count() == 1


def test_site_status_moves_by_its_verb(ana):
    site = Site.objects.create(name="Main")
    row = StudySite.objects.create(study=a_study(), site=site)

    set_site_status(row, status=LocalStatus.FULL, by=ana, at=AT)

    row.refresh_from_db()
    assert row.status == "full"


@pytest.mark.parametrize(
    "fields",
    [
        {"local_status": "opne"},
        {"nct_id": "NCT1"},
        {"primary_purpose": "FUN"},
        {"status_confirmed_at": AT},
    ],
)
def test_codes_and_pairs_are_held_by_the_database(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_study(**fields)


def test_two_studies_may_lack_a_number_but_not_share_one():
    a_study()
    a_study()
    a_study(nct_id="NCT00000001")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_study(nct_id="NCT00000001")
