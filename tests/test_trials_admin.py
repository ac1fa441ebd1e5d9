"""The admin of the trials room: statuses and published lines are only looked at there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from clinic.people import roles
from clinic.people.models import RoleHeld, User
from referrals.trials.importing import import_records
from referrals.trials.models import Cohort, CriteriaSet, Criterion, RegistryRecord, Study
from referrals.trials.publishing import draft_criteria, publish, send_to_review
from referrals.trials.registry import read_record

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def a_colleague(name, role):
    user = User.objects.create_user(f"{name}@example.org", full_name=name)
    RoleHeld.objects.create(user=user, role=role)
    return user


@pytest.fixture
def alex():
    return a_colleague("alex", roles.ADMINISTRATOR)


@pytest.fixture
def ruth():
    return a_colleague("ruth", roles.REVIEWER)


@pytest.fixture
def cohort():
    study = Study.objects.create(title="Title", local_name="the study", nct_id="NCT00000001")
    return Cohort.objects.create(study=study, code="a", label="A")


@pytest.fixture
def draft(cohort, alex):
    draft = draft_criteria(cohort, by=alex, at=AT)
    leaf = {"field": "age_years", "operator": "gte", "value": 18}
    Criterion.objects.create(criteria_set=draft, key="adult", **leaf)
    return draft


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def act(client, model, action, row):
    url = reverse(f"admin:trials_{model}_changelist")
    return client.post(url, {"action": action, "_selected_action": str(row.pk)}, follow=True)


def form_of(response):
    """The values a browser would send back."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {
        field.html_name: field.value() if field.value() is not None else ""
        for form in forms
        for field in form
    }


@pytest.mark.parametrize(
    "model", ["study", "studysite", "cohort", "site", "criteriaset", "registryrecord"]
)
def test_lists_open(alex, draft, model):
    response = signed_in(alex).get(reverse(f"admin:trials_{model}_changelist"))
    assert response.status_code == 200


def test_rows_open(alex, draft, cohort):
    raw = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    import_records([read_record(raw)], at=AT)
    client = signed_in(alex)
    for row in (cohort.study, cohort, draft, RegistryRecord.objects.get()):
        name = f"admin:trials_{row._meta.model_name}_change"
        assert client.get(reverse(name, args=[row.pk])).status_code == 200


def test_status_is_no_field_but_an_action(alex, cohort):
    client = signed_in(alex)
    page = client.get(reverse("admin:trials_study_change", args=[cohort.study.pk]))
    assert "local_status" not in page.context["adminform"].form.fields

    act(client, "study", "set_open", cohort.study)

    study = Study.objects.get()
    assert (study.local_status, study.status_confirmed_by) == ("open", alex)


def test_study_typed_by_hand_meets_its_record(alex):
    raw = {"protocolSection": {"identificationModule": {"nctId": "NCT00000002"}}}
    import_records([read_record(raw)], at=AT)
    client = signed_in(alex)
    url = reverse("admin:trials_study_add")
    typed = {
        "nct_id": "NCT00000002",
        "title": "Title",
        "local_name": "new",
        "phases": ["PHASE1", "PHASE2"],
        "consent_languages": ["en", "es"],
        "primary_purpose": "TREATMENT",
    }

    response = client.post(url, form_of(client.get(url)) | typed)

    assert response.status_code == 302
    study = Study.objects.get()
    assert (study.registry.nct_id, study.phases) == ("NCT00000002", ["PHASE1", "PHASE2"])
    assert study.local_status == "not_yet"


def test_draft_lines_change_and_whoever_changed_them_is_the_author(draft, cohort):
    other = a_colleague("olga", roles.ADMINISTRATOR)
    client = signed_in(other)
    url = reverse("admin:trials_criteriaset_change", args=[draft.pk])
    values = form_of(client.get(url)) | {"criteria-0-value": "21"}

    response = client.post(url, values)

    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.criteria.get().value == 21
    assert draft.author == other


def test_two_people_publish(draft, alex, ruth):
    act(signed_in(alex), "criteriaset", "send_to_review", draft)
    own = act(signed_in(alex), "criteriaset", "publish", draft)
    assert "Somebody who did not write it must publish it." in own.content.decode()

    act(signed_in(ruth), "criteriaset", "publish", draft)

    draft.refresh_from_db()
    assert (draft.state, draft.reviewer) == ("published", ruth)


def test_published_lines_are_read_only(draft, alex, ruth):
    send_to_review(draft, by=alex, at=AT)
    publish(draft, by=ruth, at=AT)
    client = signed_in(alex)
    url = reverse("admin:trials_criteriaset_change", args=[draft.pk])

    assert not client.get(url).context["has_change_permission"]
    assert client.post(url, {"criteria-0-value": "16"}).status_code == 403


def test_new_draft_is_made_from_the_cohort(alex, cohort):
    act(signed_in(alex), "cohort", "draft_criteria", cohort)
    assert CriteriaSet.objects.get().author == alex


def test_registry_records_cannot_be_written(alex):
    client = signed_in(alex)
    assert client.get(reverse("admin:trials_registryrecord_add")).status_code == 403


def test_editor_and_coordinator_find_nothing_to_change_here(cohort):
    for name, role in (("erin", roles.EDITOR), ("ana", roles.COORDINATOR)):
        client = signed_in(a_colleague(name, role))
        url = reverse("admin:trials_study_change", args=[cohort.study.pk])
        assert client.get(url).status_code == 403
