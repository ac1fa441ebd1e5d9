"""The demo's supervisor, with real processes: what dies comes back, what is stopped stays so."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from clinic.demo import broker, hearing, ports, programs
from clinic.demo.lock import AlreadyRunning, only_one
from clinic.demo.supervisor import Program, Supervisor
from clinic.outbox.codes import Pulse
from clinic.outbox.watch import pulses

pytestmark = pytest.mark.processes

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
# A program that starts another one and tells its id, as a worker does with its pool.
PARENT_CODE = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
STUBBORN_CODE = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
# A supervisor in a process of its own, to be killed.
SUPERVISED = """
import os, sys
from pathlib import Path
from clinic.demo.supervisor import Program, Supervisor
with Supervisor(environment=os.environ, log_folder=Path(sys.argv[1]), say=print) as supervisor:
    supervisor.start(Program("one", (sys.executable, "-c", "import time; time.sleep(600)")))
    print(supervisor.process_id("one"), flush=True)
    supervisor.watch()
"""


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    with Supervisor(environment=os.environ, log_folder=tmp_path, say=said.append) as one:
        yield one


def is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def eventually(question, seconds=10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def first_line(log: Path) -> str:
    assert eventually(lambda: log.exists() and "\n" in log.read_text())
    return log.read_text().splitlines()[0]


def test_a_killed_child_comes_back_and_the_operator_is_told(supervisor, said):
    supervisor.start(Program("sleeper", SLEEPER))
    first = supervisor.process_id("sleeper")
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait_until(lambda: supervisor.process_id("sleeper") != first, seconds=10)
    assert is_alive(supervisor.process_id("sleeper"))
    assert said[0].startswith("sleeper ended (-9)")


def test_a_child_that_always_fails_is_given_longer_pauses(supervisor, said):
    supervisor.start(Program("broken", (sys.executable, "-c", "raise SystemExit(3)")))
    assert supervisor.wait_until(lambda: len(said) >= 3, seconds=20)
    assert [re.search(r"in (\S+) s\.", one)[1] for one in said[:3]] == ["0.5", "1.0", "2.0"]


def test_a_restarted_child_is_another_and_the_operator_is_told_why(supervisor, said):
    supervisor.start(Program("sleeper", SLEEPER))
    first = supervisor.process_id("sleeper")
    supervisor.restart("sleeper", because="no longer hears")
    second = supervisor.process_id("sleeper")
    assert (is_alive(first), is_alive(second), first != second) == (False, True, True)
    assert said[0].startswith("sleeper no longer hears; it starts again.")
    supervisor.look()
    assert supervisor.process_id("sleeper") == second, "a restart is no death"


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ({"sweeper": 2.0, "worker": 3.0, "fast_path": 20.0}, False),
        ({"sweeper": 2.0, "worker": 3.0, "fast_path": 121.0}, True),
        ({"sweeper": 2.0, "worker": 3.0, "fast_path": None}, True),
        ({"sweeper": 61.0, "worker": 3.0, "fast_path": 121.0}, False),
        ({"sweeper": None, "worker": 3.0, "fast_path": None}, False),
        ({}, False),
    ],
)
def test_a_worker_is_deaf_when_canaries_are_sent_and_none_comes_through(ages, expected):
    assert hearing.is_deaf(ages) is expected


@pytest.mark.parametrize("broker_answers", [True, False])
def test_a_deaf_worker_is_started_again_where_there_is_something_to_hear(
    supervisor, monkeypatch, broker_answers
):
    monkeypatch.setattr(hearing, "DEAF_AFTER", 0.0)
    supervisor.start(Program("worker", SLEEPER))
    first = supervisor.process_id("worker")
    listening = hearing.Hearing(
        supervisor,
        ages=lambda: {"sweeper": 1.0, "fast_path": 200.0},
        broker_answers=lambda: broker_answers,
    )
    listening.look()
    second = supervisor.process_id("worker")
    assert (second != first) is broker_answers
    listening.look()
    assert supervisor.process_id("worker") == second, "it is asked seldom"


def test_a_fresh_worker_is_given_time(supervisor):
    supervisor.start(Program("worker", SLEEPER))
    first = supervisor.process_id("worker")
    asked = []
    hearing.Hearing(
        supervisor, ages=lambda: asked.append(1) or {}, broker_answers=lambda: True
    ).look()
    assert (supervisor.process_id("worker"), asked) == (first, [])


def test_signs_of_life_are_read_from_the_page_for_machines(live_server):
    pulses.beat(Pulse.SWEEPER, at=timezone.now() - timedelta(seconds=200))
    found = programs.pulse_ages(live_server.thread.port)
    assert found["sweeper"] >= 200
    assert found["fast_path"] is None
    assert programs.is_serving(live_server.thread.port)


def test_where_nobody_serves_nothing_is_known():
    port = ports.free_port()
    assert programs.pulse_ages(port) == {}
    assert not programs.is_serving(port)


def test_stopping_ends_grandchildren_too(supervisor, tmp_path):
    supervisor.start(Program("parent", (sys.executable, "-c", PARENT_CODE)))
    grandchild = int(first_line(tmp_path / "parent.log"))
    supervisor.stop()
    assert eventually(lambda: not is_alive(grandchild))


def test_what_ignores_the_polite_request_is_killed(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr("clinic.demo.supervisor.GRACE", 0.3)
    supervisor.start(Program("stubborn", (sys.executable, "-c", STUBBORN_CODE)))
    first_line(tmp_path / "stubborn.log")
    child = supervisor.process_id("stubborn")
    supervisor.stop()
    assert not is_alive(child)


def test_a_second_start_keeps_the_previous_log(tmp_path):
    for text in ("first", "second"):
        with Supervisor(environment=os.environ, log_folder=tmp_path, say=print) as one:
            one.start(
                Program("talker", (*SLEEPER[:2], f"print('{text}', flush=True); {SLEEPER[2]}"))
            )
            assert first_line(tmp_path / "talker.log") == text
    assert (tmp_path / "talker.log.1").read_text() == "first\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_child_outlives_its_supervisor(tmp_path, number):
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux ends the children of a killed parent")
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        child = int(process.stdout.readline())
        assert is_alive(child)
        process.send_signal(number)
        assert process.wait(timeout=10) == (-number if number == signal.SIGKILL else 0)
    assert eventually(lambda: not is_alive(child))


def test_a_second_demo_of_one_folder_is_refused(tmp_path):
    with only_one(tmp_path / "lock"), pytest.raises(AlreadyRunning), only_one(tmp_path / "lock"):
        pass
    with only_one(tmp_path / "lock"):
        pass


def test_a_taken_port_is_named_with_the_way_out():
    import socket

    port = ports.free_port()
    assert ports.objection(port) is None
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        assert ports.objection(port) == (
            f"Port {port} is taken by another program. Choose another: make demo PORT={port + 1}"
        )
    assert "is not a port" in ports.objection(70000)


@pytest.mark.parametrize("find", [broker.installed_server, broker.bundled_server])
def test_a_private_redis_answers_only_with_its_password(supervisor, tmp_path, find):
    import redis

    server = find()
    if server is None:
        pytest.skip(f"no Redis from {find.__name__}")
    chosen = broker.private(server, tmp_path / "redis")
    supervisor.start(chosen.program)
    assert supervisor.wait_until(chosen.answers, seconds=10)
    assert (tmp_path / "redis" / "redis.conf").stat().st_mode & 0o777 == 0o600
    port = int(chosen.url.rpartition(":")[2].partition("/")[0])
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis.from_url(chosen.url) as ours:
        assert ours.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert ours.config_get("appendonly") == {"appendonly": "yes"}
        assert ours.config_get("bind") == {"bind": "127.0.0.1"}


def test_the_named_redis_is_taken_before_any_other(tmp_path):
    chosen = broker.find(named="redis://127.0.0.1:1/0", folder=tmp_path)
    assert (chosen.url, chosen.program) == ("redis://127.0.0.1:1/0", None)
    assert chosen.description == f"the Redis of REDIS_URL {broker.SILENT}"
    assert not chosen.answers()


def test_without_any_redis_the_demo_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert broker.find(named="", folder=tmp_path) == broker.NO_BROKER
    assert "the sweeper runs everything" in broker.NO_BROKER.description
