"""The forms of the pattern book: one small form for each field that a page can ask with.

Holds their shapes. Refuses to be used by any other page.
"""

from __future__ import annotations

from typing import Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Div, Layout, Submit
from django import forms

from clinic.design.forms import (
    EmailAddress,
    FileField,
    HouseForm,
    MonthYear,
    PhoneField,
    PlainText,
    ThreeBoxDate,
    WholeNumber,
    agreement,
    one_of,
    some_of,
)

ANSWERS: Final = (("yes", "Yes"), ("no", "No"), ("unsure", "I am not sure"))
WAYS: Final = (("phone", "By phone"), ("email", "By e-mail"), ("post", "By letter"))


class Name(HouseForm):
    """A line of text, with a hint."""

    name = PlainText(label="Your name", help_text="As you want us to say it.")


class Nickname(HouseForm):
    """A line of text that may stay empty."""

    nickname = PlainText(label="What friends call you", required=False)


class Question(HouseForm):
    """One question a page: its label is the heading."""

    question = "kind"
    kind = one_of(ANSWERS, label="Has the cancer spread?", help_text="A guess is fine.")


class Story(HouseForm):
    """Several lines of text."""

    story = PlainText(
        label="What should we know?",
        help_text="A nurse reads this on the next working day.",
        multiline=True,
        max_length=600,
    )


class Language(HouseForm):
    """One of a long list."""

    language = forms.ChoiceField(
        label="Language", choices=[("", "Choose a language"), ("en", "English"), ("es", "Spanish")]
    )


class Way(HouseForm):
    """One of a few, stacked; some with a line beneath."""

    way = one_of(WAYS, label="How may we reach you?", hints={"post": "A letter takes 3 to 5 days."})


class Times(HouseForm):
    """Any of a few."""

    times = some_of(
        (("morning", "In the morning"), ("noon", "Around noon"), ("evening", "In the evening")),
        label="When may we call?",
        hints={"evening": "Until 8 pm."},
    )


class Agreed(HouseForm):
    """One box that must be ticked."""

    agreed = agreement(
        label="You may call me about this request.", missing="Tick the box, or call us instead."
    )


class Birth(HouseForm):
    """A whole date."""

    born = ThreeBoxDate(label="Date of birth", help_text="For example, 3 14 1968.", birth=True)


class Month(HouseForm):
    """A month of a year."""

    month = MonthYear(label="When was your last treatment?", help_text="For example, 3 2025.")


class Phone(HouseForm):
    """A telephone number."""

    phone = PhoneField(label="Phone number")


class Email(HouseForm):
    """An e-mail address."""

    email = EmailAddress(label="E-mail address")


class Number(HouseForm):
    """A whole number."""

    number = WholeNumber(label="How many treatments have you had?", min_value=0)


class Answer(HouseForm):
    """One of two or three short answers, side by side."""

    answer = one_of(ANSWERS, label="Do you have a fever?", inline=True)


class Helper(HouseForm):
    """An answer that asks for more; without the answer, nobody sees the rest."""

    who = one_of((("me", "Myself"), ("someone", "Someone else")), label="Who is this for?")
    helper_name = PlainText(label="Your own name", required=False)
    reveals = {"who:someone": ("helper_name",)}


class Note(HouseForm):
    """Several lines of text with what is left of their room."""

    note = PlainText(label="Your message", multiline=True, max_length=160, counted=True)


class Password(HouseForm):
    """A password, which a script lets her see."""

    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class Letter(HouseForm):
    """A file."""

    letter = FileField(
        label="A letter from your doctor", kinds=("pdf", "jpg"), help_text="PDF or JPG."
    )


class Grouped(HouseForm):
    """Fields under legends."""

    name = PlainText(label="Your name")
    phone = PhoneField(label="Phone number", required=False)
    email = EmailAddress(label="E-mail address", required=False)
    groups = (("You", ("name",)), ("How we reach you", ("phone", "email")))
    either = ("phone", "email")


class Laid(HouseForm):
    """Fields and a button where a layout puts them."""

    name = PlainText(label="Your name")
    phone = PhoneField(label="Phone number")

    @property
    def helper(self) -> FormHelper:
        """The house's own, with a layout."""
        helper = super().helper
        helper.layout = Layout(Div("name", "phone"), ButtonHolder(Submit("send", "Send")))
        return helper


class Several(HouseForm):
    """Several fields on one page."""

    name = PlainText(label="Your name")
    phone = PhoneField(label="Phone number")
    born = ThreeBoxDate(label="Date of birth")
