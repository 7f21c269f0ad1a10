"""Settings of the site. Everything that differs between installations comes from the environment or the home folder.

``XINGLIN_HOME`` home folder · ``DATABASE_URL`` PostgreSQL instead of SQLite · ``XINGLIN_HOSTS`` host names, comma
separated · ``XINGLIN_DEMO=1`` demonstration mode · ``XINGLIN_HTTPS=1`` behind TLS · ``XINGLIN_PROXIES`` how many
reverse proxies stand in front (they must set X-Forwarded-For and X-Forwarded-Proto) · ``XINGLIN_ANCHOR`` a second place
for the anchor of the audit chain (file or folder, best on another machine) · ``XINGLIN_LOG`` level of the log ·
``XINGLIN_API_RATE`` requests that a token of the API may send in a minute ·
``XINGLIN_DEFINITIONS`` folder with record definitions of one's own · ``XINGLIN_SCAN`` command that scans uploaded
files for viruses (gets a path, ends with 0 when clean) · ``XINGLIN_OUTLINES`` folder with
outlines for maps of one's own · ``XINGLIN_MAP_APPROVAL`` their approval number (审图号), printed under every map.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

import xinglin
from xinglin.apps.protection.home import home, read_keys
from xinglin.apps.ui.logs import configuration
from xinglin.base.errors import XinglinError

XINGLIN_HOME = home()
XINGLIN_DEMO = os.environ.get("XINGLIN_DEMO") == "1"
HTTPS = os.environ.get("XINGLIN_HTTPS") == "1"
_PROXIES = os.environ.get("XINGLIN_PROXIES", "") or "0"
if not _PROXIES.isdecimal():
    raise XinglinError("XINGLIN_PROXIES 要是前面反向代理的层数：没有写 0，有一层写 1")
XINGLIN_PROXIES = int(_PROXIES)
_API_RATE = os.environ.get("XINGLIN_API_RATE", "") or "120"
if not _API_RATE.isdecimal() or not int(_API_RATE):
    raise XinglinError("XINGLIN_API_RATE 要是每个接口令牌每分钟最多几次请求，如 120")
XINGLIN_API_RATE = int(_API_RATE)
XINGLIN_ANCHORS = (
    XINGLIN_HOME / "anchor" / "audit.log",
    *(Path(path) for path in [os.environ.get("XINGLIN_ANCHOR")] if path),
)

XINGLIN_SCAN = os.environ.get("XINGLIN_SCAN", "")
XINGLIN_OUTLINES = next((Path(path) for path in [os.environ.get("XINGLIN_OUTLINES")] if path), None)
XINGLIN_MAP_APPROVAL = os.environ.get("XINGLIN_MAP_APPROVAL", "")
XINGLIN_DEFINITIONS = tuple(Path(path) for path in [os.environ.get("XINGLIN_DEFINITIONS")] if path)

SECRET_KEY = read_keys(XINGLIN_HOME).django
DEBUG = False
ALLOWED_HOSTS = [
    name.strip() for name in os.environ.get("XINGLIN_HOSTS", "localhost,127.0.0.1").split(",") if name.strip()
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "xinglin.apps.ui",
    "xinglin.apps.audit",
    "xinglin.apps.access",
    "xinglin.apps.work",
    "xinglin.apps.accounts",
    "xinglin.apps.exchange",
    "xinglin.apps.organisations",
    "xinglin.apps.forms",
    "xinglin.apps.residents",
    "xinglin.apps.clinic",
    "xinglin.apps.wellness",
    "xinglin.apps.contracts",
    "xinglin.apps.indicators",
    "xinglin.apps.insight",
    "xinglin.apps.api",
    "xinglin.apps.installation",
]

MIDDLEWARE = [
    "xinglin.apps.access.forwarded.ForwardedMiddleware",
    "xinglin.apps.ui.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xinglin.apps.accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "xinglin.config.urls"
WSGI_APPLICATION = "xinglin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "xinglin.apps.ui.context.page",
            ]
        },
    }
]

FORM_RENDERER = "xinglin.apps.ui.renderer.Renderer"

SQLITE = {
    "ENGINE": "xinglin.config.sqlite",
    "NAME": XINGLIN_HOME / "xinglin.sqlite3",
    # Kept open by each thread: opening costs 2 ms, and the last one to close folds the write-ahead log back, on disk.
    "CONN_MAX_AGE": 600,
    "OPTIONS": {
        # Writers take the lock at once and wait for it; a commit is on disk before it is acknowledged.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
}
POSTGRESQL = os.environ.get("DATABASE_URL", "")
if POSTGRESQL and not POSTGRESQL.startswith(("postgres://", "postgresql://")):
    raise XinglinError("DATABASE_URL 要以 postgres:// 开头；用数据目录里的 SQLite，就去掉这个环境变量")
# The thread pool is bounded, so persistent connections are too.
DATABASES = {
    "default": dj_database_url.parse(POSTGRESQL, conn_max_age=600, conn_health_checks=True)
    if POSTGRESQL
    else SQLITE
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["xinglin.apps.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "xinglin.apps.accounts.validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "ui:home"

SESSION_ENGINE = "xinglin.apps.accounts.sessions"
SESSION_COOKIE_AGE = 3600  # after the last page; see sessions.LONGEST for the longest altogether
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if XINGLIN_PROXIES else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = configuration(os.environ.get("XINGLIN_LOG", "INFO"))

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = os.environ.get("XINGLIN_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
STATICFILES_DIRS = [("report", Path(xinglin.__file__).parent / "report" / "static")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "xinglin.apps.ui.scripts.MadeScripts",
]
STATIC_URL = "/static/"
# What is remembered for a minute: in memory, or in files where several processes answer (see `installation.server`).
XINGLIN_SHARED_CACHE = XINGLIN_HOME / "cache" / "minute"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": XINGLIN_SHARED_CACHE,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
    if os.environ.get("XINGLIN_PROCESSES", "1") != "1"
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

STATIC_ROOT = Path(os.environ.get("XINGLIN_STATIC", XINGLIN_HOME / "static"))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": XINGLIN_HOME / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
