"""What may stand in a log line. Refuses private links: whoever has one can open a request."""

from __future__ import annotations

import logging
import re
from typing import Final

_PRIVATE_LINK: Final = re.compile(r"/r/[^/\s\"']+")


class HidePrivateLinks(logging.Filter):
    """Puts an ellipsis where a private link's token stood, in the message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the token."""
        message = record.getMessage()
        if "/r/" in message:
            record.msg, record.args = _PRIVATE_LINK.sub("/r/…", message), ()
        return True
