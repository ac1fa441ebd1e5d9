"""The Celery app: how a hint to look at a row travels, and how a worker finds its broker again.

Refuses to hold tasks, schedules (there is no beat) and results (there is no backend): the row in
the outbox is the queue, and losing every message costs one sweep.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import redis, virtual

from clinic.environment import MissingSetting, load_demo_env

load_demo_env()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.conf import settings  # noqa: E402  (the variables above are read here)

LONGEST_RECONNECT_WAIT: Final = 5
TASKS_BY_CONNECTION: Final = 1000


class ForgetfulQoS(redis.QoS):
    """Forgets a message that Redis could not be told is acknowledged.

    kombu keeps counting it. A worker that was busy when Redis went away has then used up its
    prefetch, never asks for more, and so never finds out that its connection is gone: it is deaf
    for ever. The message may come a second time, in an hour; its row will be done by then.
    """

    def ack(self, delivery_tag: Any) -> None:
        """Acknowledge; raises what Redis raised, with the message forgotten."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class ForgetfulChannel(redis.Channel):
    """A channel that counts its messages as above."""

    QoS = ForgetfulQoS


class ForgetfulTransport(redis.Transport):
    """Redis by such channels."""

    Channel = ForgetfulChannel


class PromptConnection(Connection):
    """A broker connection whose waits between attempts stop growing at five seconds.

    Celery offers no setting for it, and kombu's 30 s would keep the fast path away for half a
    minute after a long outage has ended.
    """

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Wait for the broker 1, 2, … 5, 5, 5 seconds apart; arguments as in kombu."""
        waits = {"interval_start": 1, "interval_step": 1, "interval_max": LONGEST_RECONNECT_WAIT}
        return super().ensure_connection(*args, **{**waits, **options})

    def get_transport_cls(self) -> Any:
        """As in kombu, but Redis by the transport above."""
        found = super().get_transport_cls()
        return ForgetfulTransport if found is redis.Transport else found


class PromptAMQP(AMQP):
    """Celery's messaging with the connection above."""

    Connection = PromptConnection


def _broker() -> str:
    try:
        named = settings.REDIS_URL
    except MissingSetting as error:
        # One sentence for the operator: Celery would print a page of frames.
        sys.exit(str(error))
    # Without a Redis nobody publishes (the sweeper runs everything); memory stays in the process.
    return named or "memory://"


app = Celery("clinic", broker=_broker(), amqp=PromptAMQP)
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Without these a worker whose connection is dropped silently stays deaf for ever.
    broker_transport_options={
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 5,
        "retry_on_timeout": True,
    },
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_default_queue="clinic-effects",
    # Off: it does not prevent loss, and it crashes the 5.7 worker when Redis restarts.
    task_acks_late=False,
    # Both far below the lease of a row, so that no other process takes it while it still runs.
    task_soft_time_limit=30,
    task_time_limit=60,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    # Whoever can write to Redis must not be able to command the workers.
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    enable_utc=True,
    timezone="UTC",
    # Else Celery opens the database anew for each task, which costs more than most of them do. What
    # could be wrong with the one that is kept, `clinic.outbox.tasks` looks after.
    CELERY_DB_REUSE_MAX=TASKS_BY_CONNECTION,
)
app.autodiscover_tasks()
