"""Choosing the colleague who looks after somebody: pure, deterministic, with its reason."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """A colleague who could take it: active and present, with her load."""

    user_id: uuid.UUID
    languages: frozenset[str]
    open_count: int
    capacity: int

    @property
    def has_room(self) -> bool:
        """Whether one more fits her capacity."""
        return self.open_count < self.capacity

    def with_more(self, count: int) -> Candidate:
        """The same colleague with so many more to look after."""
        return replace(self, open_count=self.open_count + count) if count else self


@dataclass(frozen=True, slots=True)
class Choice:
    """Who, and why: stored with what was routed and shown to whoever asks."""

    user_id: uuid.UUID
    tier: str
    speaks_language: bool
    open_count: int
    capacity: int
    considered: int

    def as_codes(self) -> dict[str, Any]:
        """The reason as codes, for the row and the event."""
        return {
            "user": str(self.user_id),
            "tier": self.tier,
            "speaks_language": self.speaks_language,
            "open_count": self.open_count,
            "capacity": self.capacity,
            "considered": self.considered,
        }


def _order(candidate: Candidate, language: str) -> tuple[bool, bool, float, str]:
    # Language is preferred, never required: room comes first, so that no one waits for a speaker.
    load = candidate.open_count / candidate.capacity
    speaks = language in candidate.languages
    return (not candidate.has_room, not speaks, load, str(candidate.user_id))


def choose(
    tiers: Iterable[tuple[str, Sequence[Candidate]]],
    *,
    language: str,
    given: Counter[uuid.UUID] | None = None,
) -> Choice | None:
    """The best candidate of the first tier that has any, or None when all are empty.

    Within it: room before none, speakers of `language` before others, the least loaded for her
    capacity, then the smallest id, so that the same rows always give the same answer. The tiers
    after it are not looked at. `given` is what each was given since the candidates were read; it is
    counted up.
    """
    given = Counter() if given is None else given
    for tier, candidates in tiers:
        if candidates:
            loaded = [
                replace(one, open_count=one.open_count + given[one.user_id]) for one in candidates
            ]
            best = min(loaded, key=lambda one: _order(one, language))
            given[best.user_id] += 1
            return Choice(
                user_id=best.user_id,
                tier=tier,
                speaks_language=language in best.languages,
                open_count=best.open_count,
                capacity=best.capacity,
                considered=len(candidates),
            )
    return None
