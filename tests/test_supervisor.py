"""The demo's supervisor, with real processes: what dies comes back, what is stopped stays so."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinic.demo import broker, ports
from clinic.demo.lock import AlreadyRunning, only_one
from clinic.demo.supervisor import Program, Supervisor

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
