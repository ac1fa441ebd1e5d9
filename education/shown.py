"""One signed version as a reader sees it: its parts, its facts as they are now, its sources.

Holds the one place where stored HTML is trusted: it was sanitised when the version was made, and
`clinic.signing` serves a version only if its hash still matches. Refuses to choose the version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from clinic.signing.live import Live
from clinic.signing.models import Approval
from education.codes import Jurisdiction
from education.models import Indication
from education.publishing import fact

COMPARED = ("drug", "setting", "jurisdiction", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Fact:
    """One indication as the signed page tells it; `status` is a code of `IndicationStatus`."""

    name: str
    brands: str
    setting: str
    status: str
    country: str
    starts_on: date | None
    ends_on: date | None
    trial: str
    source_title: str
    source_url: str
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class DrugFacts:
    """What is known of one drug in one part: its name once, then each use."""

    name: str
    brands: str
    uses: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a live page; `has_changed` when a fact in it is no longer what was signed."""

    kind: str
    heading: str
    html: SafeString
    facts: tuple[Fact, ...]
    has_changed: bool
    anchor: str

    @property
    def templates(self) -> tuple[str, ...]:
        """The template of this kind, else plain text: a kind may have no look of its own."""
        return f"education/blocks/{self.kind}.html", "education/blocks/text.html"

    @property
    def drugs(self) -> list[DrugFacts]:
        """Its facts by drug, in the order in which each drug is first named."""
        uses: dict[tuple[str, str], list[Fact]] = {}
        for one in self.facts:
            uses.setdefault((one.name, one.brands), []).append(one)
        return [DrugFacts(*drug, uses=tuple(facts)) for drug, facts in uses.items()]


@dataclass(frozen=True, slots=True)
class Reference:
    """One numbered source."""

    number: int
    title: str
    publisher: str
    url: str
    published_on: date | None
    read_on: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as a list shows it; `language` is the language its words are in."""

    slug: str
    kind: str
    language: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a page's contents."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as it may be shown now; `language` is the language its words are in."""

    kind: str
    is_sample: bool
    language: str
    title: str
    summary: str
    parts: tuple[Part, ...]
    sources: tuple[Reference, ...]
    approvals: tuple[Approval, ...]

    @property
    def contents(self) -> list[Place]:
        """Its parts, and its sources if it names any, as links within the page."""
        places = [Place(part.heading, f"#{part.anchor}") for part in self.parts]
        last = [Place(gettext("Where the facts come from"), "#sources")]
        return places + (last if self.sources else [])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _fact(signed: Mapping[str, Any]) -> Fact:
    trial = " ".join(word for word in (signed["trial_name"], signed["nct_id"]) if word)
    return Fact(
        name=signed["drug"],
        brands=", ".join(signed["brands"]),
        setting=signed["setting"],
        status=signed["status"],
        country=str(Jurisdiction(signed["jurisdiction"]).label),
        starts_on=_day(signed["starts_on"]),
        ends_on=_day(signed["ends_on"]),
        trial=trial,
        source_title=signed["source_title"],
        source_url=signed["source_url"],
        verified_on=_day(signed["verified_on"]),
    )


def _differs(signed: Mapping[str, Any], current: Indication | None, *, day: date) -> bool:
    """Whether the fact is gone, or no longer what the approver read."""
    if current is None or current.status_on(day) != signed["status"]:
        return True
    today = fact(current)
    return any(today[name] != signed[name] for name in COMPARED)


def _changed_facts(content: Mapping[str, Any], *, day: date) -> frozenset[str]:
    signed = {one["id"]: one for block in content["blocks"] for one in block["facts"]}
    if not signed:
        return frozenset()
    current = {str(one.pk): one for one in Indication.objects.filter(pk__in=signed)}
    return frozenset(key for key, one in signed.items() if _differs(one, current.get(key), day=day))


def _part(block: Mapping[str, Any], number: int, *, changed: Collection[str]) -> Part:
    return Part(
        kind=block["kind"],
        heading=block["heading"],
        html=mark_safe(block["html"]),  # noqa: S308 - sanitised at the snapshot, then hashed
        facts=tuple(_fact(one) for one in block["facts"]),
        has_changed=any(one["id"] in changed for one in block["facts"]),
        anchor=f"part-{number}",
    )


def _reference(source: Mapping[str, Any]) -> Reference:
    return Reference(
        number=source["number"],
        title=source["title"],
        publisher=source["publisher"],
        url=source["url"],
        published_on=_day(source["published_on"]),
        read_on=_day(source["read_on"]),
    )


def reading(words: Live, *, at: datetime) -> Reading:
    """A live version as templates read it; facts are compared with what they are `at`."""
    content = words.version.content
    changed = _changed_facts(content, day=timezone.localdate(at))
    return Reading(
        kind=content["kind"],
        is_sample=content["is_sample"],
        language=words.version.text.language,
        title=content["title"],
        summary=content["summary"],
        parts=tuple(
            _part(block, number, changed=changed)
            for number, block in enumerate(content["blocks"], start=1)
        ),
        sources=tuple(_reference(one) for one in content["sources"]),
        approvals=words.approvals,
    )


def entry(words: Live) -> Entry:
    """A live version as a list shows it."""
    content = words.version.content
    names = ("slug", "kind", "title", "summary")
    return Entry(language=words.version.text.language, **{name: content[name] for name in names})
