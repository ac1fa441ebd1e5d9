"""The results page's shape: groups under their headings, questions to take along, her choice.

Refuses to judge: verdicts and reasons come from `matching`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby, zip_longest
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext

from clinic.design.problems import Problem
from referrals.screening.headings import Heading, Headings
from referrals.screening.matching import StudyMatch
from referrals.screening.verdicts import Verdict

NEAR: Final = frozenset({Verdict.LIKELY, Verdict.POSSIBLE, Verdict.CHECK})
# More than a visit has time for is a list nobody takes along.
LONGEST_LIST: Final = 8


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """Studies under one heading; a folded group is there for those who want to look."""

    heading: Heading
    matches: tuple[StudyMatch, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The studies she asked about, as ids; none is fine when a coordinator is to look for her."""

    studies: list[str] = field(default_factory=list)
    problems: Sequence[Problem] = ()

    @classmethod
    def posted(cls, post: QueryDict, matches: Iterable[StudyMatch]) -> Choice:
        """Read the form; an id that is not among the studies shown is dropped."""
        open_ids = [str(one.study.pk) for one in matches if one.verdict is not Verdict.UNLIKELY]
        wanted = set(post.getlist("studies"))
        chosen = [one for one in open_ids if one in wanted]
        if chosen or post.get("ask") == "anyone":
            return cls(chosen)
        message = gettext("Choose a study, or ask a coordinator to look for you.")
        return cls(problems=[Problem(message, f"study-{open_ids[0]}" if open_ids else "")])


def grouped(matches: Sequence[StudyMatch], headings: Headings) -> list[ResultGroup]:
    """The matches, already in order, under the headings of their verdicts."""
    groups = []
    for (heading, folded), found in groupby(matches, key=partial(_place, headings)):
        groups.append(ResultGroup(heading, tuple(found), folded=folded))
    return groups


def _place(headings: Headings, found: StudyMatch) -> tuple[Heading, bool]:
    heading = headings.of(found.verdict, count=found.questions_left, day=found.later_on)
    return heading, found.verdict is Verdict.UNLIKELY


def questions_to_ask(matches: Iterable[StudyMatch]) -> list[tuple[str, str]]:
    """What to ask her doctor, each once, with the language of the words; at most `LONGEST_LIST`.

    First what she could tell us herself, then what stands in her records: one question of each
    study in turn, so that no study fills the list.
    """
    near = [one for one in matches if one.verdict in NEAR]
    open_answers = [[(text, one.reasons.language) for text in one.reasons.ask] for one in near]
    fitting = [one for one in near if one.verdict is not Verdict.CHECK]
    records = [[(text, one.reasons.language) for text in one.reasons.records] for one in fitting]
    in_turn = [*chain(*open_answers), *chain(*zip_longest(*records))]
    return list(dict.fromkeys(one for one in in_turn if one is not None))[:LONGEST_LIST]
