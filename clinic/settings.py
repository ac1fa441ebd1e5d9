"""Django settings: one file for the demo, the tests and the real thing.

What differs between them is read from the environment (`clinic.environment`). Refuses to hold
anything about one centre: its name, numbers, hours and colours are rows.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

import django_stubs_ext

from clinic import environment as env
from clinic import providers

django_stubs_ext.monkeypatch()

BASE_DIR: Final = env.BASE_DIR
VAR_DIR: Final = env.VAR_DIR

DEMO: Final = env.read_flag("DEMO")
REAL_PATIENTS: Final = env.read_flag("REAL_PATIENTS")
if DEMO and REAL_PATIENTS:
    raise env.MissingSetting("DEMO and REAL_PATIENTS exclude each other: turn one of them off.")
PUBLIC_FORMS_OPEN = DEMO or REAL_PATIENTS
DEBUG = env.read_flag("DEBUG")
SECRET_KEY = env.read_secret()
FIELD_KEYS = env.read_field_keys()
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS")
SITE_URL = env.read_site()
TRUSTED_PROXIES = env.read_number("TRUSTED_PROXIES")
SHARED_DATA = env.read("SHARED_DATA")

# -- The wings, named by string only; either may be left out. ------------------------------------
WING_APPS: Final = {
    "education": ["education"],
    "referrals": ["referrals.trials", "referrals.screening", "referrals.desk"],
}
WINGS: Final = env.read_choices("WINGS", WING_APPS)
MAIL: Final = providers.read_mail()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "django_htmx",
    "clinic.translations",
    "clinic.audit",
    "clinic.signing",
    "clinic.places",
    "clinic.people",
    "clinic.outbox",
    "clinic.design",
    "clinic.appointments",
    "clinic.demo",
    *(["anymail"] if MAIL.provider else []),
    *(app for wing in WINGS for app in WING_APPS[wing]),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A secret cannot be guessed from the length of a page: no other site can make a signed-in
    # browser ask for one (SameSite), and Django pads what it compresses.
    "django.middleware.gzip.GZipMiddleware",
    "clinic.design.middleware.ResponseHeaders",
    "clinic.design.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic.design.language.LanguageOfPath",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.design.context.shell",
            ],
            "builtins": ["clinic.design.templatetags.design"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "house"
CRISPY_TEMPLATE_PACK = "house"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# -- Data ------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": env.read_database()}
IS_SQLITE: Final = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # WAL loses pages on reset before 3.51.3 (sqlite.org/wal.html); the rollback journal does not.
    # FULL: a reference shown to a patient must survive a power cut.
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE"
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL;",
    }
    # Tests run on a file: an in-memory database is shared between threads and hides every race.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 3,
        "pool": {"min_size": 1, "max_size": 8, "timeout": 3},
    }
    # What the pool gives out is asked first: after a restart of the server all it holds is dead.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

# -- Background work -------------------------------------------------------------------------------
REDIS_URL = env.read_broker()

# -- Mail: a neutral sender; the name shown comes from the centre's row ----------------------------
_email = MAIL.values
EMAIL_BACKEND = str(_email["EMAIL_BACKEND"])
EMAIL_HOST = str(_email.get("EMAIL_HOST") or "localhost")
EMAIL_PORT = int(str(_email.get("EMAIL_PORT") or 25))
EMAIL_HOST_USER = str(_email.get("EMAIL_HOST_USER") or "")
EMAIL_HOST_PASSWORD = str(_email.get("EMAIL_HOST_PASSWORD") or "")
EMAIL_USE_TLS = bool(_email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_email.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = str(BASE_DIR / str(_email.get("EMAIL_FILE_PATH") or "var/mail"))
EMAIL_TIMEOUT = providers.MAIL_SECONDS
ANYMAIL = MAIL.anymail

# -- Text messages: off unless SMS_URL names who carries them --------------------------------------
SMS = providers.read_sms()

# -- Language and time: the language is the first path segment, never a cookie ---------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.read_zone()

# -- Static files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "clinic.design.stylesheet.StylesheetFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# -- Signing in and trust --------------------------------------------------------------------------
LOGIN_URL = "staff:sign_in"
LOGIN_REDIRECT_URL = "staff:index"
LOGOUT_REDIRECT_URL = "staff:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
# A link to choose a password: long enough for who is invited on a Friday.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic.design.views.csrf_failure"
# Plain http exists on loopback only: the demo, the tests and nothing else.
SECURE: Final = not (DEMO or SITE_URL.startswith("http://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# -- Logs: ids and states only; a record never carries a request body or a name --------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"private": {"()": "clinic.log.HidePrivateLinks"}},
    "handlers": {
        "screen": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["private"],
        }
    },
    "root": {"handlers": ["screen"], "level": "INFO"},
    "loggers": {
        # Django's default mails error reports, with local variables, to ADMINS: never here.
        "django": {"handlers": ["screen"], "level": "INFO", "propagate": False},
        # A line for each attempt; whoever waits for the connection says so once.
        "psycopg.pool": {"level": "ERROR"},
        # It would write the address of each request to its machines, with our account in it.
        "twilio.http_client": {"level": "WARNING"},
    },
}
ADMINS: list[tuple[str, str]] = []

CONTACT_FILE: Path = VAR_DIR / "contact.json"
ACCOUNTS_FILE: Path = VAR_DIR / "demo-accounts.txt"
SILENCED_SYSTEM_CHECKS: list[str] = []
