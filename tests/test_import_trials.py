"""`import_trials`: what is kept, what is refused, what is said."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from clinic.signing import epoch
from referrals.trials.importing import Outcome, import_records
from referrals.trials.management.commands.import_trials import BATCH
from referrals.trials.models import RegistryRecord, RegistryVersion, Study
from referrals.trials.record_files import Broken, Found, read_file
from referrals.trials.registry import RefusedRecord, parse, plain_text, read_record

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
LATER = AT.replace(month=12)


def record(nct_id="NCT00000001", **changes):
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": "A study"},
            "statusModule": {
                "overallStatus": "RECRUITING",
                "lastUpdatePostDateStruct": {"date": "2026-08"},
            },
            **changes,
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}},
    }


def run(*paths):
    """Run the command; return its status, its closing line and what it said on stderr."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_trials", *map(str, paths), stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue().strip(), err.getvalue()
    return 0, out.getvalue().strip(), err.getvalue()


def keep(facts, *, at):
    """Import one record; what became of it."""
    (outcome,) = import_records([facts], at=at)
    return outcome


def write(path: Path, *records, text=None) -> Path:
    lines = text if text is not None else "\n".join(json.dumps(one) for one in records)
    path.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    return path


# -- The four shapes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.json", json.dumps(record())),
        ("pretty.json", json.dumps(record(), indent=2)),
        ("list.json", json.dumps([record()])),
        ("answer.json", json.dumps({"studies": [record()], "nextPageToken": "x"})),
        ("lines.jsonl", json.dumps(record()) + "\n"),
        ("no_last_newline.jsonl", json.dumps(record())),
        ("blank_lines.jsonl", "\n\n" + json.dumps(record()) + "\n\n"),
        ("windows.jsonl", json.dumps(record()) + "\r\n"),
        ("mark.json", b"\xef\xbb\xbf" + json.dumps(record()).encode()),
        ("mark.jsonl", b"\xef\xbb\xbf" + json.dumps(record()).encode()),
        ("lines_named.json", json.dumps(record()) + "\n" + json.dumps(record()) + "\n"),
        ("pretty_named.jsonl", json.dumps(record(), indent=2)),
        ("answers.jsonl", json.dumps({"studies": [record()]}) + "\n"),
        ("records.txt", json.dumps(record())),
    ],
)
@pytest.mark.django_db
def test_every_shape_is_read(tmp_path, name, text):
    status, line, err = run(write(tmp_path / name, text=text))

    assert (status, err) == (0, "")
    assert line.startswith("added 1, changed 0, ")
    assert RegistryRecord.objects.get().nct_id == "NCT00000001"


@pytest.mark.django_db
def test_folder_is_searched_to_the_bottom(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    write(tmp_path / "a" / "one.json", record("NCT00000001"))
    write(tmp_path / "a" / "b" / "two.jsonl", record("NCT00000002"))
    write(tmp_path / "a" / "notes.txt", text="not a record")

    assert run(tmp_path) == (0, "added 2, changed 0, unchanged 0, refused 0", "")


@pytest.mark.django_db
def test_empty_page_of_a_search_is_no_error(tmp_path):
    page = write(tmp_path / "page.json", {"studies": [], "nextPageToken": "x"})

    assert run(page) == (0, "added 0, changed 0, unchanged 0, refused 0", "")


# -- What is kept ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_real_records_twice(shared_data):
    paths = (shared_data / "ctgov" / "live", shared_data / "ctgov" / "native_v2.jsonl")

    assert run(*paths) == (0, "added 70, changed 0, unchanged 0, refused 0", "")
    assert run(*paths) == (0, "added 0, changed 0, unchanged 70, refused 0", "")
    assert RegistryVersion.objects.count() == 70


@pytest.mark.django_db
def test_unchanged_record_moves_only_when_it_was_seen():
    keep(read_record(record()), at=AT)

    assert keep(read_record(record()), at=LATER) is Outcome.UNCHANGED

    kept = RegistryRecord.objects.get()
    assert (kept.seen_at, kept.changed_at, kept.first_seen_at) == (LATER, AT, AT)


@pytest.mark.django_db
def test_every_version_is_kept_and_a_return_is_no_new_one():
    closed = record(statusModule={"overallStatus": "COMPLETED"})

    outcomes = [keep(read_record(raw), at=AT) for raw in (record(), closed, record())]

    assert outcomes == [Outcome.ADDED, Outcome.CHANGED, Outcome.CHANGED]
    assert RegistryRecord.objects.get().overall_status == "RECRUITING"
    assert RegistryVersion.objects.count() == 2


@pytest.mark.django_db
def test_a_batch_keeps_what_is_new_changed_and_as_it_was_in_order():
    first, second = read_record(record()), read_record(record("NCT00000002"))
    import_records([second, first], at=AT)
    closed = read_record(record("NCT00000002", statusModule={"overallStatus": "COMPLETED"}))

    outcomes = import_records([read_record(record("NCT00000003")), closed, first], at=LATER)

    assert outcomes == [Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED]
    kept = RegistryRecord.objects.values_list("nct_id", "overall_status", "changed_at", "seen_at")
    assert list(kept) == [
        ("NCT00000001", "RECRUITING", AT, LATER),
        ("NCT00000002", "COMPLETED", LATER, LATER),
        ("NCT00000003", "RECRUITING", LATER, LATER),
    ]
    assert RegistryVersion.objects.count() == 4


@pytest.mark.django_db
def test_more_records_than_one_transaction_holds(tmp_path):
    many = [record(f"NCT{number:08}") for number in range(2 * BATCH + 1)]
    path = write(tmp_path / "many.jsonl", *many, many[-1])

    assert run(path)[1] == f"added {len(many)}, changed 0, unchanged 1, refused 0"
    assert RegistryRecord.objects.count() == RegistryVersion.objects.count() == len(many)


def test_day_stamp_of_the_registry_is_no_change():
    tomorrow = record() | {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-21"}}}

    assert read_record(record()).sha256 == read_record(tomorrow).sha256


def test_order_of_keys_is_no_change():
    turned = dict(reversed(record().items()))

    assert read_record(record()).sha256 == read_record(turned).sha256


@pytest.mark.django_db
def test_study_entered_by_hand_meets_its_record_and_pages_are_rebuilt():
    study = Study.objects.create(nct_id="NCT00000001", title="Title", local_name="the study")
    before = epoch.current()

    keep(read_record(record()), at=AT)

    study.refresh_from_db()
    assert study.registry == RegistryRecord.objects.get()
    assert epoch.current() > before


@pytest.mark.django_db
def test_import_touches_nothing_local():
    study = Study.objects.create(
        nct_id="NCT00000001", title="Ours", local_name="the study", local_status="open"
    )

    keep(read_record(record(statusModule={"overallStatus": "COMPLETED"})), at=AT)

    study.refresh_from_db()
    assert (study.title, study.local_status) == ("Ours", "open")


# -- What is refused -------------------------------------------------------------------------------

GOOD = json.dumps(record()).encode()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{broken", "not JSON"),
        (b"null", "the record is null"),
        (b"7", "the record is a number"),
        (b'"text"', "the record is text"),
        (b"<html><body>Too many requests</body></html>", "not JSON"),
        (b"\xff\xfe\x00garbage\x80", "not UTF-8"),
        (b'{"a": "\x00"}', "not JSON"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 100_000, "nests too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nests too deeply"),
        (b'{"studies": "none"}', "its studies are not a list"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (json.dumps(record("NCT1")).encode(), "no nctId"),
        (json.dumps(record(None)).encode(), "no nctId"),
        (json.dumps(record("NCT٠١٢٣٤٥٦٧")).encode(), "no nctId"),
        (json.dumps(record(7)).encode(), "nctId is a number"),
        (json.dumps(record("NCT00000009", statusModule=[])).encode(), "statusModule is a list"),
        (json.dumps(record("NCT00000009", designModule={"phases": "X"})).encode(), "phases"),
        (json.dumps(record("NCT00000009", x="\ud800")).encode(), "cannot be stored"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000009"}, "x": 1e999}}',
         "cannot be stored"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_broken_line_in_the_middle_is_named_and_the_rest_is_imported(tmp_path, bad, why):
    path = write(tmp_path / "some.jsonl", text=GOOD + b"\n" + bad + b"\n" + GOOD + b"\n")

    status, line, err = run(path)

    assert status == 1
    assert line == "added 1, changed 0, unchanged 1, refused 1"
    assert err.startswith(f"{path}, line 2")
    assert why in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.json", b"", "is empty"),
        ("blank.json", b" \n ", "is empty"),
        ("page.json", b"<!doctype html><p>Busy", "is HTML"),
        ("page.jsonl", b"\n <!doctype html>\n<p>Busy", "is HTML"),
        ("utf16.json", json.dumps(record()).encode("utf-16"), "is UTF-16"),
        ("utf16.jsonl", json.dumps(record()).encode("utf-16"), "is UTF-16"),
        ("latin.json", '{"a": "é"}'.encode("latin-1"), "is not UTF-8 text (byte 7)"),
        ("packed.jsonl", b"\x1f\x8b\x08\x00rest", "is compressed"),
        ("noise.json", bytes(range(256)) * 40, "is not UTF-8"),
    ],
)
@pytest.mark.django_db
def test_file_that_holds_no_records_is_named_once(tmp_path, name, content, why):
    path = write(tmp_path / name, text=content)

    status, line, err = run(path)

    assert (status, line) == (1, "added 0, changed 0, unchanged 0, refused 1")
    assert err.startswith(f"{path}: ")
    assert why in err


@pytest.mark.django_db
def test_noise_named_jsonl_stops_early(tmp_path):
    status, _line, err = run(write(tmp_path / "noise.jsonl", text=b"x\n" * 10_000))

    assert status == 1
    assert len(err.splitlines()) == 21
    assert "left there" in err


@pytest.mark.django_db
def test_paths_that_give_nothing_are_named_and_the_rest_is_imported(tmp_path):
    (tmp_path / "void").mkdir()
    good = write(tmp_path / "good.json", record())

    status, line, err = run(tmp_path / "missing.json", tmp_path / "void", good)

    assert (status, line) == (1, "added 1, changed 0, unchanged 0, refused 2")
    assert "missing.json: does not exist" in err
    assert "void: holds no .json or .jsonl file" in err


@pytest.mark.django_db
def test_second_content_of_a_study_in_one_run_is_refused_every_time(tmp_path):
    other = record(statusModule={"overallStatus": "COMPLETED"})
    path = write(tmp_path / "two.jsonl", record(), record(), other)

    first, second = run(path), run(path)

    assert first[:2] == (1, "added 1, changed 0, unchanged 1, refused 1")
    assert second[:2] == (1, "added 0, changed 0, unchanged 2, refused 1")
    assert "line 3: NCT00000001 came earlier in this run with other content" in first[2]


@pytest.mark.django_db
def test_record_in_a_list_is_named_by_its_place(tmp_path):
    path = write(tmp_path / "list.json", [record(), None])

    assert f"{path}, record 2: the record is null" in run(path)[2]


def test_long_lines_and_many_lines_take_no_memory(tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(GOOD + b"\n" + b'{"a": "' + b"x" * 50_000_000 + b'"}\n' + GOOD + b"\n")
        stream.writelines(GOOD + b"\n" for _number in range(20_000))
    seen = 0

    def advance(size):
        nonlocal seen
        seen += size

    tracemalloc.start()
    kinds = [type(item) for item in read_file(path, advance=advance)]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kinds[:3] == [Found, Broken, Found]
    assert len(kinds) == 20_003
    assert seen == path.stat().st_size
    assert peak < 80_000_000


def test_absent_fields_stay_empty():
    raw = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}

    facts = read_record(raw)

    assert (facts.brief_title, facts.overall_status, facts.phases) == ("", "", ())
    assert facts.last_update_posted == ""


def test_partial_dates_stay_as_they_are():
    assert read_record(record()).last_update_posted == "2026-08"


def test_markdown_escapes_and_control_characters_are_gone():
    assert plain_text("age \\> 18 \\[see\\]\u0000 x\n y") == "age > 18 [see] x y"


def test_parse_refuses_what_is_ambiguous():
    with pytest.raises(RefusedRecord, match="stands twice"):
        parse('{"a": {"b": 1, "b": 2}}')


def test_no_bar_in_a_pipe(tmp_path):
    path = write(tmp_path / "void.json", text="")
    code = (
        "import django; from django.test.utils import setup_test_environment; django.setup();"
        "from django.core.management import call_command;"
        f"call_command('import_trials', {str(path)!r})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout == "added 0, changed 0, unchanged 0, refused 1\n"
    assert done.stderr == f"{path}: is empty\n"
