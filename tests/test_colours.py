"""The centre's two colors: refused where somebody could not read them, by day and by night."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.design import colours
from clinic.places.models import Centre
from tests.test_stylesheet import contrast

# Main and second color of invented centres: blue, red, green, violet, near black, brown.
PAIRS = [
    ("#004b87", "#1b6b3a"),
    ("#8a1538", "#5f4b32"),
    ("#14532d", "#8a1538"),
    ("#4b2e83", "#0b5c6b"),
    ("#111111", "#004b87"),
    ("#5b3a1a", "#4b2e83"),
]


def centre(**changed):
    return Centre(
        name="Riverbend", neutral_name="Riverbend", sender_address="a@river.example", **changed
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("main", "accent"), PAIRS)
def test_dark_colors_are_taken(main, accent):
    centre(primary_color=main, accent_color=accent).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "pale"),
    [("primary_color", "#2a8ca0"), ("primary_color", "#ffd84d"), ("accent_color", "#6fae87")],
)
def test_a_color_that_cannot_be_read_is_refused_beside_its_field(name, pale):
    with pytest.raises(ValidationError) as refused:
        centre(**{name: pale}).full_clean()
    assert list(refused.value.message_dict) == [name]


@pytest.mark.django_db
def test_what_is_no_color_is_refused_once():
    with pytest.raises(ValidationError) as refused:
        centre(primary_color="teal").full_clean()
    assert len(refused.value.message_dict["primary_color"]) == 1


def scheme(text, *, night):
    day, dark = text.split(colours.NIGHT)
    found = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", dark if night else day))
    return colours.tokens(night=night) | found


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(("main", "accent"), PAIRS)
def test_every_shade_made_from_them_can_be_read(main, accent, night):
    ink = scheme(colours.style(main, accent), night=night)
    grounds = ("paper", "sheet", "tint", "warm", "primary-tint")
    pairs = [(text, on) for text in ("text", "secondary", "primary") for on in grounds]
    pairs += [("on-primary", "primary"), ("on-primary", "primary-deep"), ("primary-deep", "sheet")]
    found = {pair: contrast(ink[pair[0]], ink[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}
    assert contrast(ink["primary"], ink["paper"]) >= 7
    assert contrast(ink["on-strong"], main) >= 7


@pytest.mark.django_db
def test_the_address_holds_all_of_it(client):
    url = reverse("design:colours", args=["004b87", "1b6b3a"])
    response = client.get(url)
    assert response["Content-Type"] == "text/css"
    assert "immutable" in response["Cache-Control"]
    assert response.text == colours.style("#004b87", "#1b6b3a")
    assert client.get(reverse("design:colours", args=["ffd84d", "1b6b3a"])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("main", "linked"), [("#0b5c6b", False), ("#004b87", True), ("#ffd84d", False)]
)
def test_a_page_links_them_where_they_are_its_own_and_readable(client, main, linked):
    centre(primary_color=main).save()
    assert ("/colors/" in client.get("/nowhere/").text) is linked
