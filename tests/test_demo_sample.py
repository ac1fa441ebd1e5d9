"""The sample as a newcomer meets it: on an empty database, at whatever hour she starts the demo."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clinic.appointments.codes import RequestStatus
from clinic.appointments.models import AppointmentRequest
from clinic.demo import samples
from clinic.people.models import Person
from clinic.people.models.person import Helper
from clinic.signing.models import TextVersion
from referrals.desk.codes import ReferralStatus
from referrals.desk.models import Case, Referral
from referrals.screening.models import Answer, Evaluation
from referrals.trials.models import CriteriaSet, Study

WEDNESDAY_NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 16, 13, 5, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _accounts(settings, tmp_path):
    settings.ACCOUNTS_FILE = tmp_path / "accounts.txt"


@pytest.mark.parametrize("at", [WEDNESDAY_NOON, MONDAY_MORNING, SUNDAY_NIGHT], ids="{:%a}".format)
def test_the_sample_shows_what_a_day_may_bring(at, settings):
    samples.load_all(at)

    assert Person.rows.count() == 40
    # Nobody stays in the first state: what is owed for her is paid at once.
    assert set(Referral.rows.values_list("status", flat=True)) == set(ReferralStatus) - {
        ReferralStatus.REQUESTED
    }
    assert set(AppointmentRequest.rows.values_list("status", flat=True)) == set(RequestStatus) - {
        RequestStatus.REQUESTED
    }
    overdue = Referral.rows.overdue(at=at), AppointmentRequest.rows.overdue(at=at)
    assert [rows.count() for rows in overdue] == [1, 1]
    assert [person.email for person in Person.rows.filter(language="es")] == [""]
    assert Helper.rows.count() == 1
    assert Case.rows.filter(possible_duplicate=True).count() == 1
    closed = Study.objects.get(local_status="closed")
    assert Referral.rows.waiting().filter(study=closed).exists()
    assert "ana@riverside.example" in settings.ACCOUNTS_FILE.read_text()


def test_answers_are_judged_by_words_approved_before_they_were_given():
    samples.load_all(WEDNESDAY_NOON)

    first = Case.rows.order_by("created_at")[0].created_at
    assert not TextVersion.objects.filter(created_at__gte=first).exists()
    assert not CriteriaSet.objects.filter(published_at__gte=first).exists()
    assert Answer.rows.exists()
    judged = Referral.rows.filter(pk__in=Evaluation.rows.values("referral"))
    assert judged.count() == Referral.rows.exclude(study=None).count()


def test_a_second_start_keeps_what_is_there():
    def counts():
        kinds = (Person, Referral, AppointmentRequest, Evaluation, TextVersion, CriteriaSet)
        return [kind._default_manager.count() for kind in kinds]

    samples.load_all(WEDNESDAY_NOON)
    before = counts()
    samples.load_all(WEDNESDAY_NOON)
    assert counts() == before
