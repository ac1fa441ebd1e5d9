"""What looks for typed words finds each in each place; where there is none it is silent (I5)."""

import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
import redis
from aiosmtpd.smtp import Envelope
from django.core import mail, signing
from kombu import Connection

from clinic.demo.supervisor import Program, Supervisor
from tests.faults import canaries, cluster, findings, load, sink
from tests.faults.books import Books
from tests.faults.searching import leaks

pytestmark = pytest.mark.processes
SERVER = os.environ.get("DATABASE_URL", "")
KINDS = ["sqlite", *(["postgres"] if SERVER.startswith("postgres") else [])]
QUEUE = "detector"
TYPED = canaries.typed(12)
CANARIES = {
    "name": TYPED["given_name"],
    "family name": TYPED["family_name"],
    "phone": TYPED["phone"],
    "address": TYPED["email"],
    "diagnosis": f"They say it is {canaries.DIAGNOSIS}.",
    "note": TYPED["contact_note"],
}


@dataclass
class Site:
    """What a site leaves behind, small: files, a Redis, a database, mail."""

    folder: Path
    broker: str
    books: Books

    def log(self, line):
        with (self.folder / "log").open("a") as file:
            file.write(f"{line}\n")

    def keep(self, value, column="clear"):
        statement = f"INSERT INTO kept ({column}) VALUES "
        if self.books.url.startswith("sqlite"):
            with sqlite3.connect(self.folder / "clinic.sqlite3") as file:
                file.execute(f"{statement} (?)", [value])
            return file.close()
        with psycopg.connect(self.books.url) as server:
            return server.execute(f"{statement} (%s)", [value])

    def post(self, about="Hello", body="We will call you.", file=("a.pdf", b""), **headers):
        letter = mail.EmailMessage(
            about, body, to=[TYPED["email"]], headers={"Message-ID": "<1@x>", **headers}
        )
        letter.attach(*file, "application/pdf")
        envelope = Envelope()
        envelope.rcpt_tos, envelope.original_content = letter.to, letter.message().as_bytes()
        sink.Sink(self.folder / "mail")._keep(envelope, answered=True)

    def leaks(self):
        return leaks(self.folder, self.books, self.broker)


@pytest.fixture
def folder(tmp_path):
    """That of one row, beside the others."""
    folder = tmp_path / "row"
    (folder / "mail").mkdir(parents=True)
    return folder


@pytest.fixture(params=KINDS)
def url(request, folder):
    """A database with one table."""
    if request.param == "sqlite":
        with sqlite3.connect(folder / "clinic.sqlite3") as file:
            file.execute("CREATE TABLE kept (clear text, sealed blob)")
        file.close()
        yield f"sqlite:///{folder}/clinic.sqlite3"
        return
    made = cluster.database(SERVER)
    with psycopg.connect(made) as server:
        server.execute("CREATE TABLE kept (clear text, sealed bytea)")
    yield made
    cluster.drop(SERVER, made)


@pytest.fixture
def site(folder, redis_url, url):
    yield Site(folder, redis_url, Books(url))
    with redis.Redis.from_url(redis_url) as server:
        server.delete(*[key for key in server.scan_iter() if QUEUE.encode() in key], QUEUE)


# -- Where a word may stand, and what is then said -------------------------------------------------
def in_a_log(site, words):
    site.log(f"INFO saved for {words}")


def in_the_log_of_the_database_server(site, words):
    (site.folder.parent / "postgres").mkdir(exist_ok=True)
    (site.folder.parent / "postgres" / "log").write_text(f"STATEMENT: INSERT {words}")


def in_an_address(site, words):
    site.log(f"GET /search/?{urlencode({'q': words})} 302 -")


def in_a_coded_address(site, words):
    site.log(f"GET /r/{signing.b64_encode(words.encode()).decode()}/ 200 -")


def in_where_somebody_came_from(site, words):
    site.log(f"GET / 200 http://127.0.0.1/people/{quote(words)}/")


def in_a_value_of_redis(site, words):
    with redis.Redis.from_url(site.broker) as server:
        # What stands there twice is dumped as a hint at the first.
        server.set(QUEUE, f"{words[:6]} {words[3:]} {words} {words}")


def in_a_key_of_redis(site, words):
    with redis.Redis.from_url(site.broker) as server:
        server.hset(f"{QUEUE} {words}", "field", "value")


def in_a_message(site, words):
    send(site.broker, words)


def in_a_column(site, words):
    site.keep(f"before {words} after")


def in_a_column_of_bytes(site, words):
    site.keep(words.encode(), column="sealed")


def in_a_session(site, words):
    site.keep(signing.dumps({"note": words * 9}, compress=True))


def in_a_subject(site, words):
    site.post(about=f"Señora {words}")


def in_a_header(site, words):
    site.post(Comments=f"Señora {words}")


def in_a_body(site, words):
    site.post(body=f"Señora {words}")


def in_a_body_with_long_lines(site, words):
    site.post(body=f"Señora {'. ' * 500}{words}")


def in_an_attachment(site, words):
    site.post(file=("a.pdf", words.encode()))


def in_the_name_of_an_attachment(site, words):
    site.post(file=(f"{words}.pdf", b""))


PLACES = {
    in_a_log: "log",
    in_the_log_of_the_database_server: "log",
    in_an_address: "log",
    in_a_coded_address: "log",
    in_where_somebody_came_from: "log",
    in_a_value_of_redis: f"Redis, {QUEUE}",
    in_a_key_of_redis: f"Redis, {QUEUE} ",
    in_a_message: f"Redis, {QUEUE}",
    in_a_column: "the table kept",
    in_a_column_of_bytes: "the table kept",
    in_a_session: "the table kept",
    in_a_subject: "the mail <1@x>",
    in_a_header: "the mail <1@x>",
    in_a_body: "the mail <1@x>",
    in_a_body_with_long_lines: "the mail <1@x>",
    in_an_attachment: "the mail <1@x>",
    in_the_name_of_an_attachment: "the mail <1@x>",
}


def send(broker, words):
    """As Celery does: the arguments are base64 in JSON."""
    with Connection(broker) as connection, connection.SimpleQueue(QUEUE) as queue:
        queue.put({"kwargs": {"note": words}}, serializer="json")


@pytest.mark.parametrize("plant", PLACES, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("canary", CANARIES)
def test_each_is_found_in_each_place(canary, plant, site):
    plant(site, CANARIES[canary])
    said = [one for one in site.leaks() if "clinic.sqlite3" not in one]
    assert [one.startswith(f"typed words stand in {PLACES[plant]}") for one in said] == [True]


def test_where_there_is_none_nothing_is_said(site):
    """References, ids, sealed words, and mail that says to whom it goes."""
    site.log("GET /your-request/page/? 200 -")
    site.log("effect 64655500-1264-4655-8600-646555001264 desk.route done 6465550012ab")
    site.keep("ABCD-2345")
    site.keep(signing.dumps({"who": "me"}, compress=True))
    site.keep(bytes(range(256)), column="sealed")
    send(site.broker, "64655500-1264-4655-8600-646555001264")
    site.post()
    assert site.leaks() == []


@pytest.mark.parametrize("canary", CANARIES)
def test_each_is_found_in_the_file_of_the_database(canary, folder, redis_url):
    """Also where nobody can select it any more."""
    with sqlite3.connect(folder / "clinic.sqlite3") as file:
        file.execute("PRAGMA secure_delete = off")
        file.execute("CREATE TABLE kept (clear text)")
        file.execute("INSERT INTO kept VALUES (?)", [CANARIES[canary]])
        file.commit()
        file.execute("DELETE FROM kept")
    file.close()
    books = Books(f"sqlite:///{folder}/clinic.sqlite3")
    assert leaks(folder, books, redis_url) == ["typed words stand in clinic.sqlite3"]


def test_a_word_between_two_pages_of_the_file_is_found(folder, redis_url):
    path = folder / "clinic.sqlite3"
    for before in range(0, 4096, len(canaries.FAMILY) // 2):
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA synchronous = off")
            file.execute("CREATE TABLE kept (clear text)")
            long = "." * before + canaries.FAMILY
            file.execute("INSERT INTO kept VALUES (?)", [long.ljust(8192, ".")])
        file.close()
        if canaries.FAMILY.encode() not in path.read_bytes():
            break
    books = Books(f"sqlite:///{path}")
    assert leaks(folder, books, redis_url) == ["typed words stand in the table kept"]


@pytest.fixture(scope="module")
def told(redis_url, tmp_path_factory):
    """What a listener wrote down of everything that Redis was told; asked until a word is there."""
    folder = tmp_path_factory.mktemp("listener")
    path = folder / "monitor.txt"
    command = (sys.executable, "-m", "tests.faults.listener", redis_url, str(path))
    with Supervisor(environment=os.environ, log_folder=folder / "log", say=print) as supervisor:
        supervisor.start(Program("listener", command))

        def heard(word):
            holds = lambda: path.exists() and word in path.read_text()  # noqa: E731
            assert supervisor.wait_until(holds, seconds=20)
            return path

        with redis.Redis.from_url(redis_url) as server:
            assert supervisor.wait_until(lambda: server.ping() and path.exists(), seconds=20)
        yield heard


@pytest.mark.parametrize("canary", CANARIES)
def test_each_is_found_in_what_redis_was_told(canary, told, redis_url):
    """A message that a worker has long taken stands in no key any more."""
    with redis.Redis.from_url(redis_url) as server:
        server.delete(QUEUE)
        begun = told("").stat().st_size
        send(redis_url, CANARIES[canary])
        server.delete(QUEUE)
        server.echo(f"after the {canary}")
    heard = told(f"after the {canary}").read_bytes()[begun:]
    assert canaries.stand_in(heard)
    assert CANARIES[canary].encode() not in heard


@pytest.mark.parametrize("coding", [quote, str])
@pytest.mark.parametrize("canary", CANARIES)
def test_each_is_found_in_where_a_visitor_was_led(canary, coding, tmp_path):
    load.keep(tmp_path, [(0.1, 302)], ["/find/", f"/thanks/{coding(CANARIES[canary])}/"])
    result = findings.Result("T1", "", "ours", "sqlite")
    findings.answers(result, tmp_path)
    assert result.complaints == ["typed words stand in an address"]
    load.keep(tmp_path, [(0.1, 302)], ["/find/", "/your-request/page/"])
    result = findings.Result("T1", "", "ours", "sqlite")
    findings.answers(result, tmp_path)
    assert result.complaints == []


PHONES = ["(646) 555-0012", "6465550012", "+1 646 555 0012", "1-646-555-0012", "646.555.0012"]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_is_found_however_it_is_written(phone):
    assert canaries.stand_in(f"called {phone} today".encode())


@pytest.mark.parametrize("identity", ["a6465550012b", "164655500129", "64655500-1200-4655"])
def test_an_id_is_no_phone_number(identity):
    assert not canaries.stand_in(identity.encode())
