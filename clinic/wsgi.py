"""The WSGI door that gunicorn opens."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from clinic.environment import MissingSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
try:
    application = get_wsgi_application()
except MissingSetting:
    # Whichever server opens this door prints the sentence, and no page of frames above it.
    sys.tracebacklimit = 0
    raise
