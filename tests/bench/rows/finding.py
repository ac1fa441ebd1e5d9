"""Finding who is on the phone by her first name and four digits, beside one look-up by key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle

from django.db import connection, transaction
from django.utils import timezone

from clinic.audit.recording import about
from clinic.people import roles
from clinic.people.find.asked import read
from clinic.people.find.limits import WINDOW
from clinic.people.find.search import search
from clinic.people.models import Person, Reference, User
from clinic.people.references import ALPHABET, CODE_LENGTH
from referrals.desk.codes import ReferralStatus
from referrals.desk.models import Case, Referral
from tests.bench.measuring import Contest, nothing, often, percentile
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

SELECT = "SELECT id FROM people_reference WHERE code = %s"
FIRST = (
    *("Maria", "James", "Mary", "Robert", "Ana", "Michael", "Linda", "David", "Susan", "John"),
    *("Carmen", "Daniel", "Wei", "Thomas", "Karen", "José", "Nancy", "Mark", "Rosa", "Paul"),
)
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "ru")
FAMILIES = [f"{one}{two}{three}" for one in SYLLABLES for two in SYLLABLES for three in SYLLABLES]


def find(setting: Setting) -> Result:
    """Half of all people are hers and half a colleague's; hers call, one after the other."""
    size = setting.count(full=20_000, quick=500)
    ana, ben = User.objects.with_role(roles.COORDINATOR)[:2]
    people = _people(size)
    hers = _asked_by(people[: size // 2], coordinator=ana)
    _asked_by(people[size // 2 :], coordinator=ben)
    _analyze()
    waits: list[float] = []
    seconds = setting.count(full=500, quick=50) / 1000
    contest = Contest(
        nothing,
        often(_searching(hers, by=ana, waits=waits), seconds=seconds),
        often(_looking_up(hers), seconds=seconds),
    )
    ours, floor = contest.run(rounds=setting.count(full=15, quick=3))
    says = f"find one of {size:,} by name and 4 digits"
    found = Result(says, "one row by its key", ours, floor)
    found.figures |= {f"p{share} s": percentile(waits, share) for share in (50, 95, 99)}
    found.limits.append(Limit("95 % found within seconds", percentile(waits, 95), 0.5))
    return found


def _people(size: int) -> Sequence[Person]:
    """Twenty first names, and every four digits once in ten thousand."""
    now = timezone.now()
    return Person.rows.bulk_create(
        Person(
            given_name=FIRST[number % len(FIRST)],
            family_name=FAMILIES[number * 7 % len(FAMILIES)],
            phone=f"(212) {555 + number // 10_000}-{number % 10_000:04}",
            created_at=now,
        )
        for number in range(size)
    )


def _asked_by(people: Sequence[Person], *, coordinator: User) -> Sequence[Reference]:
    """An open case of each, in these hands."""
    now = timezone.now()
    with transaction.atomic():
        cases = Case.rows.bulk_create(
            Case(submission_key=one.pk, person=one, owner=coordinator, due_at=now, created_at=now)
            for one in people
        )
        Referral.rows.bulk_create(
            Referral(
                case=one,
                coordinator=coordinator,
                status=ReferralStatus.RECEIVED,
                due_at=now,
                created_at=now,
            )
            for one in cases
        )
        return Reference.rows.bulk_create(_references(cases))


def _references(cases: Sequence[Case]) -> Iterator[Reference]:
    first = Reference.rows.count()
    for number, case in enumerate(cases, first):
        kind, case_id = about(case)
        yield Reference(
            code=_code(number),
            person=case.person,
            about_kind=kind,
            about_id=case_id,
            created_at=case.created_at,
        )


def _code(number: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def _analyze() -> None:
    # As autovacuum does within a minute: the figures must not hang on whether it has come by.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _searching(
    references: Sequence[Reference], *, by: User, waits: list[float]
) -> Callable[[], None]:
    # One search in each window: nobody reaches the limits of a day on the phone.
    callers, instants = cycle(references), (timezone.now() + WINDOW * turn for turn in count())

    def step() -> None:
        caller = next(callers)
        asked = read(f"{caller.person.given_name} {caller.person.phone[-4:]}")
        started = time.perf_counter()
        found = search(asked, by=by, at=next(instants))
        waits.append(time.perf_counter() - started)
        assert caller.pk in {match.reference.pk for match in found.matches}

    return step


def _looking_up(references: Sequence[Reference]) -> Callable[[], None]:
    codes = cycle([one.code for one in references])

    def step() -> None:
        with connection.cursor() as cursor:
            cursor.execute(SELECT, [next(codes)])
            assert cursor.fetchone()

    return step
