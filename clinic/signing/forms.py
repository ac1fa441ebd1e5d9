"""What an editor proposes and a reviewer signs, as clean values. Refuses to propose or to sign."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.people.models import User
from clinic.signing import bodies, kinds
from clinic.signing.kinds import SOURCE_LANGUAGE, ApprovalKind, TextKind
from clinic.signing.models import Approval, TextVersion
from clinic.signing.verbs import canonical, says_nothing_new
from clinic.signing.waiting import in_words, kind_label, missing, newest_version, waiting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def in_lines(body: Any) -> str:
    """A body as people edit it: indented JSON."""
    return json.dumps(body, ensure_ascii=False, indent=2)


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind_label(kind.code)) for kind in kinds.proposable()]


def _list(rows: list[tuple[str, StrOrPromise]]) -> SafeString:
    return format_html_join("", "<br>{}: {}", rows)


def _parsed(text: str) -> Any:
    try:
        body = json.loads(text)
        canonical({"": body}).encode()  # half an emoji can be written in JSON, but not stored
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        words = gettext("This is not JSON: look at line %(line)s, column %(column)s.")
        raise forms.ValidationError(words % place) from error
    except (RecursionError, UnicodeEncodeError) as error:
        raise forms.ValidationError(_("These words cannot be stored.")) from error
    return body


class ProposalForm(forms.ModelForm[TextVersion]):
    """New words for a text: the kind says what belongs in them."""

    kind = forms.ChoiceField(label=_("Kind"), choices=_kind_choices)
    subject = forms.CharField(label=_("Subject"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    body = forms.CharField(label=_("Words"), widget=forms.Textarea(attrs={"rows": 24, "cols": 90}))

    class Meta:
        model = TextVersion
        fields = ("body",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = kinds.proposable()
        self.fields["subject"].help_text = format_html(
            "{}{}",
            _("What the words are for."),
            _list([(kind_label(one.code), one.subject_help) for one in known if one.subject_help]),
        )
        self.fields["body"].help_text = format_html(
            "{}{}",
            _("A JSON object; change the words and leave the keys."),
            _list(
                [
                    (kind_label(one.code), json.dumps(one.shape))
                    for one in known
                    if one.shape is not None
                ]
            ),
        )

    def clean_body(self) -> str:
        """The canonical spelling of a JSON object."""
        body = _parsed(self.cleaned_data["body"])
        if not isinstance(body, dict):
            raise forms.ValidationError(_("Write a JSON object: { … }."))
        return canonical(body)

    def clean(self) -> dict[str, Any]:
        """Words that fit the kind and the versions before them, and that say something new."""
        cleaned = super().clean() or {}
        if {"kind", "subject", "language", "body"} <= cleaned.keys():
            kind, place = kinds.get(cleaned["kind"]), (cleaned["subject"], cleaned["language"])
            latest = newest_version(kind.code, *place)
            self._check_shape(kind, latest)
            self._check_placeholders(kind)
            if latest is not None and says_nothing_new(latest, body=cleaned.get("body", "")):
                text = gettext("Version %(number)s says just this already.")
                self.add_error("body", text % {"number": latest.number})
        return cleaned

    def _check_shape(self, kind: TextKind, latest: TextVersion | None) -> None:
        """A key that is gone or misspelled would break the page that reads it."""
        model = latest or newest_version(kind.code, self.cleaned_data["subject"], SOURCE_LANGUAGE)
        shape = model.content if model is not None else kind.shape
        if shape is None:
            return
        if wrong := list(bodies.misfits(json.loads(self.cleaned_data["body"]), shape)):
            text = gettext("Missing, unknown or of another form: %(keys)s.")
            self.add_error("body", text % {"keys": ", ".join(wrong)})

    def _check_placeholders(self, kind: TextKind) -> None:
        """A name that nobody fills would keep a message from going out."""
        if kind.placeholders is None or "body" not in self.cleaned_data:
            return
        try:
            found = set(bodies.placeholders(json.loads(self.cleaned_data["body"])))
        except ValueError:
            self.add_error("body", _("A brace { or } stands without its pair."))
            return
        if unknown := sorted(found - kind.placeholders):
            names = {
                "unknown": ", ".join(f"{{{one}}}" for one in unknown),
                "known": ", ".join(f"{{{one}}}" for one in sorted(kind.placeholders)),
            }
            text = gettext("Nobody fills %(unknown)s. You may use %(known)s.")
            self.add_error("body", text % names)


class VersionChoice(forms.ModelChoiceField[TextVersion]):
    """The words that wait, each by its title."""

    def label_from_instance(self, obj: TextVersion) -> str:
        return in_words(obj)


class ApprovalForm(forms.ModelForm[Approval]):
    """A yes to exactly the words of one version."""

    version = VersionChoice(
        queryset=TextVersion.objects.none(),
        label=_("Words"),
        help_text=_("Words that wait for an approval. Read them under “Text versions” first."),
        error_messages={
            "invalid_choice": _(
                "These words wait for no approval: they have all they need, "
                "or newer words took their place."
            )
        },
    )

    class Meta:
        model = Approval
        fields = ("version", "kind", "credential", "board", "number", "expires_at")

    reader: User
    at: datetime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = waiting()
        chosen = [one for one in rows if str(one.pk) == str(self.initial.get("version"))]
        needed = frozenset().union(*(missing(one) for one in chosen or rows))
        field, kind = self.fields["version"], self.fields["kind"]
        assert isinstance(field, VersionChoice)
        assert isinstance(kind, forms.ChoiceField)
        field.queryset = rows
        kind.choices = [choice for choice in ApprovalKind.choices if choice[0] in needed]

    def clean(self) -> dict[str, Any]:
        """Four eyes, and a board for an IRB's yes; both are constraints of the table too."""
        cleaned = super().clean() or {}
        version, kind = cleaned.get("version"), cleaned.get("kind")
        if version is not None and version.author_id == self.reader.pk:
            self.add_error("version", _("You wrote this. Somebody else has to approve it."))
        if version is not None and kind is not None and kind not in missing(version):
            self.add_error("kind", _("These words do not need this approval, or have it already."))
        if (ends_at := cleaned.get("expires_at")) is not None and ends_at <= self.at:
            self.add_error("expires_at", _("This moment has passed already."))
        if kind == ApprovalKind.IRB:
            self._check_board(cleaned)
        return cleaned

    def _check_board(self, cleaned: dict[str, Any]) -> None:
        for name in ("board", "number"):
            if not cleaned.get(name):
                self.add_error(name, _("An IRB approval names its board and number."))
