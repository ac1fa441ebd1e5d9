"""The parts of `make faults` themselves: a rig that breaks nothing proves nothing."""

import json
import smtplib
import socket
import sqlite3
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from clinic.demo import ports
from clinic.demo.supervisor import Program, Supervisor
from tests.faults import __main__ as faults
from tests.faults import arming, proxy, sink, table
from tests.faults.books import Books
from tests.faults.findings import NEVER, Result
from tests.faults.load import Ledger
from tests.faults.rig import lines_of

pytestmark = pytest.mark.processes
LETTER = "From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


@pytest.fixture
def supervisor(tmp_path):
    with Supervisor(environment={}, log_folder=tmp_path / "log", say=print) as one:
        yield one


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex((ports.LOOPBACK, port)) == 0


def start(supervisor, module, port, *arguments):
    told = tuple(str(one) for one in (port, *arguments))
    supervisor.start(Program(module, (sys.executable, "-m", f"tests.faults.{module}", *told)))
    assert supervisor.wait_until(lambda: listens(port), seconds=20)


# -- The line that breaks --------------------------------------------------------------------------
@pytest.fixture
def echo():
    """A server that says what it heard."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:

        def answer(line):
            with line, suppress(ConnectionResetError):
                while heard := line.recv(100):
                    line.sendall(heard)

        def serve():
            while True:
                try:
                    line, _address = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(line,), daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def line(supervisor, echo, tmp_path):
    """The port of a proxy before it, and how to break it."""
    port, file = ports.free_port(), tmp_path / "line"
    start(supervisor, "proxy", port, echo, file)

    def become(mode):
        file.write_text(mode)
        now = file.with_suffix(proxy.NOW)
        is_so = lambda: now.exists() and now.read_text() == mode  # noqa: E731
        assert supervisor.wait_until(is_so, seconds=20)

    return port, become


def said(connection, seconds=0.5):
    """What comes back; None for nothing at all."""
    connection.settimeout(seconds)
    try:
        connection.sendall(b"hello")
        return connection.recv(100)
    except TimeoutError:
        return None


def test_a_whole_line_passes_everything(line):
    port, _become = line
    with socket.create_connection((ports.LOOPBACK, port)) as one:
        assert said(one, seconds=5) == b"hello"


def test_what_lived_through_a_drop_stays_lost_and_new_ones_are_whole(line):
    port, become = line
    with socket.create_connection((ports.LOOPBACK, port)) as old:
        assert said(old, seconds=5) == b"hello"
        become(proxy.DROP)
        assert said(old) is None
        become(proxy.PASS)
        assert said(old) is None
        with socket.create_connection((ports.LOOPBACK, port)) as new:
            assert said(new, seconds=5) == b"hello"


def test_a_line_that_hangs_delivers_when_it_goes_on(line):
    port, become = line
    with socket.create_connection((ports.LOOPBACK, port)) as one:
        become(proxy.HANG)
        assert said(one) is None
        become(proxy.PASS)
        one.settimeout(5)
        assert one.recv(100) == b"hello"


def test_a_slow_line_delivers(line):
    port, become = line
    become(proxy.SLOW)
    with socket.create_connection((ports.LOOPBACK, port)) as one:
        assert said(one, seconds=5) == b"hello"


def test_a_reset_is_noticed_at_once(line):
    port, become = line
    with socket.create_connection((ports.LOOPBACK, port)) as one:
        assert said(one, seconds=5) == b"hello"
        become(proxy.RESET)
        with pytest.raises(ConnectionResetError):
            said(one, seconds=5)


# -- The mail server -------------------------------------------------------------------------------
@pytest.fixture
def mailbox(supervisor, tmp_path):
    """How to post a letter while the server is in a mood, and what it kept."""
    port = ports.free_port()
    start(supervisor, "sink", port, tmp_path)

    def post(mood):
        (tmp_path / "mood").write_text(mood)
        with smtplib.SMTP(ports.LOOPBACK, port, timeout=10) as server:
            server.sendmail("a@example.org", ["b@example.org"], LETTER)

    return post, lambda: lines_of(tmp_path / "kept.jsonl")


def test_it_keeps_what_it_accepts_with_its_message_id(mailbox):
    post, kept = mailbox
    post(sink.ACCEPT)
    (one,) = kept()
    assert (one["to"], one["message_id"], one["answered"]) == (["b@example.org"], "<1@x>", True)


@pytest.mark.parametrize(("mood", "code"), [(sink.REFUSE, 550), (sink.BUSY, 421)])
def test_it_refuses_with_the_code_it_is_told(mailbox, mood, code):
    post, kept = mailbox
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        post(mood)
    assert [one for one, _text in refusal.value.recipients.values()] == [code]
    assert kept() == []


def test_greylisting_takes_the_second_try(mailbox):
    post, kept = mailbox
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        post(sink.GREYLIST)
    post(sink.GREYLIST)
    assert len(kept()) == 1


def test_hanging_up_keeps_the_letter_and_says_that_nobody_was_told(mailbox):
    post, kept = mailbox
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(sink.HANG_UP)
    assert [one["answered"] for one in kept()] == [False]


# -- Counting --------------------------------------------------------------------------------------
class Door:
    passed = 0

    def go(self):
        self.passed += 1


def test_a_fault_happens_as_often_as_it_is_armed_for_and_not_before(tmp_path, monkeypatch):
    monkeypatch.setattr(arming, "GAP", 0)
    door, struck = Door(), []
    arming.before(door, "go", arming.Slots(tmp_path, "go", 2), lambda: struck.append(1))
    door.go()
    assert struck == []
    (tmp_path / arming.ARMED).touch()
    for _try in range(5):
        door.go()
    assert (len(struck), door.passed) == (2, 6)


def test_two_processes_share_the_slots(tmp_path, monkeypatch):
    monkeypatch.setattr(arming, "GAP", 0)
    (tmp_path / arming.ARMED).touch()
    one, other = (arming.Slots(tmp_path, "go", 3) for _process in range(2))
    assert [one.take(), other.take(), one.take(), other.take()] == [True, True, True, False]


def test_the_ledger_holds_what_was_shown(tmp_path):
    with (tmp_path / "ledger").open("a") as file:
        Ledger(file).write(7, "ABCD-2345")
        (line,) = lines_of(tmp_path / "ledger")
    assert (line["number"], line["reference"]) == (7, "ABCD-2345")


def test_the_table_says_what_missed_and_judges_no_naive_build(tmp_path):
    ours = Result("T2", "Redis stopped", "ours", "sqlite", lost=1, recovery=NEVER)
    ours.must(truth=False, sentence="1 people were promised and forgotten")
    naive = Result("T2", "Redis stopped", "naive", "sqlite", lost=9)
    assert table.line(ours).endswith("NO")
    assert table.line(naive).endswith("-")
    assert "! 1 people were promised" in table.details(ours)
    table.keep([ours, naive], ["PostgreSQL (none here)"], "short", tmp_path / "faults.json")
    kept = json.loads((tmp_path / "faults.json").read_text())
    assert [(row["lost"], row["passed"]) for row in kept["rows"]] == [(1, False), (9, True)]
    assert kept["rows"][0]["recovery"] is None


@pytest.mark.parametrize("rows", ["T99", "T1,t2 , T3"])
def test_a_row_that_is_not_there_is_one_sentence(rows, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["faults", "--rows", rows])
    with pytest.raises(SystemExit) as ended:
        faults.arguments()
    (said,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert said.startswith("No such row: ")
    assert said.endswith(" There are T1, T2, T3b, T5, T8, T9, T10, T12, T13, T15.")


def test_rows_are_chosen_by_their_number(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["faults", "--rows", "T1, T13"])
    assert faults.arguments().rows == {"T1", "T13"}


def test_a_person_is_done_with_when_the_last_of_what_is_owed_has_ended(tmp_path):
    """What she asked for, and the referral in her case; each kind by itself, too."""
    case, referral, other = "1" * 32, "2" * 32, "3" * 32
    ended = "2026-11-22 08:00:{:02}.5"
    with sqlite3.connect(tmp_path / "books") as file:
        file.execute("CREATE TABLE people_reference (code, about_id)")
        file.execute("CREATE TABLE desk_referral (id, case_id)")
        file.execute("CREATE TABLE outbox_effect (kind, about_id, ended_at)")
        file.executemany(
            "INSERT INTO people_reference VALUES (?, ?)", [("ABCD2345", case), ("WXYZ6789", other)]
        )
        file.execute("INSERT INTO desk_referral VALUES (?, ?)", [referral, case])
        effects = [
            ("desk.route", referral, ended.format(1)),
            ("desk.nudge", referral, ended.format(9)),
            ("desk.tell", case, ended.format(5)),
            ("appointments.route", other, None),
        ]
        file.executemany("INSERT INTO outbox_effect VALUES (?, ?, ?)", effects)
    file.close()
    books = Books(f"sqlite:///{tmp_path}/books")
    eight = datetime(2026, 11, 22, 8, tzinfo=UTC).timestamp()
    assert books.ended("%.route") == {"ABCD-2345": eight + 1.5, "WXYZ-6789": NEVER}
    assert books.ended("%") == {"ABCD-2345": eight + 9.5, "WXYZ-6789": NEVER}


def test_a_naive_build_that_does_not_even_run_is_no_comparison():
    naive = Result("T2", "", "naive", "sqlite", is_up=False)
    naive.must(truth=False, sentence="the site did not come up")
    assert table.line(naive).endswith("NO")
    assert not naive.passed
