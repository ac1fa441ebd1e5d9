"""The tables of the outbox room."""

from clinic.outbox.models.call import CallTask
from clinic.outbox.models.effect import Effect, EffectQuerySet
from clinic.outbox.models.heartbeat import Heartbeat
from clinic.outbox.models.message import Message

__all__ = ["CallTask", "Effect", "EffectQuerySet", "Heartbeat", "Message"]
