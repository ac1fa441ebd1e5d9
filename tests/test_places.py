"""The centre's rows: whatever changes them renews the pages, and a number is one number."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.people import roles
from clinic.places import centre as places
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


# -- Holidays and closed days ----------------------------------------------------------------------
def admin_page(administrator):
    address = reverse("admin:places_centre_change", args=[Centre.objects.get().pk])
    return address, administrator.get(address)


def typed(page, **changes):
    """What the browser would send from the centre's page."""
    form = page.context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return values | {"opens_at": "08:00", "closes_at": "17:00"} | changes


def test_the_centre_keeps_the_holidays_it_does_not_open_on():
    Centre.objects.update(open_holidays=["Columbus Day"])
    Closure.objects.create(day="2026-11-27", reason="Day after Thanksgiving")
    times = places.schedule()
    assert times.is_open_on(date(2026, 10, 12))
    assert not times.is_open_on(date(2026, 11, 11))
    assert not times.is_open_on(date(2026, 11, 26))
    assert not times.is_open_on(date(2026, 11, 27))


def test_a_state_has_its_own_holidays():
    Centre.objects.update(state="MA")
    assert not places.schedule().is_open_on(date(2026, 4, 20))
    Centre.objects.update(state="")
    assert places.schedule().is_open_on(date(2026, 4, 20))


def test_the_next_closed_days_are_listed_with_their_reasons():
    Closure.objects.create(day="2026-11-27", reason="Day after Thanksgiving")
    Closure.objects.create(day="2026-12-25", reason="Our own reason")
    # A closed Saturday is no news.
    Closure.objects.create(day="2026-11-28", reason="Painting")
    days = places.next_closed_days(Centre.objects.get(), at=NOON, count=4)
    assert [(f"{one.day:%m-%d}", one.reason) for one in days] == [
        ("11-26", "Thanksgiving Day"),
        ("11-27", "Day after Thanksgiving"),
        ("12-25", "Our own reason"),
        ("01-01", "New Year's Day"),
    ]


def test_today_is_the_centres_today():
    last_evening = datetime(2026, 11, 27, 3, tzinfo=UTC)
    (first,) = places.next_closed_days(Centre.objects.get(), at=last_evening, count=1)
    assert first.day == date(2026, 11, 26)


def test_the_schedule_is_two_short_reads(django_assert_num_queries):
    with django_assert_num_queries(2):
        places.schedule()


def test_the_admin_ticks_holidays_and_shows_when_it_is_closed_next(administrator):
    address, shown = admin_page(administrator)
    assert "Thanksgiving Day" in shown.content.decode()
    assert "closed next on" in shown.content.decode().lower()
    sent = typed(shown, state=" ma ", open_holidays=["Columbus Day"])
    assert administrator.post(address, sent).status_code == 302
    saved = Centre.objects.get()
    assert (saved.state, saved.open_holidays) == ("MA", ["Columbus Day"])
    assert "Patriots" in administrator.get(address).content.decode()


@pytest.mark.parametrize("state", ["XX", "9", "N", "--"])
def test_a_state_that_is_none_is_refused_at_its_field(administrator, state):
    address, shown = admin_page(administrator)
    answer = administrator.post(address, typed(shown, state=state, name="New name"))
    assert answer.status_code == 200
    assert "This is no state of the United States" in answer.content.decode()
    assert "New name" in answer.content.decode()
    assert Centre.objects.get().state == ""


def test_a_holiday_that_is_none_is_refused(administrator):
    address, shown = admin_page(administrator)
    answer = administrator.post(address, typed(shown, open_holidays=["My birthday"]))
    assert answer.status_code == 200
    assert "My birthday" in answer.content.decode()
    assert "My birthday" not in Centre.objects.get().open_holidays
