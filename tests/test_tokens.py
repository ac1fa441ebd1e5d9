"""Names and numbers as callers say them: what is stored, and what is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.find.asked import Asked, HalfANumber, NothingToFind, TermKind, read
from clinic.people.tokens import LONGEST_PART, asked_words, last_four, name_parts


def finds(typed, name):
    """Whether every word that was typed is part of the name."""
    words = asked_words(typed)
    return bool(words) and set(words) <= name_parts(name)


# -- Names -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Mar", "María"),
        ("maria", "MARÍA"),
        ("MARIA", "Marı́a"),
        ("García", "Ana García-Márquez"),
        ("marquez", "Ana García-Márquez"),
        ("garcia marquez", "Ana García Márquez"),
        ("marquez garcia", "Ana García-Márquez"),
        ("angeles", "María de los Ángeles"),
        ("Maria de los Angeles", "María Ángeles"),
        ("maria angeles", "María de los Ángeles"),
        ("nunez", "Núñez"),
        ("Núñez", "Nunez"),
        ("Munoz y Vega", "Muñoz Vega"),
        ("O'Neil", "Erin O’Neil"),
        ("oneil", "Erin O'Neil"),
        ("neil", "Erin O'Neil"),
        ("O Neil", "Erin O'Neil"),
        ("O´Neil", "Erin ONeil"),
        ("d'Angelo", "D’Angelo"),
        ("van der Berg", "Vanderberg Berg"),
        ("strasse", "Straße"),
        ("lukasz", "Łukasz"),
        ("soren", "Søren"),
        ("dinh", "Đinh"),
        ("Do", "Minh Do"),
        ("le van", "Le Van Minh"),
        ("Li", "Li Na"),
        ("李", "李 娜"),
        ("김", "김 서연"),
        ("мария", "Мария"),
        ("Guadal", "Guadalupe"),
        ("Wolfeschlegelsteinhausen", "Wolfeschlegelsteinhausenbergerdorff"),
        ("Maria A", "Maria Alvarez"),
    ],
)
def test_a_name_is_found_however_it_is_heard(typed, name):
    assert finds(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ma", "Maria"),
        ("aria", "Maria"),
        ("Maria Lopez", "Maria Garcia"),
        ("Marta", "Maria"),
        ("de la", "Maria Cruz"),
        ("Mariana", "Maria"),
        ("", "Maria"),
        ("😀", "Maria"),
        ("M", "Maria"),
    ],
)
def test_another_name_is_not_found(typed, name):
    assert not finds(typed, name)


@given(st.text(min_size=1, max_size=200))
def test_a_name_is_always_found_by_itself(name):
    assert set(asked_words(name)) <= name_parts(name)


@given(st.text(max_size=200))
def test_no_name_makes_more_parts_than_it_has_letters(name):
    # Joined at an apostrophe and split at it; one letter may stand for as many as it folds to.
    assert all(len(part) <= LONGEST_PART for part in name_parts(name))


@pytest.mark.parametrize(
    ("phone", "end"),
    [
        ("(212) 555-0177", "0177"),
        ("(212) 555-0177 ext. 4321", "0177"),
        ("+442079460958", "0958"),
        ("", ""),
        ("123", ""),
    ],
)
def test_a_number_ends_before_its_extension(phone, end):
    assert last_four(phone) == end


# -- What was typed --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Maria", Asked(words=("maria",))),
        ("Maria 0177", Asked(words=("maria",), last_fours=("0177",))),
        ("0177 maria", Asked(words=("maria",), last_fours=("0177",))),
        ("0177", Asked(last_fours=("0177",))),
        ("٠١٧٧", Asked(last_fours=("0177",))),
        ("(212) 555-0177", Asked(phones=("2125550177",))),
        ("+1 212.555.0177 ext. 4", Asked(phones=("12125550177",))),
        ("212 555 0177 Maria", Asked(words=("maria",), phones=("2125550177",))),
        ("maria@example.org", Asked(emails=("maria@example.org",))),
        ("ABCD-2345", Asked(codes=("ABCD2345",), words=("abcd",), last_fours=("2345",))),
        ("abcd2345", Asked(codes=("ABCD2345",), words=("abcd",), last_fours=("2345",))),
        ("abc2-34ef", Asked(codes=("ABC234EF",))),
        ("Margaret", Asked(codes=("MARGARET",), words=("margaret",))),
    ],
)
def test_what_was_typed_is_taken_apart(typed, asked):
    assert read(typed) == asked


@pytest.mark.parametrize("typed", ["M", "😀", "-", "'; --", "@", "´", "  .  ", "©®"])
def test_too_little_is_refused(typed):
    with pytest.raises(NothingToFind):
        read(typed)


@pytest.mark.parametrize("typed", ["1", "017", "55501", "Maria 55501", "Maria 1"])
def test_half_a_number_is_refused(typed):
    with pytest.raises(HalfANumber):
        read(typed)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_or_refused(typed):
    try:
        asked = read(typed)
    except (NothingToFind, HalfANumber):
        return
    assert asked.codes or asked.kinds


@pytest.mark.parametrize(
    ("typed", "telling"),
    [
        ("Maria", False),
        ("Maria Garcia", False),
        ("0177", False),
        ("Maria 0177", True),
        ("212 555 0177", True),
        ("maria@example.org", True),
        ("ABCD-2345", True),
        ("Margaret", False),
    ],
)
def test_only_who_speaks_with_her_knows_enough(typed, telling):
    # Of a reference only the rows can tell whether it is one: here its halves read as a name.
    assert read(typed).is_telling is telling


def test_kinds_are_codes_without_values():
    kinds = read("Maria 0177").kinds
    assert kinds == [TermKind.NAME, TermKind.LAST_FOUR]
    assert [str(one) for one in kinds] == ["name", "last_four"]
