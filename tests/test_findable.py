"""What a person is found by follows her name and number, and tells neither."""

from __future__ import annotations

import pytest

from clinic.audit.recording import VISITOR
from clinic.people.intake import correct_contact, register
from clinic.people.models import Person, SearchToken
from clinic.people.models.findable import LeavesHerUnfound
from clinic.people.models.search import TokenKind, sought
from tests import builders
from tests.builders import NOON


def found_by(kind, said):
    return {token.person_id for token in sought(kind, said)}


@pytest.mark.django_db
def test_a_new_number_replaces_the_old_one_in_the_search():
    person = register(builders.intake(), at=NOON).patient
    names = set(SearchToken.rows.filter(kind=TokenKind.NAME).values_list("pk", flat=True))
    correct_contact(person, {"phone": "(212) 555-0199"}, by=VISITOR, at=NOON)
    assert found_by(TokenKind.DIGITS, "0199") == {person.pk}
    assert found_by(TokenKind.DIGITS, "0177") == set()
    assert set(SearchToken.rows.filter(kind=TokenKind.NAME).values_list("pk", flat=True)) == names


@pytest.mark.django_db
def test_saving_one_line_leaves_alone_what_hangs_on_another():
    person = register(builders.intake(), at=NOON).patient
    stale = Person.rows.get(pk=person.pk)
    person.family_name = "García-Márquez"
    person.save(update_fields=["family_name"])
    stale.phone = "(212) 555-0199"
    stale.save(update_fields=["phone"])
    assert found_by(TokenKind.NAME, "marquez") == {person.pk}
    assert found_by(TokenKind.NAME, "zzyzx") == set()
    assert found_by(TokenKind.DIGITS, "0199") == {person.pk}


@pytest.mark.django_db
def test_two_halves_of_a_name_changed_by_two_are_both_found():
    person = register(builders.intake(), at=NOON).patient
    stale = Person.rows.get(pk=person.pk)
    person.family_name = "García"
    person.save(update_fields=["family_name"])
    stale.given_name = "Inés"
    stale.save(update_fields=["given_name"])
    assert Person.rows.get().full_name == "Inés García"
    assert found_by(TokenKind.NAME, "ines") == found_by(TokenKind.NAME, "garcia") == {person.pk}
    assert found_by(TokenKind.NAME, "maria") == set()


@pytest.mark.django_db
def test_people_made_in_bulk_are_found():
    (person,) = Person.rows.bulk_create(
        [Person(given_name="Zoë", phone="(212) 555-0142", email="Z@x.org", created_at=NOON)]
    )
    assert found_by(TokenKind.NAME, "zoe") == found_by(TokenKind.DIGITS, "0142") == {person.pk}
    assert Person.rows.reached_by(emails=["z@x.org"]).get() == person


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["given_name", "family_name", "phone", "email"])
def test_nobody_is_renamed_past_her_tokens(name):
    person = register(builders.intake(), at=NOON).patient
    with pytest.raises(LeavesHerUnfound, match=name):
        Person.rows.filter(pk=person.pk).update(**{name: "x"})
    setattr(person, name, "x")
    with pytest.raises(LeavesHerUnfound, match=name):
        Person.rows.bulk_update([person], [name])


@pytest.mark.django_db
def test_the_table_of_tokens_tells_no_name_and_no_number():
    register(builders.intake(), at=NOON)
    rows = repr(list(SearchToken.rows.values_list("kind", "digest")))
    assert "name" in rows
    assert not [one for one in ("mar", "zzy", "0177") if f"'{one}" in rows.lower()]
    assert len({row.digest for row in SearchToken.rows.all()}) == SearchToken.rows.count()


@pytest.mark.django_db
def test_no_token_and_no_index_hangs_on_the_date_of_birth():
    one = register(builders.intake(), at=NOON).patient
    tokens = set(SearchToken.rows.values_list("kind", "digest"))
    one.birth_date = "1950-01-02"
    one.save()
    assert set(SearchToken.rows.values_list("kind", "digest")) == tokens
