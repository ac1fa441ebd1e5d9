"""A busy worker whose Redis goes away asks for work again: what it held is not held for ever."""

import pytest
import redis
from kombu import Connection

from clinic.celery import PromptConnection
from clinic.demo import broker
from clinic.demo.supervisor import Supervisor

pytestmark = pytest.mark.processes


@pytest.fixture
def server(tmp_path):
    chosen = broker.find(named="", folder=tmp_path / "redis")
    if chosen.program is None:
        pytest.skip("no Redis server on this machine")
    with Supervisor(environment={}, log_folder=tmp_path, say=print) as supervisor:
        supervisor.start(chosen.program)
        assert supervisor.wait_until(chosen.answers, seconds=10)
        yield chosen, supervisor


def held_while_redis_goes(connection, supervisor):
    """The channel of a message that was received before Redis went and acknowledged after."""
    queue = connection.SimpleQueue("busy")
    queue.put({})
    message = queue.get(timeout=5)
    channel = message.channel
    channel.qos.prefetch_count = 1
    assert not channel.qos.can_consume()
    # There is no Redis to give it back to when this process ends.
    channel.qos.restore_at_shutdown = False
    supervisor.stop()
    with pytest.raises(redis.ConnectionError):
        message.ack()
    return channel


def test_what_cannot_be_acknowledged_does_not_count_against_the_prefetch(server):
    chosen, supervisor = server
    connection = PromptConnection(chosen.url)
    assert held_while_redis_goes(connection, supervisor).qos.can_consume()


def test_kombu_alone_would_never_ask_again(server):
    """When this fails, kombu has mended it and our transport can go."""
    chosen, supervisor = server
    connection = Connection(chosen.url)
    assert not held_while_redis_goes(connection, supervisor).qos.can_consume()


def test_other_brokers_are_left_as_they_are():
    plain, ours = Connection("memory://"), PromptConnection("memory://")
    assert ours.get_transport_cls() is plain.get_transport_cls()
