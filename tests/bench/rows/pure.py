"""Two steps without a database: choosing a colleague, sealing and opening a note."""

from __future__ import annotations

import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic.encryption import decrypt, encrypt
from clinic.people.choosing import Candidate, choose
from tests.bench.measuring import Contest, nothing, often
from tests.bench.results import Result
from tests.bench.setting import Setting

NOTE = "Please call after 4 p.m. " * 4


def choosing(setting: Setting) -> Result:
    """One of 50 colleagues, by room, language and load."""
    team = [Candidate(uuid.UUID(int=n), frozenset({"en"}), n % 9, 10) for n in range(50)]
    loads = [one.open_count for one in team]
    seconds = setting.count(full=100, quick=10) / 1000
    contest = Contest(
        nothing,
        often(lambda: choose([("coordinator", team)], language="es"), seconds=seconds),
        often(lambda: min(loads), seconds=seconds),
    )
    ours, floor = contest.run(rounds=15)
    return Result("choose one of 50 colleagues", "the least of 50 numbers", ours, floor)


def sealing(setting: Setting) -> Result:
    """A note of 100 letters, sealed and opened."""
    cipher, nonce = AESGCM(bytes(32)), bytes(12)
    seconds = setting.count(full=100, quick=10) / 1000
    contest = Contest(
        nothing,
        often(lambda: decrypt(encrypt(NOTE, place="bench"), place="bench"), seconds=seconds),
        often(
            lambda: cipher.decrypt(nonce, cipher.encrypt(nonce, NOTE.encode(), None), None),
            seconds=seconds,
        ),
    )
    ours, floor = contest.run(rounds=15)
    says = "seal and open a note of 100 letters"
    return Result(says, "AES-GCM alone, there and back", ours, floor)
