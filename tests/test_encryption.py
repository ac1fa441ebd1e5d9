"""Personal data at rest: nothing in clear, nothing movable, keys that can be changed."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from hypothesis import given
from hypothesis import strategies as st

from clinic.encryption import (
    CannotDecrypt,
    SealedField,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    keyed_digest,
    keyed_digests,
)
from clinic.people.models import Person, PersonIdentifier
from clinic.people.models.findable import EMAIL_INDEX
from tests import builders
from tests.breaking import spoiled
from tests.builders import NOON

PLACE = "room_table.column"
OLD = {"tests": bytes(range(32))}
ROTATED = {"newer": bytes(range(32, 64)), **OLD}
SECRETS = ("Zzyzx", "Maria", "1972-04-27", "5550177", "555-0177", "maria@example.org", "Ulitsa 7")


def person(**changes):
    """A person with something in every column."""
    values = {
        "given_name": "Maria",
        "family_name": "Zzyzx",
        "birth_date": "1972-04-27",
        "phone": "(212) 555-0177",
        "email": "maria@example.org",
        "postal_address": "Ulitsa 7",
        "contact_note": "call after four",
        "created_at": NOON,
    }
    return Person.rows.create(**(values | changes))


def stored(model, column, pk):
    """What the database itself holds."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        name = connection.ops.quote_name(column)
        key = model._meta.pk.get_db_prep_value(pk, connection)
        cursor.execute(f"SELECT {name} FROM {table} WHERE id = %s", [key])
        return cursor.fetchone()[0]


def overwrite(model, pk, **columns):
    """Change a row behind the application's back."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        key = model._meta.pk.get_db_prep_value(pk, connection)
        for column, value in columns.items():
            name = connection.ops.quote_name(column)
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", [value, key])


# -- Sealing ---------------------------------------------------------------------------------------
@given(st.text())
def test_whatever_was_sealed_opens_again(text):
    assert decrypt(encrypt(text, place=PLACE), place=PLACE) == text


def test_the_same_text_is_never_sealed_alike():
    assert len({encrypt("Zzyzx", place=PLACE) for _number in range(100)}) == 100


@pytest.mark.parametrize(
    "token",
    [
        "",
        "tests$",
        "tests$AAAA",
        "tests$not base64!",
        "tests$é",
        "nobody$AAAA",
        "no dollar sign",
        "$",
        "tests$" + "A" * 200,
    ],
)
def test_what_was_never_sealed_does_not_open(token):
    with pytest.raises(CannotDecrypt):
        decrypt(token, place=PLACE)


def test_a_sealed_text_with_one_bit_changed_does_not_open():
    with pytest.raises(CannotDecrypt):
        decrypt(spoiled(encrypt("Zzyzx", place=PLACE)), place=PLACE)


def test_a_sealed_text_opens_only_in_its_own_place():
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt("Zzyzx", place=PLACE), place="room_table.other")


def test_a_failure_names_the_place_and_no_value():
    token = spoiled(encrypt("Zzyzx", place=PLACE))
    with pytest.raises(CannotDecrypt) as failure:
        decrypt(token, place=PLACE)
    assert PLACE in str(failure.value)
    assert token.partition("$")[2][:8] not in str(failure.value)


# -- In the database -------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_no_table_and_no_file_holds_what_she_typed():
    cast = builders.cast()
    note = "Zzyzx wrote a note about Ulitsa 7"
    postal = builders.intake(postal_address="Ulitsa 7", contact_note="Zzyzx")
    builders.appointment_request(people=postal, note=note)
    builders.case(cast.study, people=postal, note=note)
    builders.pay()

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            content = repr(cursor.fetchall())
            assert [one for one in SECRETS if one in content] == [], table
    if connection.vendor == "sqlite":
        whole = Path(connection.settings_dict["NAME"]).read_bytes()
        assert len(whole) > 100_000
        assert [one for one in SECRETS if one.encode() in whole] == []


@pytest.mark.django_db
def test_every_sealed_column_gives_back_what_was_put_in():
    one = person()
    loaded = Person.rows.get()
    sealed = [field.name for field in Person._meta.fields if isinstance(field, SealedField)]
    assert len(sealed) == 7
    for name in sealed:
        assert getattr(loaded, name) == getattr(one, name)
        assert stored(Person, name, one.pk).startswith("tests$")


@pytest.mark.django_db
def test_update_and_bulk_create_seal_too():
    one = person()
    Person.rows.update(postal_address="Ulitsa 9")
    (other,) = Person.rows.bulk_create([Person(given_name="Zzyzx", created_at=NOON)])
    assert "Ulitsa" not in stored(Person, "postal_address", one.pk)
    assert "Zzyzx" not in stored(Person, "given_name", other.pk)
    assert Person.rows.get(pk=one.pk).postal_address == "Ulitsa 9"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "computed", [Value("in clear"), F("email"), Concat(Value("a"), Value("b"))]
)
def test_the_database_computes_no_sealed_value(computed):
    one = person()
    with pytest.raises(TypeError, match="is encrypted"), transaction.atomic():
        Person.rows.update(contact_note=computed)
    one.contact_note = computed
    with pytest.raises(TypeError, match="is encrypted"), transaction.atomic():
        Person.rows.bulk_update([one], ["contact_note"])
    assert Person.rows.get().contact_note == "call after four"


@pytest.mark.django_db
def test_empty_stays_empty_and_can_be_asked_for():
    one = person(phone="")
    assert stored(Person, "phone", one.pk) == ""
    person(pk=uuid.uuid4())
    assert Person.rows.get(phone="") == one
    assert Person.rows.exclude(phone="").count() == 1


@pytest.mark.django_db
def test_values_moved_to_another_column_do_not_open():
    one = person()
    overwrite(Person, one.pk, phone=stored(Person, "email", one.pk))
    with pytest.raises(CannotDecrypt, match=r"people_person\.phone"):
        Person.rows.get()


@pytest.mark.django_db
def test_values_moved_to_another_table_do_not_open():
    one = person()
    number = PersonIdentifier.rows.create(person=one, system="mrn", value="123")
    overwrite(PersonIdentifier, number.pk, value=stored(Person, "phone", one.pk))
    with pytest.raises(CannotDecrypt):
        PersonIdentifier.rows.get()


@pytest.mark.django_db
def test_a_value_changed_behind_our_back_does_not_open():
    one = person()
    overwrite(Person, one.pk, phone=spoiled(stored(Person, "phone", one.pk)))
    with pytest.raises(CannotDecrypt):
        Person.rows.get()


@pytest.mark.django_db
def test_a_value_put_there_in_clear_does_not_open():
    overwrite(Person, person().pk, phone="555 0000")
    with pytest.raises(CannotDecrypt):
        Person.rows.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "look_up",
    [
        {"phone__contains": "555"},
        {"phone__icontains": "555"},
        {"phone__startswith": "555"},
        {"phone__iexact": "555"},
        {"phone__in": ["555"]},
        {"phone__gt": "555"},
        {"phone__regex": "5+"},
        {"phone": "555"},
        {"phone__exact": "(212) 555-0177"},
        {"cases__note__contains": "ill"},
    ],
)
def test_a_sealed_value_cannot_be_searched(look_up):
    # An answer of "none found" would be worse than an error: it would be believed.
    with pytest.raises(TypeError, match="is encrypted"):
        Person.rows.filter(**look_up).exists()


@pytest.mark.django_db
def test_a_json_value_is_sealed_with_its_shape():
    builders.centre()
    field = _json_field()
    values = [None, [], {}, "text", 3, {"values": ["Zzyzx"], "certain": False}]
    for value in values:
        sealed = field.get_db_prep_save(value, connection)
        assert sealed is None or sealed.startswith("tests$")
        assert "Zzyzx" not in str(sealed)
        assert field.from_db_value(sealed, None, connection) == value


def _json_field():
    """A sealed JSON column of the project."""
    columns = [
        field
        for model in apps.get_models()
        for field in model._meta.fields
        if type(field).__name__ == "EncryptedJSONField"
    ]
    return columns[0]


# -- Changing keys ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_after_a_new_key_old_values_open_and_new_ones_use_it(settings):
    settings.FIELD_KEYS = OLD
    one = person()
    settings.FIELD_KEYS = ROTATED
    loaded = Person.rows.get()
    assert loaded.phone == "(212) 555-0177"
    loaded.save()
    assert stored(Person, "phone", one.pk).startswith("newer$")
    assert Person.rows.get().phone == "(212) 555-0177"


@pytest.mark.django_db
def test_without_its_key_a_value_does_not_open(settings):
    settings.FIELD_KEYS = OLD
    person()
    settings.FIELD_KEYS = {"newer": ROTATED["newer"]}
    with pytest.raises(CannotDecrypt, match="key 'tests'"):
        Person.rows.get()


def test_another_key_under_the_same_name_does_not_open(settings):
    settings.FIELD_KEYS = OLD
    token = encrypt("Zzyzx", place=PLACE)
    settings.FIELD_KEYS = {"tests": ROTATED["newer"]}
    with pytest.raises(CannotDecrypt):
        decrypt(token, place=PLACE)


@pytest.mark.django_db
def test_after_a_new_key_a_number_is_found_under_the_old_one_too(settings):
    settings.FIELD_KEYS = OLD
    before = person()
    settings.FIELD_KEYS = ROTATED
    after = person(pk=uuid.uuid4())
    assert "" not in (before.phone_index, after.phone_index)
    assert before.phone_index != after.phone_index
    both = {before.pk, after.pk}
    by_phone = Person.rows.reached_by(phones=["+1 212 555 0177"])
    by_mail = Person.rows.reached_by(emails=[" MARIA@example.org"])
    assert {one.pk for one in by_phone} == {one.pk for one in by_mail} == both


def test_a_digest_is_made_with_the_newest_key_and_looked_up_under_all(settings):
    settings.FIELD_KEYS = OLD
    old = keyed_digest("x", purpose="y")
    settings.FIELD_KEYS = ROTATED
    new = keyed_digest("x", purpose="y")
    assert keyed_digests("x", purpose="y") == [new, old]
    assert blind_indexes("x", purpose="y") == [new.hex(), old.hex()]
    assert blind_indexes("", purpose="y") == []
    assert new != old


def test_an_index_tells_nothing_and_is_for_one_purpose(settings):
    digest = blind_index("maria@example.org", purpose=EMAIL_INDEX)
    assert len(digest) == 64
    assert digest == blind_index("maria@example.org", purpose=EMAIL_INDEX)
    assert digest != blind_index("maria@example.org", purpose="another")
    assert digest != blind_index("maria@example.com", purpose=EMAIL_INDEX)
    assert blind_index("", purpose=EMAIL_INDEX) == ""
    settings.FIELD_KEYS = {"tests": ROTATED["newer"]}
    assert digest != blind_index("maria@example.org", purpose=EMAIL_INDEX)


def test_an_index_does_not_hang_on_the_key_of_sessions(settings):
    before = keyed_digest("x", purpose="y"), encrypt("x", place=PLACE)
    settings.SECRET_KEY = "another " * 10
    assert keyed_digest("x", purpose="y") == before[0]
    assert decrypt(before[1], place=PLACE) == "x"
