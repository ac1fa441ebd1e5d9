"""What a ClinicalTrials.gov v2 record says: parsing, checking and hashing, all of it pure.

Refuses to hold the database, files, and any guess: what the record leaves out stays empty, and
nothing here is shown to a patient as it stands.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final

NCT_ID: Final = re.compile(r"NCT[0-9]{8}")
STATUS: Final = re.compile(r"[A-Z_]{1,40}")
MARKDOWN_ESCAPE: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>^~|&$\"'])")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

TYPE_NAMES: Final[dict[type[object], str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
}


class RefusedRecord(Exception):
    """This is not a study record that can be kept; the text says why, for the operator."""


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """The few facts the product reads, and the record itself.

    `canonical` is the whole record as JSON with sorted keys; `sha256` (64 hexadecimal digits) is
    taken without the registry's day stamp. `last_update_posted` may be partial: `2026`, `2026-08`.
    """

    nct_id: str
    brief_title: str
    overall_status: str
    last_update_posted: str
    phases: tuple[str, ...]
    primary_purpose: str
    canonical: str
    sha256: str


def parse(text: str) -> object:
    """Return the JSON value of `text`; raise `RefusedRecord` where it is none, or is ambiguous."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError:
        raise RefusedRecord("nests too deeply") from None
    except ValueError as error:
        raise RefusedRecord(f"not JSON: {error}") from None


def read_record(raw: object) -> RegistryFacts:
    """Return the facts of one record, tolerating every absent field.

    Raise `RefusedRecord` only where it is no study record: not an object, without a valid
    `nctId`, or with another type where a module or a field that we read should be.
    Source: ClinicalTrials.gov API v2, `ctg-oas-v2.yaml`.
    """
    record = _as_object(raw, "the record")
    protocol = _module(record, "protocolSection")
    identification = _module(protocol, "identificationModule")
    status = _module(protocol, "statusModule")
    design = _module(protocol, "designModule")
    return RegistryFacts(
        nct_id=_nct_id(identification),
        brief_title=_title(identification),
        overall_status=_overall_status(status),
        last_update_posted=_text(_module(status, "lastUpdatePostDateStruct"), "date")[:10],
        phases=_texts(design, "phases"),
        primary_purpose=_text(_module(design, "designInfo"), "primaryPurpose"),
        canonical=_canonical(record),
        sha256=_digest(record),
    )


def plain_text(text: str) -> str:
    """Return registry Markdown as one line of plain text: escapes and control characters gone."""
    return " ".join(MARKDOWN_ESCAPE.sub(r"\1", CONTROL.sub(" ", text)).split())


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Python keeps the last of two equal keys: a second "overallStatus" would win unseen.
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


def _as_object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise RefusedRecord(f"{name} is {_kind(value)}, not an object")
    return value


def _kind(value: object) -> str:
    return "null" if value is None else TYPE_NAMES.get(type(value), "a number")


def _module(parent: dict[str, object], name: str) -> dict[str, object]:
    value = parent.get(name)
    return {} if value is None else _as_object(value, name)


def _text(module: dict[str, object], name: str) -> str:
    value = module.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusedRecord(f"{name} is {_kind(value)}, not text")
    return plain_text(value)


def _texts(module: dict[str, object], name: str) -> tuple[str, ...]:
    value = module.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RefusedRecord(f"{name} is not a list of texts")
    return tuple(plain_text(item) for item in value)


def _nct_id(identification: dict[str, object]) -> str:
    nct_id = _text(identification, "nctId")
    if not NCT_ID.fullmatch(nct_id):
        raise RefusedRecord("no nctId of the form NCT00000000")
    return nct_id


def _title(identification: dict[str, object]) -> str:
    return _text(identification, "briefTitle") or _text(identification, "officialTitle")


def _overall_status(status: dict[str, object]) -> str:
    code = _text(status, "overallStatus")
    if code and not STATUS.fullmatch(code):
        raise RefusedRecord("overallStatus is not a status code")
    return code


def _canonical(value: object) -> str:
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        text.encode()
    except RecursionError:
        raise RefusedRecord("nests too deeply") from None
    except ValueError:
        raise RefusedRecord("holds a character or a number that cannot be stored") from None
    return text


def _digest(record: dict[str, object]) -> str:
    # The registry stamps every record with the day it was served. With the stamp in the hash
    # every study would "change" each morning, and a real change would drown among them.
    derived = _module(record, "derivedSection")
    misc = _module(derived, "miscInfoModule")
    unstamped = {key: value for key, value in misc.items() if key != "versionHolder"}
    counted = record | {"derivedSection": derived | {"miscInfoModule": unstamped}}
    return hashlib.sha256(_canonical(counted).encode()).hexdigest()
