"""One settings file, read from the environment. What is missing stops the start with a sentence, not with a guess."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mlmc.core.keys import ring

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MLMC_VAR", BASE_DIR / "var"))  # what a running program writes, and nothing else does


# Keys may stand in a file of their own instead of the environment; what it names comes before the environment.
KEPT = ring.kept_in(os.environ["MLMC_SECRETS_FILE"]) if os.environ.get("MLMC_SECRETS_FILE") else {}


def given(name):
    return KEPT.get(name) or os.environ.get(name, "")


def needed(name):
    if found := given(name):
        return found
    raise ImproperlyConfigured(f"{name} is not set. `make run` sets it for the demo; see README.md.")


def needed_key(name):
    return ring.long_enough(name, needed(name))


SECRET_KEY = needed_key("MLMC_SECRET_KEY")  # signs cookies and sessions
SECRET_KEY_FALLBACKS = given("MLMC_SECRET_KEY_FALLBACKS").split()  # older ones, until the last session has ended
MLMC_ACTOR_KEY = needed_key("MLMC_ACTOR_KEY")  # signs who acts; its twin lies in guard.actor_key
MLMC_DATA_KEYS = needed("MLMC_DATA_KEYS")  # "2:base64,1:base64": the first seals, all of them open
MLMC_INDEX_KEY = needed_key("MLMC_INDEX_KEY")  # blind indexes; another key, so that one leak is not two
ring.read_ring(MLMC_DATA_KEYS)  # nothing starts with a ring that cannot be read
MLMC_DEMO = os.environ.get("MLMC_DEMO") == "1"
MLMC_LEASE_SECONDS = int(os.environ.get("MLMC_LEASE_SECONDS", "300"))
MLMC_EXPORTS = Path(os.environ.get("MLMC_EXPORTS", VAR / "exports"))  # sealed; web and workers see it
MLMC_BACKUP_DIR = os.environ.get("MLMC_BACKUP_DIR", VAR / "backups")
MLMC_BACKUP_COPY = os.environ.get("MLMC_BACKUP_COPY", "")  # a second folder: another disk, another machine
MLMC_BACKUP_BUCKET = os.environ.get("MLMC_BACKUP_BUCKET", "")  # and an S3-compatible store: bucket/prefix
MLMC_BACKUP_ENDPOINT = os.environ.get("MLMC_BACKUP_ENDPOINT", "")
MLMC_SETUP_CODE = given("MLMC_SETUP_CODE")  # opens the first page of a program in which nobody is yet
MLMC_RESTORE_PAGE = os.environ.get("MLMC_RESTORE_PAGE", "")  # the launcher says it: a backup may come back by page
SITE_URL = os.environ.get("MLMC_SITE_URL", "http://localhost:8000")
HTTPS = SITE_URL.startswith("https://")
MLMC_BEHIND_PROXY = os.environ.get("MLMC_BEHIND_PROXY") == "1"  # a web server of our own stands in front
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MLMC_BEHIND_PROXY else None

DEBUG = False
ALLOWED_HOSTS = os.environ.get("MLMC_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "mlmc.urls"
WSGI_APPLICATION = "mlmc.wsgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, which FORM_RENDERER looks up among ours
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "mlmc",
    "mlmc.core",
    "cases",
    "mentors",
    "matching",
    "outcomes",
]
MIDDLEWARE = [
    "mlmc.requests.in_our_language",
    "mlmc.requests.from_the_proxy",
    "mlmc.requests.numbered",
    "mlmc.requests.strict_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "mlmc.core.api.problems.everywhere",  # whatever refuses a program says so in one form
    "mlmc.requests.from_our_pages",
    "mlmc.requests.not_too_large",
    "mlmc.alive.at_the_gate",  # is it up? Asked of nobody's session, and of no database
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files are strict as well, but may be kept
    "mlmc.core.pages.ordinary_methods",
    "mlmc.core.context.transaction_middleware",  # one transaction around session, view and rendering
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "mlmc.core.door.gate.Gate",  # the lock, and the second factor that is still to come
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "mlmc.core.context.acting_middleware",  # innermost: the view acts as its person
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "mlmc.navigation.shell",
            ],
            "builtins": ["mlmc.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database(url):
    """One PostgreSQL address as Django wants it: `postgresql://user:password@host:port/name?host=/socket/folder`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "mlmc.core.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": query.get("port", parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a named cursor does not survive a transaction pooler
        "OPTIONS": {"connect_timeout": 2},  # then the page says that we look after it
    }


# Three log-ins to one database: the program works as app, the owner migrates, the keeper sees all but never serves.
ADDRESS = {"app": "DATABASE_URL", "owner": "DATABASE_URL_OWNER", "keeper": "DATABASE_URL_KEEPER"}
DATABASES = {"default": database(needed(ADDRESS[os.environ.get("MLMC_DATABASE_ROLE", "app")]))}

LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "core:sign_in", "home", "core:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "mlmc.core.door.passwords.ProgramWordsValidator"},
]
SESSION_ENGINE = "mlmc.core.door.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
COOKIE_PREFIX = "__Host-" if SESSION_COOKIE_SECURE else ""  # a browser takes it over https only, from this host alone
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}session", f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

USE_TZ, TIME_ZONE = True, os.environ.get("MLMC_TIME_ZONE", "America/New_York")
USE_I18N, LANGUAGE_CODE, LANGUAGES = True, "en-us", [("en", "English"), ("es", "Español")]

STATIC_URL, STATIC_ROOT = "/static/", Path(os.environ.get("MLMC_STATIC", VAR / "static"))
PACKAGES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", PACKAGES / "bootstrap/dist"),
    ("vendor/bootstrap-icons", PACKAGES / "bootstrap-icons/font"),
    ("vendor/figtree", PACKAGES / "@fontsource-variable/figtree/files"),
    ("vendor/source-serif-4", PACKAGES / "@fontsource-variable/source-serif-4/files"),
    ("vendor/htmx", PACKAGES / "htmx.org/dist"),
    ("vendor/chart", PACKAGES / "chart.js/dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is kept as a file
    "staticfiles": {"BACKEND": "mlmc.static_files.Gathered"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Nothing from another origin, nothing inline. What a browser kept out it tells us, and we count it by its kind.
CSP_REPORTS = "/csp/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "report-uri": CSP_REPORTS,
        "report-to": "csp",
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # with none at all a browser's form posts as `Origin: null`, and is refused
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "mlmc.views.stale"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of one form, in which nothing longer than some pages is typed
FILE_UPLOAD_HANDLERS = ["mlmc.office.restore_upload.OnDisk", "mlmc.core.bringing.arriving.InMemory"]

if os.environ.get("MLMC_SMTP_HOST"):
    EMAIL_HOST, EMAIL_PORT = os.environ["MLMC_SMTP_HOST"], int(os.environ.get("MLMC_SMTP_PORT", "25"))
    EMAIL_HOST_USER = os.environ.get("MLMC_SMTP_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("MLMC_SMTP_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("MLMC_SMTP_TLS") == "1"
    EMAIL_TIMEOUT = 20
else:  # the program's own settings name a server, or letters lie in a folder, where they can be read
    EMAIL_BACKEND, EMAIL_FILE_PATH = "mlmc.office.letters.Backend", VAR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("MLMC_FROM", "notices@localhost")

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "mlmc.core.api.schema.Described", "URL_FORMAT_OVERRIDE": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Case management",
    "DESCRIPTION": "For programs of the agency and of those who refer. `GET /api/v1/` says what a key may do.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [],  # a short list stands where it is asked for
}

CELERY_BROKER_URL = needed("REDIS_URL")
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# Every line goes through one door, which knows what it may say: mlmc.core.logs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"door": {"()": "mlmc.core.logs.door"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "door"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO"}, "fido2": {"level": "WARNING"}},
}
