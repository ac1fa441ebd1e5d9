"""The parts of `make faults` themselves: a rig that breaks nothing proves nothing."""

import json
import smtplib
import socket
import sys
import threading
from contextlib import suppress

import pytest

from clinic.demo import ports
from clinic.demo.supervisor import Program, Supervisor
from tests.faults import arming, canaries, proxy, sink, table
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


@pytest.mark.parametrize("phone", ["(646) 555-0012", "6465550012", "+1 646 555 0012"])
def test_a_phone_number_is_found_however_it_is_written(phone, tmp_path):
    (tmp_path / "log").write_text(f"called {phone} today")
    assert list(canaries.found_in([tmp_path / "log"])) == ["typed words stand in log"]


@pytest.mark.parametrize("name", ["given_name", "family_name", "note", "contact_note", "email"])
def test_what_is_typed_is_found_across_the_edge_of_two_chunks(name, tmp_path, monkeypatch):
    monkeypatch.setattr(canaries, "CHUNK", 50)
    words = canaries.typed(3)[name]
    (tmp_path / "log").write_text("." * (50 - len(words) // 2) + words + "." * 50)
    assert list(canaries.found_in([tmp_path / "log"]))


def test_a_mailbox_may_stand_on_its_mail_and_an_id_is_no_phone(tmp_path):
    mail = tmp_path / "mail"
    mail.write_text(f"To: {canaries.address(1)}\nMessage-ID: <a6465550012b@x>")
    assert list(canaries.found_in([mail], mail=True)) == []


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
