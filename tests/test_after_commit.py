"""Whatever fails after the commit, the caller is not told that it failed: it did not."""

import uuid

import pytest
from django.db import transaction

from clinic.outbox.wake import wake_later


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_the_commit_does_not_reach_whoever_saved(settings, caplog):
    del settings.REDIS_URL
    with transaction.atomic():
        wake_later(uuid.uuid4())
    (record,) = caplog.records
    assert "wake_later" in record.getMessage()
    assert record.exc_info[0] is AttributeError
