"""The hint to the worker: after the commit, an id alone, and never in anybody's way."""

from __future__ import annotations

import base64
import json
import socket
import threading
import uuid

import pytest
import redis
from django.db import transaction

from clinic.celery import app
from clinic.outbox import handlers, wake
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.people import roles
from tests import builders
from tests.builders import NOON, later

KIND = "test.kind"
SECRET = "Zzyzx-typed-this"


class Broken(Exception):
    """Something fails in the middle."""


@pytest.fixture
def breaker(monkeypatch):
    """A breaker that no other test has tripped."""
    monkeypatch.setattr(wake, "_breaker", wake._Breaker())


@pytest.fixture
def rude_broker(settings, breaker):
    """A port where each caller is hung up on; gives the list of those who called."""
    callers, server = [], socket.create_server(("127.0.0.1", 0))
    settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"

    def serve():
        while True:
            try:
                caller, address = server.accept()
            except OSError:
                return
            callers.append(address)
            caller.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield callers
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_without_a_broker_there_is_no_hint(settings, breaker):
    settings.REDIS_URL = ""
    assert wake.publish(uuid.uuid4()) is False


def test_a_broker_that_is_down_raises_nothing(settings, breaker, caplog):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.REDIS_URL = f"redis://:{SECRET}@127.0.0.1:{port}/0"
    assert wake.publish(uuid.uuid4()) is False
    assert "broker not reached" in caplog.text
    assert SECRET not in caplog.text, "an error's text may hold the broker's password"


def test_a_broker_that_never_answers_raises_nothing(settings, breaker):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.REDIS_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        assert wake.publish(uuid.uuid4()) is False


def test_after_a_failure_nobody_tries_for_a_while(rude_broker, monkeypatch):
    assert wake.publish(uuid.uuid4()) is False
    tried = len(rude_broker)
    assert tried > 0
    assert [wake.publish(uuid.uuid4()) for _number in range(20)] == [False] * 20
    assert len(rude_broker) == tried

    monkeypatch.setattr(wake._breaker, "_pause_until", 0.0)
    wake.publish(uuid.uuid4())
    assert len(rude_broker) > tried


def test_after_the_pause_one_finds_out_for_all():
    breaker = wake._Breaker()
    assert all(breaker.enter() for _number in range(3)), "nobody waits while all is well"
    breaker.leave(failed=True)
    assert not breaker.enter()
    breaker._pause_until = 0.0
    assert [breaker.enter() for _number in range(3)] == [True, False, False]
    breaker.leave(failed=False)
    assert all(breaker.enter() for _number in range(3))


def test_a_slow_failure_does_not_end_the_probe_of_another():
    breaker = wake._Breaker()
    breaker.enter()
    breaker.enter()
    breaker.leave(failed=True)
    breaker._pause_until = 0.0
    assert breaker.enter()
    breaker.leave(failed=True)
    breaker.leave(failed=True)
    assert not breaker.enter()


@pytest.fixture
def queue(settings, breaker, redis_url):
    """The messages in a real broker."""
    settings.REDIS_URL = redis_url
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    yield lambda: [json.loads(one) for one in client.lrange("clinic-effects", 0, -1)]
    client.close()


@pytest.mark.django_db(transaction=True)
def test_the_hint_follows_the_commit_and_carries_an_id_alone(queue):
    sam = builders.colleague("sam")
    with transaction.atomic():
        owe(Owed(KIND, sam), at=NOON)
        assert queue() == []
    (message,) = queue()
    arguments, keywords, _embedded = json.loads(base64.b64decode(message["body"]))
    assert (arguments, keywords) == ([], {"effect_id": str(Effect.objects.get().pk)})
    assert message["headers"]["task"] == wake.TASK
    assert (message["headers"]["eta"], message["headers"]["expires"]) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_no_referral_waits_behind_mail(queue, settings, monkeypatch):
    monkeypatch.setattr(handlers, "_SLOW", {*handlers._SLOW, "test.mail"})
    sam = builders.colleague("sam")
    for kind in ("test.mail", KIND):
        with transaction.atomic():
            owe(Owed(kind, sam), at=NOON)
    with app.connection_for_read(settings.REDIS_URL) as connection:
        hints = connection.SimpleQueue(app.conf.task_default_queue, no_ack=True)
        given = [hints.get(timeout=2).payload[1]["effect_id"] for _number in range(2)]
        hints.close()
    kinds = [Effect.objects.get(pk=effect_id).kind for effect_id in given]
    assert kinds == [KIND, "test.mail"]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_later_or_rolled_back_has_no_hint(queue):
    sam = builders.colleague("sam")
    with transaction.atomic():
        owe(Owed(KIND, sam, due_at=later(hours=1)), at=NOON)

    def fail():
        with transaction.atomic():
            owe(Owed(KIND, sam, "other"), at=NOON)
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert queue() == []


@pytest.mark.django_db(transaction=True)
def test_a_request_is_kept_and_paid_while_the_broker_is_away(rude_broker):
    sam = builders.colleague("sam", roles.SCHEDULER)
    request = builders.appointment_request()
    builders.pay()
    request.refresh_from_db()
    assert request.owner == sam
    assert not Effect.objects.waiting().exists()
