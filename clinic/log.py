"""What may stand in a log line. Refuses private links: whoever has one can open what it opens."""

from __future__ import annotations

import logging
import re
from typing import Final

_PRIVATE_LINK: Final = re.compile(r"/(r|welcome/[^/\s\"']+)/[^/\s\"']+")


class HidePrivateLinks(logging.Filter):
    """Puts an ellipsis where a private link's token stood, in the message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the token."""
        message = record.getMessage()
        if _PRIVATE_LINK.search(message):
            record.msg, record.args = _PRIVATE_LINK.sub(r"/\1/…", message), ()
        return True
