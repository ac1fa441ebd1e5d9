"""Short references, private links and the count of tries: what opens a request, and what never."""

from __future__ import annotations

import base64
import string
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.test import RequestFactory

from clinic.appointments.models import AppointmentRequest
from clinic.people import references
from clinic.people.intake import (
    register,
)
from clinic.people.models import Attempt, Person, PrivateLink, Reference
from clinic.people.references import (
    ALPHABET,
    CODE_LENGTH,
    LINK_LIFE,
    LINK_RENEWED,
    LinkNotValid,
    find,
    link_for,
    make_link,
    make_reference,
    normalise_code,
    open_link,
    token_of,
)
from clinic.people.throttle import allow, client_address
from tests import builders
from tests.builders import NOON
from tests.races import at_once

BORN = date(1972, 4, 27)
SECOND = timedelta(seconds=1)


def referenced():
    """A request's reference."""
    return Reference.rows.get(about_id=builders.appointment_request().pk)


# -- References ------------------------------------------------------------------------------------
def test_a_reference_has_forty_bits_that_can_be_read_out():
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set("01OI") & set(ALPHABET)
    assert set(ALPHABET) <= set(string.ascii_uppercase + string.digits)
    assert CODE_LENGTH * 5 >= 40


@pytest.mark.django_db
def test_references_differ_and_use_the_whole_alphabet():
    person = register(builders.intake(), at=NOON).patient
    subjects = [Person(pk=uuid.uuid4()) for _number in range(200)]
    codes = [make_reference(one, person=person, at=NOON).code for one in subjects]
    assert len(set(codes)) == len(codes)
    assert set("".join(codes)) == set(ALPHABET)
    assert {len(code) for code in codes} == {CODE_LENGTH}


@pytest.mark.django_db
def test_a_code_that_is_taken_is_drawn_again(monkeypatch):
    person = register(builders.intake(), at=NOON).patient
    drawn = iter("A" * CODE_LENGTH * 2 + "B" * CODE_LENGTH)
    monkeypatch.setattr(references.secrets, "choice", lambda _alphabet: next(drawn))
    codes = [
        make_reference(Person(pk=uuid.uuid4()), person=person, at=NOON).code for _number in range(2)
    ]
    assert codes == ["A" * CODE_LENGTH, "B" * CODE_LENGTH]


@pytest.mark.django_db
def test_a_request_has_one_reference():
    reference = referenced()
    request = AppointmentRequest.rows.get()
    with pytest.raises(IntegrityError):
        make_reference(request, person=reference.person, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spell",
    [
        str,
        str.lower,
        lambda code: f"{code[:4]}-{code[4:]}",
        lambda code: f"  {code[:4]} {code[4:].lower()} ",
        " ".join,
        lambda code: f"{code[:4]}–{code[4:]}",
        lambda code: f"#{code[:4]}.{code[4:]}.",
    ],
)
def test_a_reference_is_found_however_it_is_typed(spell):
    reference = referenced()
    assert find(spell(reference.code), BORN) == reference
    assert find(reference.spoken, BORN) == reference


@pytest.mark.django_db
def test_a_wrong_date_and_a_wrong_code_find_nothing():
    reference = referenced()
    assert find(reference.code, date(1972, 4, 28)) is None
    assert find("22222222", BORN) is None
    for typed in ("", "-", "x" * 500, "'; --", "é", "\x00"):
        assert find(normalise_code(typed), BORN) is None


@pytest.mark.django_db
def test_a_reference_of_somebody_without_a_birth_date_opens_for_no_date():
    reference = referenced()
    Person.rows.filter(pk=reference.person_id).update(birth_date="")
    assert find(reference.code, BORN) is None


# -- Private links ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_link_opens_its_request_until_it_ends():
    reference = referenced()
    token = token_of(make_link(reference, at=NOON))
    assert len(token) == 43
    assert open_link(token, at=NOON).reference == reference
    assert open_link(token, at=NOON + LINK_LIFE - SECOND).reference == reference
    for at in (NOON + LINK_LIFE, NOON + LINK_LIFE + SECOND):
        with pytest.raises(LinkNotValid, match="ended"):
            open_link(token, at=at)


@pytest.mark.django_db
def test_a_link_with_one_sign_changed_opens_nothing():
    token = token_of(make_link(referenced(), at=NOON))
    signs = string.ascii_letters + string.digits + "-_"
    for place in range(len(token) - 1):  # The last sign carries two bits that mean nothing.
        other = signs[(signs.index(token[place]) + 7) % len(signs)]
        with pytest.raises(LinkNotValid):
            open_link(token[:place] + other + token[place + 1 :], at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token", ["", "A", "AAAA", "A" * 43, "A" * 44, "é" * 43, "\x00" * 43, "../" * 14, "%20" * 20]
)
def test_what_is_no_link_opens_nothing(token):
    with pytest.raises(LinkNotValid):
        open_link(token, at=NOON)


@pytest.mark.django_db
def test_a_seal_belongs_to_one_link():
    reference = referenced()
    one, two = (
        base64.urlsafe_b64decode(token_of(make_link(reference, at=NOON)) + "=")
        for _number in range(2)
    )
    mixed = base64.urlsafe_b64encode(one[:16] + two[16:]).decode().rstrip("=")
    with pytest.raises(LinkNotValid, match="not ours"):
        open_link(mixed, at=NOON)


@pytest.mark.django_db
def test_a_revoked_link_and_one_that_is_gone_open_nothing():
    link = make_link(referenced(), at=NOON)
    token = token_of(link)
    PrivateLink.rows.update(revoked_at=NOON)
    with pytest.raises(LinkNotValid, match="ended"):
        open_link(token, at=NOON)
    PrivateLink.rows.all().delete()
    with pytest.raises(LinkNotValid, match="ended"):
        open_link(token, at=NOON)


@pytest.mark.django_db
def test_the_secret_of_a_link_is_in_no_row():
    link = make_link(referenced(), at=NOON)
    row = PrivateLink.rows.values().get(pk=link.pk)
    assert token_of(link)[22:] not in repr(row)


@pytest.mark.django_db
def test_a_link_is_given_again_while_it_lasts_long_enough():
    reference = referenced()
    first = link_for(reference, at=NOON)
    assert link_for(reference, at=NOON + LINK_LIFE - LINK_RENEWED - SECOND) == first
    second = link_for(reference, at=NOON + LINK_LIFE - LINK_RENEWED)
    assert second != first
    PrivateLink.rows.filter(pk=second.pk).update(revoked_at=NOON)
    assert link_for(reference, at=NOON + LINK_LIFE - LINK_RENEWED) not in (first, second)


# -- Throttle --------------------------------------------------------------------------------------
WINDOW = timedelta(minutes=15)


def tries(count, *, bucket="test", key="10.0.0.1", limit=3, at=NOON):
    return [allow(bucket, key, limit=limit, window=WINDOW, at=at) for _number in range(count)]


@pytest.mark.django_db
def test_after_the_limit_nobody_gets_in_until_the_window_ends():
    assert tries(5) == [True, True, True, False, False]
    assert tries(1, at=NOON + WINDOW - SECOND) == [False]
    assert tries(4, at=NOON + WINDOW) == [True, True, True, False]


@pytest.mark.django_db
def test_one_who_is_stopped_does_not_stop_another():
    tries(5)
    assert tries(1, key="10.0.0.2") == [True]
    assert tries(1, bucket="other") == [True]


@pytest.mark.django_db
def test_the_table_of_tries_holds_no_address():
    tries(1, key="10.0.0.1")
    assert "10.0.0.1" not in repr(Attempt.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_do_not_slip_past_the_limit_together():
    results = at_once(lambda _number: tries(1)[0])
    assert sum(results) <= 3
    assert Attempt.objects.get().count == len(results)
    assert tries(1) == [False]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1, 6.6.6.6", "6.6.6.6"),
        (2, "1.1.1.1, 6.6.6.6, 10.0.0.9", "6.6.6.6"),
        (2, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_an_address_that_a_visitor_made_up_is_not_believed(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded}
    )
    assert client_address(request) == address
