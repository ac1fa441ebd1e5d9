"""`make bench`: what a step costs on this machine, each beside the least it could cost.

One row is our code, the row under it a floor: the same work without what we add. A figure alone
says more about the machine than about the code; the ratio travels.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable, Iterator

import django
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ROUNDS = 15
SECONDS_A_ROUND = 0.1


def cost(step: Callable[[], object]) -> tuple[float, float]:
    """Microseconds for one call: the median of the rounds, and the spread from best to worst."""
    started = time.perf_counter()
    step()
    once = max(time.perf_counter() - started, 1e-7)
    calls = max(1, int(SECONDS_A_ROUND / once))
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(calls):
            step()
        rounds.append((time.perf_counter() - started) / calls * 1e6)
    return statistics.median(rounds), max(rounds) - min(rounds)


def pairs() -> Iterator[tuple[str, Callable[[], object], str, Callable[[], object]]]:
    """Ours and its floor, by name."""
    from clinic.encryption import decrypt, encrypt
    from clinic.people.choosing import Candidate, choose

    team = [Candidate(uuid.UUID(int=n), frozenset({"en"}), n % 9, 10) for n in range(50)]
    loads = [one.open_count for one in team]
    yield (
        "choose one of 50 colleagues",
        lambda: choose([("coordinator", team)], language="es"),
        "the least of 50 numbers",
        lambda: min(loads),
    )
    cipher, note = AESGCM(bytes(32)), "Please call after 4 p.m. " * 4
    yield (
        "seal and open a note of 100 letters",
        lambda: decrypt(encrypt(note, place="bench"), place="bench"),
        "AES-GCM alone, there and back",
        lambda: cipher.decrypt(bytes(12), cipher.encrypt(bytes(12), note.encode(), None), None),
    )


def main() -> None:
    """Print one table: median of the rounds, best to worst, and ours as a multiple of its floor."""
    django.setup()
    print(f"{'microseconds for one':<40} {'median':>9} {'spread':>9} {'x floor':>9}")
    for ours, our_step, floor, floor_step in pairs():
        (our_cost, our_spread), (floor_cost, floor_spread) = cost(our_step), cost(floor_step)
        print(f"{ours:<40} {our_cost:9.2f} {our_spread:9.2f} {our_cost / floor_cost:9.1f}")
        print(f"  {floor:<38} {floor_cost:9.2f} {floor_spread:9.2f} {'1.0':>9}")


if __name__ == "__main__":
    main()
