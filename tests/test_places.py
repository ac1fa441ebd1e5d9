"""The centre's rows: whatever changes them renews the pages, and a number is one number."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.people import roles
from clinic.places.models import Centre, Closure, ContactPoint, Location
from clinic.places.sample import load
from clinic.signing import epoch
from tests.builders import NOON, colleague

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _centre():
    load(NOON)


@pytest.fixture
def administrator(client):
    client.force_login(colleague("alex", roles.ADMINISTRATOR))
    return client


@pytest.mark.parametrize(
    "change",
    [
        lambda: Centre.objects.get().save(),
        lambda: Location.objects.first().delete(),
        lambda: Location.objects.all().delete(),
        lambda: ContactPoint.objects.filter(role="main").update(hours_text="Always"),
        lambda: ContactPoint.objects.bulk_update([ContactPoint.objects.first()], ["label"]),
        lambda: Closure.objects.bulk_create([Closure(day="2026-12-25", reason="Christmas")]),
    ],
)
def test_every_change_renews_the_pages(change):
    before = epoch.current()
    change()
    assert epoch.current() > before


@pytest.mark.parametrize(
    ("display", "digits", "spoken"),
    [
        ("(212) 555-0100", "+12125550100", "2 1 2. 5 5 5. 0 1 0 0"),
        ("(212) 555-0100", "+12125550100", ""),
        ("(212) 555-0100", "+12125550100", "two one two, five five five, oh one hundred"),
        ("+1 212 555 0100", "+12125550100", "1. 2 1 2. 5 5 5. 0 1 0 0"),
        ("212.555.0100", "2125550100", ""),
        ("988", "988", "9 8 8"),
        ("1-800-555-CARE", "+18005552273", "1. 8 0 0. 5 5 5. 2 2 7 3"),
    ],
)
def test_one_number_in_three_spellings(display, digits, spoken):
    point = ContactPoint.objects.get(role="main")
    point.display, point.digits, point.spoken = display, digits, spoken
    point.full_clean()


@pytest.mark.parametrize(
    ("display", "digits", "spoken", "wrong"),
    [
        ("(212) 555-0100", "+12125550101", "", "display"),
        ("555-0100", "+12125550100", "", "display"),
        ("(212) 555-0100", "5550100", "", "display"),
        ("11", "911", "", "display"),
        ("none", "+12125550100", "2 1 2. 5 5 5. 0 1 0 1", "spoken"),
        ("(212) 555-0100", "+12125550100", "2 1 2. 5 5 5. 0 1 0 1", "spoken"),
        ("1-800-555-CARE", "+18005552273", "1. 8 0 0. 5 5 5. 2 2 7 4", "spoken"),
        ("-", "+12125550100", "", "display"),
    ],
)
def test_two_numbers_in_one_row_are_refused(display, digits, spoken, wrong):
    point = ContactPoint.objects.get(role="main")
    point.display, point.digits, point.spoken = display, digits, spoken
    with pytest.raises(ValidationError) as refusal:
        point.full_clean()
    assert set(refusal.value.message_dict) == {wrong}


def test_sample_numbers_are_sound():
    for point in ContactPoint.objects.all():
        point.full_clean()


@pytest.mark.parametrize("model", [Centre, ContactPoint])
def test_what_pages_name_cannot_be_deleted(administrator, model):
    name = f"admin:places_{model._meta.model_name}"
    row = model._default_manager.first()
    data = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}

    assert administrator.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
    administrator.post(reverse(f"{name}_changelist"), data)

    assert model._default_manager.filter(pk=row.pk).exists()


def test_an_address_without_a_scheme_is_meant_as_https(administrator):
    centre = Centre.objects.get()
    url = reverse("admin:places_centre_change", args=[centre.pk])
    form = administrator.get(url).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}

    answer = administrator.post(url, values | {"privacy_notice_url": "example.org/privacy"})

    assert answer.status_code == 302
    centre.refresh_from_db()
    assert centre.privacy_notice_url == "https://example.org/privacy"
