"""Registry records into the database, beside reading the same files as JSON and no more."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from tests.bench.measuring import Contest, timed
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

RECORDS = "ctgov/native_v2.jsonl"
MADE_UP = 50


def imports(setting: Setting) -> Result:
    """New records each round, so that every one is kept; the same files for both sides."""
    numbers, records = count(90_000_000), _records()
    path = setting.folder / "records.jsonl"

    def prepare() -> Path:
        for record in records:
            record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{next(numbers)}"
        path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        return path

    contest = Contest(
        prepare, lambda path: timed(lambda: _import(path)), lambda path: timed(lambda: _parse(path))
    )
    ours, floor = contest.run(rounds=setting.count(full=9, quick=2))
    found = Result("import a registry record", "parse it as JSON", ours, floor)
    rate = 1 / found.wall_ratio
    found.limits.append(Limit("of the rate of parsing alone", rate, 0.05, at_most=False))
    return found


def _import(path: Path) -> int:
    said = io.StringIO()
    with redirect_stderr(said):
        call_command("import_trials", str(path), stdout=said)
    counted = said.getvalue().split()
    return int(counted[counted.index("added") + 1].strip(","))


def _parse(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(json.loads(line) is not None for line in lines)


def _records() -> list[dict[str, Any]]:
    """Those of `SHARED_DATA`; made up in the same form and size where there are none."""
    path = Path(settings.SHARED_DATA) / RECORDS
    if settings.SHARED_DATA and path.is_file():
        with path.open("rb") as lines:
            return [json.loads(line) for line in lines]
    return list(_made_up())


def _made_up() -> Iterator[dict[str, Any]]:
    sites = [{"facility": f"Site {number}", "city": "Springfield"} for number in range(99)]
    sentence = "Participants come once every three weeks and stay for half a day. "
    for number in range(MADE_UP):
        yield {
            "protocolSection": {
                "identificationModule": {"nctId": "", "briefTitle": f"Made up {number}"},
                "statusModule": {"overallStatus": "RECRUITING"},
                "descriptionModule": {"detailedDescription": sentence * 60},
                "eligibilityModule": {"eligibilityCriteria": sentence * 60},
                "contactsLocationsModule": {"locations": sites},
            }
        }
