"""Every setting, in named sections; values come from VITRINE_… variables (docs/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import drf_spectacular_sidecar
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.configuration import environment as env
from portal.configuration import server
from portal.configuration.databases import configured_database
from portal.configuration.keystone import (
    LOCAL,
    SOURCES,
    authentication_classes,
    backends,
    configured_keystone,
)
from portal.configuration.sign_in import *  # noqa: F403 -- the settings of the log-in
from portal.configuration.stores import configured_stores
from portal.logs import configured_logs

# --- Where things are -------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.folder("VAR", BASE_DIR / "var", is_made=False)
LISTEN = server.LISTEN
PUBLIC_URL = env.url("PUBLIC_URL", "http://{}:{}".format(*LISTEN))
IS_TLS = PUBLIC_URL.startswith("https:")
VERSION = "0.1.0"

# --- Django -----------------------------------------------------------------------------------

SECRET_KEY = env.secret("SECRET_KEY", VAR / "secret_key")
if len(SECRET_KEY) < 50:  # noqa: PLR2004 -- what Django's own deployment check asks for
    raise ImproperlyConfigured("VITRINE_SECRET_KEY must be set to at least 50 characters.")
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", sorted({str(urlsplit(PUBLIC_URL).hostname), LISTEN[0]}))
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("VITRINE_ALLOWED_HOSTS must name the hosts; * would trust any.")
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = False  # the Image API answers 404 to a trailing slash
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal",
    "portal.identity",
    "quotas",
    "images",
    "images.metadefs",
    "stores",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "guardian",
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "portal.policy.PolicyMiddleware",
    "portal.middleware.ErrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.identity.middleware.DoorMiddleware",
    "portal.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.MethodMiddleware",
    "axes.middleware.AxesMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that widgets may be ours

TEMPLATES: list[dict[str, Any]] = [
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
                "portal.context.frame",
            ],
        },
    },
]

# --- Database: a transaction is never open while bytes flow -------------------------------------

DATABASE_CONNECTIONS = env.number("DATABASE_CONNECTIONS", 12, least=1)
DATABASES = {"default": configured_database(VAR, connections=DATABASE_CONNECTIONS)}
DATABASE = DATABASES["default"]

# --- Images and stores --------------------------------------------------------------------------

IMAGE_STORES, DEFAULT_STORE = configured_stores(VAR)

IMAGE_SIZE_CAP = env.number("IMAGE_SIZE_CAP", 1 << 40, least=1)  # bytes
LIST_LIMIT = env.number("LIST_LIMIT", 25, least=1)
LIST_LIMIT_MAX = env.number("LIST_LIMIT_MAX", 1000, least=1)
IMAGE_PROPERTY_QUOTA = env.number("IMAGE_PROPERTY_QUOTA", 128, least=-1)
IMAGE_PROPERTY_SIZE = env.number("IMAGE_PROPERTY_SIZE", 1 << 20, least=-1)  # bytes, of all
IMAGE_TAG_QUOTA = env.number("IMAGE_TAG_QUOTA", 128, least=-1)
IMAGE_LOCATION_QUOTA = env.number("IMAGE_LOCATION_QUOTA", 10, least=-1)
SHOW_MULTIPLE_LOCATIONS = env.flag("SHOW_MULTIPLE_LOCATIONS", default=False)
SHOW_IMAGE_DIRECT_URL = env.flag("SHOW_IMAGE_DIRECT_URL", default=False)
AUDIT_DAYS = env.period("AUDIT_DAYS", 400, unit=env.DAY, least=1)
AUDIT_DOWNLOADS = env.flag("AUDIT_DOWNLOADS", default=True)  # one event each, of ranges too
TASK_HOURS = env.period("TASK_HOURS", 48, unit=env.HOUR, least=1)
DO_SECURE_HASH = env.flag("DO_SECURE_HASH", default=True)
LINK_DAYS_MAX = env.number("LINK_DAYS_MAX", 90, most=3650)  # 0: no download links
TRASH_DAYS = env.number("TRASH_DAYS", 7, most=3650)  # 0: no trash
API_DELETE_TO_TRASH = env.flag("API_DELETE_TO_TRASH", default=False)
IMAGE_MEMBER_QUOTA = env.number("IMAGE_MEMBER_QUOTA", 128, least=-1)
PROPERTY_PROTECTION_FILE = env.optional_file("PROPERTY_PROTECTION_FILE")
PROPERTY_PROTECTION_FORMAT = env.choice(
    "PROPERTY_PROTECTION_FORMAT", "roles", ("roles", "policies")
)
IMAGE_SCHEMA_FILE = env.readable_file("IMAGE_SCHEMA_FILE", str(BASE_DIR / "images/extras.json"))
RULES_FILE = env.optional_file("RULES_FILE")
REQUIRE_IMAGE_FORMAT_MATCH = env.flag("REQUIRE_IMAGE_FORMAT_MATCH", default=True)
HEARTBEAT_SECONDS = env.period("HEARTBEAT_SECONDS", 30, unit=env.SECOND, least=2)
WORKER_THREADS = server.THREADS
UPLOAD_SLOTS = env.number("UPLOAD_SLOTS", 72, least=1)  # of each worker's threads
UPLOAD_SLOT_WAIT_SECONDS = env.period("UPLOAD_SLOT_WAIT_SECONDS", 5, unit=env.SECOND)
UPLOAD_IDLE_SECONDS = env.period("UPLOAD_IDLE_SECONDS", 86_400, unit=env.SECOND, least=1)

# --- Quotas: limits of a project that has none of its own; -1 is no limit -------------------------

QUOTA_DEFAULTS = {
    "image_size_total": env.number("LIMIT_IMAGE_SIZE_TOTAL", -1, least=-1),  # bytes
    "image_count_total": env.number("LIMIT_IMAGE_COUNT_TOTAL", -1, least=-1),
    "image_stage_total": env.number("LIMIT_IMAGE_STAGE_TOTAL", -1, least=-1),  # bytes
    "image_count_uploading": env.number("LIMIT_IMAGE_COUNT_UPLOADING", -1, least=-1),
}
QUOTA_SOFT_PERCENT = env.number("QUOTA_SOFT_PERCENT", 80, least=1, most=100)  # of a limit
QUOTA_SLICE = env.number("QUOTA_SLICE", 64 << 20, least=1)  # bytes; for uploads of unknown size
QUOTA_OVERDRAFT = env.number("QUOTA_OVERDRAFT", 1 << 30)  # bytes; 0 is strict

# --- Who asks -------------------------------------------------------------------------------------

IDENTITY = env.choice("IDENTITY", LOCAL, SOURCES)
KEYSTONE = configured_keystone(IDENTITY, VAR)
QUOTA_SOURCE = KEYSTONE.get("LIMITS", "")  # who is asked before QUOTA_DEFAULTS hold
QUOTA_SOURCE_OF_ALL = KEYSTONE.get("ALL_LIMITS", "")  # the same, of all projects at once
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *backends(IDENTITY),
    "portal.identity.backends.PeopleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "image-list"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 3600  # seconds
HAS_MAIL = bool(env.text("EMAIL_URL"))  # without it mails are printed by whoever sends them
globals().update(env.email("EMAIL_URL", "consolemail:"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.mail_address("EMAIL_FROM", f"vitrine@{urlsplit(PUBLIC_URL).hostname}")
IDENTITY_TOKEN_HOURS = env.period("TOKEN_HOURS", 1, unit=env.HOUR, least=1)
CREDENTIAL_DAYS = env.period("CREDENTIAL_DAYS", 90, unit=env.DAY)  # if none is asked; 0: no end
CREDENTIAL_DAYS_MAX = env.period("CREDENTIAL_DAYS_MAX", 0, unit=env.DAY)  # 0: no maximum
# Of a secret that was replaced:
CREDENTIAL_GRACE_HOURS = env.period("CREDENTIAL_GRACE_HOURS", 24, unit=env.HOUR)
REGION = env.text("REGION", "RegionOne")
CLOUD_NAME = env.text("CLOUD_NAME", "vitrine")
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # grants are read by images.permissions alone
    "security.W021",  # whether browsers keep the whole domain on a list is its owner's to say
    "drf_spectacular.W001",  # scripts/check asks our own generator, which has no such trouble
]
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_GET_INIT_ANONYMOUS_USER = None
ANONYMOUS_USER_NAME = None

# --- The API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": authentication_classes(IDENTITY),
    "DEFAULT_RENDERER_CLASSES": ["images.api.renderer.QuickJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "images.api.negotiation.OnlyJSON",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "images.api.openapi.operation.Inspector",
    "EXCEPTION_HANDLER": "portal.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Words and files ------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
SIDECAR = Path(str(drf_spectacular_sidecar.__file__)).parent / "static/drf_spectacular_sidecar"
STATICFILES_DIRS = [("swagger", SIDECAR / "swagger-ui-dist")]  # it brings more than we show
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "svgz",
    "png",
    "jpg",
    "gif",
    "webp",
    "woff2",
    "gz",
    "br",
    "map",
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Security -------------------------------------------------------------------------------------

TRUSTED_PROXY = server.TRUSTED_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
SECURE_SSL_REDIRECT = IS_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^healthcheck$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
SESSION_COOKIE_NAME = "__Host-session" if IS_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_AGE = 12 * 3600  # seconds
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Logs: one line an event, to standard error ---------------------------------------------------

LOGGING = configured_logs(env.log_level(), env.log_format(), secrets=[SECRET_KEY])
