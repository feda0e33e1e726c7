"""The one settings file. It runs after a checkout with nothing set; `docs/operations.md` explains every name."""

import sys
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.phones import scrub_event

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """Read a whole number; refuse to start when it is outside its range."""
    value = env.int(name, default=default)
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} is {value}; it must be from {low} to {high}.")
    return value


def required(name: str, development: str) -> str:
    """Read a text that production must set; development falls back to a value that is no secret."""
    value = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set when ROLLCALL_PRODUCTION is on.")
    return value or development


def truetype(name: str) -> str:
    """Read the path of a font; refuse to start when it is none that can be embedded (outlines of PostScript cannot)."""
    place = env.str(name, default="")
    head = Path(place).read_bytes()[:64] if place and Path(place).is_file() else b""
    # A collection names where its first font begins.
    font = Path(place).read_bytes()[int.from_bytes(head[12:16], "big") :][:4] if head[:4] == b"ttcf" else head[:4]
    if place and font not in (b"\0\1\0\0", b"true"):
        raise ImproperlyConfigured(f"{name} must be the path of a TrueType font (.ttf or .ttc, with TrueType outlines).")
    return place


# --- What kind of house this is ---------------------------------------------------------------------------
PRODUCTION = env.bool("ROLLCALL_PRODUCTION", default=False)
TESTING = Path(sys.argv[0]).name in ("pytest", "py.test") or "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG cannot be on when ROLLCALL_PRODUCTION is on.")
STATE_DIR = Path(env.str("ROLLCALL_STATE", default=str(BASE_DIR / ".rollcall")))
STATE_DIR.mkdir(parents=True, exist_ok=True)

PORTAL_URL = required("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = PORTAL_URL.startswith("https://")
if PRODUCTION and not SECURE:
    raise ImproperlyConfigured("PORTAL_URL must begin with https:// in production: the platform demands it.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PORTAL_URL.split("://")[1].split(":")[0].split("/")[0]])
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

# --- Secrets: the first key encrypts, all of them decrypt -----------------------------------------------------
SECRET_KEY = required("SECRET_KEY", "development-only-" + "x" * 40)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = [key for key in required("FIELD_KEYS", "ZGV2ZWxvcG1lbnQtb25seS1kZXZlbG9wbWVudC1vbmw=").split(",") if key]
INDEX_KEY = required("INDEX_KEY", "development-only-index")
AUDIT_KEY = required("AUDIT_KEY", "development-only-audit")

# --- The platform: the only switch between the sandbox and the real one ----------------------------------------
TENCENT_API_URL = env.str("TENCENT_API_URL", default="https://api.meeting.qq.com").rstrip("/")
TENCENT_MEETING_URL = env.str("TENCENT_MEETING_URL", default="https://meeting.tencent.com").rstrip("/")
TENCENT_CORP_ID = required("TENCENT_CORP_ID", "")
TENCENT_SDK_ID = required("TENCENT_SDK_ID", "")
TENCENT_SECRET = required("TENCENT_SECRET", "")
TENCENT_WEBHOOK_TOKEN = required("TENCENT_WEBHOOK_TOKEN", "")
TENCENT_WEBHOOK_AES_KEY = env.str("TENCENT_WEBHOOK_AES_KEY", default="")
# Marked "inferred" in what is known of the platform, hence settings (identity file 8.4 and 1.1).
TENCENT_PHONE_HASH_PREFIXES = env.list("TENCENT_PHONE_HASH_PREFIXES", default=["", "86", "+86", "0086"])
TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS = env.bool("TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS", default=True)
TENCENT_TIMEOUT = whole("TENCENT_TIMEOUT", 15, low=1, high=120)
# The platform's limits on calls (document 105276), minutes that may be shorter in tests, and what we stay below.
TENCENT_RATE_PER_MINUTE = whole("TENCENT_RATE_PER_MINUTE", 300, low=0, high=1_000_000)
TENCENT_RATE_ACCOUNT_PER_MINUTE = whole("TENCENT_RATE_ACCOUNT_PER_MINUTE", 100, low=0, high=1_000_000)
TENCENT_RATE_PER_DAY = whole("TENCENT_RATE_PER_DAY", 200_000, low=0, high=1_000_000_000)
TENCENT_RATE_CREATIONS_PER_HOUR = whole("TENCENT_RATE_CREATIONS_PER_HOUR", 2000, low=0, high=1_000_000)
TENCENT_RATE_MINUTE_SECONDS = whole("TENCENT_RATE_MINUTE_SECONDS", 60, low=1, high=3600)
TENCENT_RATE_MARGIN_PERCENT = whole("TENCENT_RATE_MARGIN_PERCENT", 2, low=0, high=100)

# --- Apps -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal",  # loads portal.celery
    "portal.accounts", "portal.install", "portal.jobs", "portal.audit", "portal.webhooks", "portal.pages",
    "meetings", "attendance",
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "whitenoise.runserver_nostatic", "django.contrib.staticfiles", "django.contrib.humanize",
    "django.forms", "allauth", "allauth.account", "allauth.socialaccount", "allauth.mfa",
    "csp", "django_filters", "django_htmx", "django_structlog", "django_tables2",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portal.accounts.middleware.CurrentOrganisation",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database and broker -------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'rollcall.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at once, so no transaction dies half-way on a lock (reliability rule 3).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # Opening the file and reading its tables costs more than most requests do.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
# Short, because nothing in a request may wait for the broker (reliability rule 2).
BROKER_PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        "OPTIONS": BROKER_PATIENCE,
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    # Without this kombu tries for seconds to open a connection although the publish itself may not be repeated.
    "max_retries": 0,
    **BROKER_PATIENCE,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
SWEEP_SECONDS = whole("SWEEP_SECONDS", 5, low=1, high=300)
JOB_LEASE_SECONDS = whole("JOB_LEASE_SECONDS", 60, low=2, high=3600)
NIGHTLY_HOUR = whole("NIGHTLY_HOUR", 2, low=0, high=23)
PULL_AGAIN_SECONDS = whole("PULL_AGAIN_SECONDS", 600, low=1, high=86400)
SYNC_BACK_DAYS = whole("SYNC_BACK_DAYS", 7, low=1, high=30)

# --- Who signs in ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "pages:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "pages:sign_in"
ACCOUNT_LOGOUT_REDIRECT_URL = "pages:sign_in"
ACCOUNT_ADAPTER = "portal.install.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.install.adapter.InstallAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key"}
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE

# --- The browser ------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = False  # the platform refuses redirects on webhooks; the proxy in front redirects people
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Signing in posts a form that is answered by a redirect to the platform's consent page.
        "form-action": [SELF, TENCENT_MEETING_URL],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
STATIC_URL = "/static/"
# Only production collects files; elsewhere whitenoise finds them, and would warn of a directory that is not there.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Language, time, words ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="support@rollcall.example")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="")
# A font with Chinese characters for printed reports; without one the reader's own Song font draws them.
PDF_FONT = truetype("PDF_FONT")
DJANGO_TABLES2_TEMPLATE = "components/_table.html"

# --- Logs: one line of JSON each in production, personal data scrubbed everywhere ----------------------------------------
_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    scrub_event,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}} if TESTING else {},
}
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
