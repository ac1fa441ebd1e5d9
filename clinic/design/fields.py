"""Fields for what people type about themselves, with errors that say what to do next.

Holds reading and its words. Refuses to hold which field belongs to which question.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator, MaxLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.design import phone
from clinic.design.plain_text import tidy


class ShortEnough(MaxLengthValidator):
    """Says how far a text is over its limit; the text itself stays as typed."""

    message = ngettext_lazy(
        "Shorten this to %(limit_value)d character. It has %(show_value)d.",
        "Shorten this to %(limit_value)d characters. It has %(show_value)d.",
        "limit_value",
    )


class PlainText(forms.CharField):
    """A text in any script; unseen characters are left out, line ends become newlines.

    `max_length` is checked here and not by the browser, which would cut a pasted text silently.
    `counted` says beneath the box how much room there is, and what is left of it while one types.
    """

    def __init__(
        self,
        *,
        max_length: int = 200,
        multiline: bool = False,
        rows: int = 5,
        counted: bool = False,
        **kwargs: Any,
    ) -> None:
        self.multiline = multiline
        self.counted_to = max_length if counted else None
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.validators.append(ShortEnough(max_length))

    def to_python(self, value: Any) -> str:
        """The tidied text; empty stays empty."""
        raw = "" if value is None else str(value)
        return str(super().to_python(tidy(raw, multiline=self.multiline)) or "")


class PhoneField(PlainText):
    """A telephone number; cleans to `PhoneNumber.display`, such as `(555) 010-0199 ext. 4`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"})
        )
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value: Any) -> str:
        """Read the number; words and half numbers are refused each with its own sentence."""
        text = super().to_python(value)
        # An over-long text is left to the length check: its sentence is the more useful one.
        if not text or len(text) > 60:
            return text
        try:
            return phone.parse(text).display
        except phone.NotANumber:
            message = _("Enter a phone number with digits, like (555) 010-0123.")
            raise ValidationError(message, code="words") from None
        except phone.IncompleteNumber:
            message = _(
                "Enter all 10 digits, like (555) 010-0123. "
                "For a number outside the United States, start with + and the country code."
            )
            raise ValidationError(message, code="incomplete") from None


class EmailAddress(PlainText):
    """An e-mail address, without spaces around it."""

    default_validators = [validate_email]
    default_error_messages = {
        "invalid": _("Enter an e-mail address with an @ and a dot, like name@example.com."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        kwargs.setdefault("widget", forms.EmailInput(attrs=attrs))
        super().__init__(max_length=254, **kwargs)


class WholeNumber(forms.IntegerField):
    """A whole number in a plain text box: type="number" drops what it cannot read."""

    default_error_messages = {"invalid": _("Enter a whole number, like 3.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**kwargs)


class FileField(forms.FileField):
    """One file of the kinds named, such as `("pdf", "jpg")`, of at most so many megabytes."""

    default_error_messages = {
        "required": _("Choose a file."),
        "empty": _("This file is empty. Choose another one."),
        "too_large": _("This file is too large. It may have %(most)d megabytes."),
        "kind": _("This kind of file cannot be read here. Choose one of: %(allowed_extensions)s."),
    }

    def __init__(self, *, kinds: tuple[str, ...], megabytes: int = 10, **kwargs: Any) -> None:
        accept = ",".join(f".{kind}" for kind in kinds)
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": accept}))
        super().__init__(**kwargs)
        self.megabytes = megabytes
        self.validators.append(FileExtensionValidator(kinds, self.error_messages["kind"], "kind"))

    def validate(self, value: UploadedFile | None) -> None:
        """Refuse what is too large before anything reads it."""
        super().validate(value)
        if value and (value.size or 0) > self.megabytes * 1024 * 1024:
            most = {"most": self.megabytes}
            raise ValidationError(self.error_messages["too_large"], "too_large", most)
