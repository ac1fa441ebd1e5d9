"""Rows about people have one door, and no page goes around it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from clinic.appointments.models import AppointmentRequest
from clinic.encryption import SealedField
from clinic.people import roles
from clinic.people.models import Consent, Helper, Person, Reference, SearchToken
from clinic.scoping import OutOfScope, Scoped
from referrals.desk.models import Case, Referral
from tests.builders import appointment_request, cast, colleague, helped, pay, referral

ROOMS = ("clinic", "education", "referrals")
PAGES = ("views.py", "forms.py", "admin.py", "_views.py", "_forms.py", "_admin.py")
AROUND = {"rows", "_default_manager", "_base_manager"}


def about_people():
    """Models that hold something sealed, or that point at a person, or at a model that does."""
    found = {one for one in apps.get_models() if has_sealed(one)} | {Person}
    while more := {one for one in apps.get_models() if points_at(one, found)} - found:
        found |= more
    return found


def has_sealed(model) -> bool:
    return any(isinstance(field, SealedField) for field in model._meta.get_fields())


def points_at(model, others) -> bool:
    return any(field.many_to_one and field.related_model in others for field in model._meta.fields)


def test_every_model_about_people_has_the_scoped_door():
    without = [one.__name__ for one in about_people() if not isinstance(one.objects, Scoped)]
    assert without == []


@pytest.mark.parametrize("ask", ["all", "filter", "get", "count", "create", "update", "first"])
def test_the_door_opens_for_nobody_in_particular(ask):
    for model in about_people():
        with pytest.raises(OutOfScope, match="visible_to"):
            getattr(model.objects, ask)()


def pages():
    """The files that answer somebody: views, forms, admin pages."""
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            if path.name.endswith(PAGES) or path.parent.name == "admin":
                yield path


@pytest.mark.parametrize("path", list(pages()), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_goes_around_the_door(path):
    names = {model.__name__ for model in about_people()}
    tree = ast.parse(path.read_text("utf-8"))
    around = [
        f"{node.value.id}.{node.attr} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in names and node.attr in AROUND
    ]
    # `get_object_or_404(Person)` would ask the manager that gives every row.
    handed = [
        f"{one.id} in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "get_object_or_404"
        for one in node.args[:1]
        if isinstance(one, ast.Name) and one.id in names
    ]
    assert around + handed == []


@pytest.mark.django_db
def test_what_hangs_on_a_request_is_seen_with_it_and_not_without():
    play = cast()
    own = referral(play.study, people=helped())
    pay()
    appointment_request()
    nobody = colleague("norma", roles.EDITOR)
    for model in (Person, Helper, Consent, Reference, SearchToken, Case, Referral):
        mine, every = set(model.objects.visible_to(play.ana)), set(model.rows.all())
        assert mine, model.__name__
        assert mine <= every, model.__name__
        assert not model.objects.visible_to(nobody).exists(), model.__name__
        assert not model.objects.visible_to(play.chloe).exists(), model.__name__
    assert {one.pk for one in Person.objects.visible_to(play.ana)} == {
        own.case.person_id,
        own.case.person.helpers.get().person_id,
    }
    assert AppointmentRequest.objects.visible_to(play.sam).exists()
    assert not AppointmentRequest.objects.visible_to(play.ana).exists()
