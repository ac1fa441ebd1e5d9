"""People: possible duplicates, how they are reached, and who may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR, about
from clinic.encryption import SealedField
from clinic.people import roles
from clinic.people.intake import (
    CannotBeReached,
    contact_person,
    correct_contact,
    possible_duplicates,
    register,
)
from clinic.people.models import Consent, Person, Reference, User
from clinic.people.readonly_admin import ReadOnlyAdmin, VisibleRowsAdmin
from clinic.people.tokens import phone_digits
from referrals.desk.models import Referral
from tests import builders
from tests.builders import NOON, later
from tests.journeys import signed_in, words


# -- Possible duplicates ---------------------------------------------------------------------------
def registered(**changes):
    return register(builders.intake(**changes), at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "+1 212.555.0177", "email": ""},
        {"phone": "212 555 0177 ext. 4", "email": ""},
        {"phone": "", "email": "MARIA@Example.org "},
        {"given_name": "Mary", "family_name": ""},
    ],
    ids=["phone", "extension", "mail", "name"],
)
def test_the_same_way_to_reach_and_the_same_birth_date_are_flagged(changes):
    first = registered().patient
    second = registered(**changes)
    assert possible_duplicates(second.patient) == [first]


@pytest.mark.django_db
def test_mother_and_daughter_with_one_phone_are_two_people():
    registered()
    daughter = registered(given_name="Hannah", birth_date=date(2001, 5, 6)).patient
    assert possible_duplicates(daughter) == []


@pytest.mark.django_db
def test_strangers_with_one_birth_date_are_two_people():
    registered()
    stranger = registered(phone="(212) 555-0188", email="x@example.org").patient
    assert possible_duplicates(stranger) == []


@pytest.mark.django_db
def test_people_without_phone_or_mail_are_not_all_one():
    for _number in range(2):
        who = registered(phone="", email="", postal_address="1 Main Street")
    assert possible_duplicates(who.patient) == []


@pytest.mark.django_db
def test_a_helper_who_writes_twice_for_one_patient_is_flagged():
    first, second = (
        register(builders.helped(phone="(212) 555-0142"), at=NOON).patient for _number in range(2)
    )
    assert possible_duplicates(second) == [first]


@pytest.mark.django_db
def test_a_patient_and_her_helper_on_one_phone_are_flagged_whoever_writes_first():
    herself = registered().patient
    by_helper = register(builders.helped(phone="(212) 555-0177", email=""), at=NOON).patient
    assert possible_duplicates(by_helper) == [herself]
    assert possible_duplicates(herself) == [by_helper]


@pytest.mark.django_db
def test_a_helper_of_two_patients_does_not_make_them_one():
    register(builders.helped(), at=NOON)
    father = builders.details(given_name="Hugo", birth_date=date(1950, 1, 2), phone="", email="")
    second = register(replace(builders.helped(), patient=father), at=NOON).patient
    assert possible_duplicates(second) == []


@pytest.mark.django_db
def test_a_possible_duplicate_is_kept_and_marked():
    builders.appointment_request()
    builders.appointment_request(at=later(hours=1))
    marks = AppointmentRequest.rows.order_by("created_at")
    assert [one.possible_duplicate for one in marks] == [False, True]


@pytest.mark.django_db
@pytest.mark.parametrize("people", [builders.intake, builders.helped], ids=["herself", "helper"])
def test_both_desks_name_the_other_request_by_the_end_of_its_reference(people):
    play = builders.cast()
    visit = builders.appointment_request(people=people())
    case = builders.case(play.study, people=people())
    references = {one.about_id: one.code for one in Reference.rows.all()}
    pages = {
        case.pk: signed_in(play.sam).get(reverse("appointments:detail", args=[visit.pk])),
        visit.pk: signed_in(play.ana).get(reverse("desk:detail", args=[case.referrals.get().pk])),
    }
    for other, shown in pages.items():
        text = words(shown)
        assert f"Same phone or e-mail and date of birth as: …-{references[other][4:]}." in text
        # Not the whole: with the birth date it would open her page.
        assert references[other][:4] not in text
        assert "Nothing has been merged." in text
    assert "possible duplicate" in words(pages[visit.pk])


@pytest.mark.django_db
def test_where_nobody_is_alike_no_other_request_is_named():
    play = builders.cast()
    builders.case(play.study, people=builders.intake(birth_date=date(1951, 7, 7)))
    visit = builders.appointment_request()
    text = words(signed_in(play.sam).get(reverse("appointments:detail", args=[visit.pk])))
    assert "date of birth as:" not in text
    assert "possible duplicate" not in text


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("(212) 555-0177", "2125550177"),
        ("+1 212 555 0177", "2125550177"),
        ("212.555.0177 ext. 12", "2125550177"),
        ("", ""),
    ],
)
def test_numbers_are_compared_by_their_digits(typed, digits):
    assert phone_digits(typed) == digits


# -- Contact ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_somebody_who_cannot_be_reached_is_not_registered():
    with pytest.raises(CannotBeReached), transaction.atomic():
        registered(phone="", email="")
    assert not Person.rows.exists()


@pytest.mark.django_db
def test_the_one_to_speak_to_first_is_contacted_if_she_can_be_reached():
    alone = registered().patient
    assert contact_person(alone) == alone

    both = register(builders.helped(phone="(212) 555-0142"), at=NOON)
    assert contact_person(both.patient) == both.helper.person == both.writer

    both.helper.speak_first = "patient"
    both.helper.save()
    assert contact_person(both.patient) == both.helper.person, "the patient gave no number"
    both.patient.phone = "(212) 555-0177"
    both.patient.save()
    assert contact_person(both.patient) == both.patient


@pytest.mark.django_db
def test_corrected_contact_details_are_saved_found_and_recorded_without_values():
    person = registered().patient
    before = person.phone_index
    changes = {"phone": "(212) 555-0199", "email": person.email, "given_name": "Somebody"}
    correct_contact(person, changes, by=VISITOR, at=later(hours=1))

    stored = Person.rows.get()
    assert (stored.phone, stored.given_name) == ("(212) 555-0199", "Maria")
    assert stored.phone_index not in ("", before)
    event = Event.objects.about(*about(person)).get()
    assert (event.verb, event.codes) == ("correct_contact", {"fields": ["phone"]})
    assert event.at == later(hours=1)


@pytest.mark.django_db
def test_one_way_to_reach_her_has_to_remain():
    person = registered().patient
    with pytest.raises(CannotBeReached):
        correct_contact(person, {"phone": "", "email": ""}, by=VISITOR, at=NOON)
    assert Person.rows.get().can_be_reached
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_details_that_did_not_change_leave_no_event():
    person = registered().patient
    correct_contact(person, {"phone": person.phone}, by=VISITOR, at=NOON)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_contact_details_and_their_event_are_saved_together():
    person = registered().patient
    nobody = type(VISITOR)("nobody", "x")
    with pytest.raises(IntegrityError, match="actor_kind"):
        correct_contact(person, {"phone": "(212) 555-0199"}, by=nobody, at=NOON)
    assert Person.rows.get().phone == "(212) 555-0177"


@pytest.mark.django_db
def test_a_person_shows_no_name_where_it_would_reach_a_log():
    person = registered().patient
    assert "Maria" not in str(person) + repr(person)
    assert "Zzyzx" not in str(person) + repr(person)


# -- Roles -----------------------------------------------------------------------------------------
def personal_models():
    """Every model that holds something sealed or leads to a person, at however many removes."""
    found, size = {Person}, 0
    while size != len(found):
        size = len(found)
        for model in apps.get_models():
            fields = model._meta.get_fields(include_hidden=True)
            own = [one for one in fields if getattr(one, "concrete", False)]
            if any(isinstance(one, SealedField) or one.related_model in found for one in own):
                found.add(model)
    return sorted(found, key=lambda one: one._meta.label)


ACTIONS = ("view", "add", "change", "delete")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [roles.EDITOR, roles.REVIEWER, roles.ADMINISTRATOR])
def test_who_works_on_pages_has_no_permission_on_anything_personal(role):
    user = builders.colleague("somebody", role)
    models = personal_models()
    assert {Person, Referral, AppointmentRequest, Consent, Reference} <= set(models)
    allowed = [
        f"{model._meta.app_label}.{action}_{model._meta.model_name}"
        for model in models
        for action in ACTIONS
        if user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
    ]
    assert allowed == []


def test_the_admin_shows_personal_rows_only_through_visible_to():
    registered_here = {model: type(site) for model, site in admin.site._registry.items()}
    for model in personal_models():
        if model in registered_here:
            assert issubclass(registered_here[model], VisibleRowsAdmin), model
    assert issubclass(VisibleRowsAdmin, ReadOnlyAdmin)
    assert Person not in registered_here


@pytest.mark.django_db
def test_a_superuser_without_a_role_sees_no_patient():
    cast = builders.cast()
    builders.referral(cast.study)
    builders.appointment_request()
    root = User.objects.create_superuser("root@example.org", builders.PASSWORD, full_name="Root")
    assert root.has_perm("desk.view_referral")
    assert not Referral.objects.visible_to(root).exists()
    assert not AppointmentRequest.objects.visible_to(root).exists()


@pytest.mark.django_db
def test_each_role_sees_its_own_rows():
    cast = builders.cast()
    builders.referral(cast.study)
    builders.appointment_request()
    sees = {
        name: (
            Referral.objects.visible_to(user).count(),
            AppointmentRequest.objects.visible_to(user).count(),
        )
        for name, user in vars(cast).items()
        if isinstance(user, User)
    }
    assert sees == {
        "ana": (1, 0),
        "ben": (1, 0),
        "chloe": (0, 0),
        "lena": (1, 0),
        "sam": (0, 1),
        "tess": (0, 1),
        "erin": (0, 0),
        "alex": (0, 0),
    }


@pytest.mark.django_db
def test_who_has_left_may_do_and_see_nothing():
    cast = builders.cast()
    builders.referral(cast.study)
    cast.ana.is_active = False
    cast.ana.save()
    ana = User.objects.get(pk=cast.ana.pk)
    assert not Referral.objects.visible_to(ana).exists()
    assert not ana.has_perm("desk.view_referral")
    assert not ana.has_module_perms("desk")
    assert not ana.is_staff
    assert ana not in User.objects.with_role(roles.COORDINATOR)


@pytest.mark.django_db
def test_addresses_are_compared_in_small_letters():
    sam = builders.colleague("sam")
    assert User.objects.get_by_natural_key(" SAM@Example.ORG ") == sam
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("Sam@example.org", full_name="Other")


@pytest.mark.django_db
def test_a_colleague_without_a_password_cannot_sign_in(client):
    User.objects.create_user("new@example.org", full_name="New")
    assert not client.login(username="new@example.org", password="")
    assert not client.login(username="new@example.org", password=None)
