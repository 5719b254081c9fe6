"""Django settings. Every SOJOURN_ variable is documented in docs/reference/settings.md (a house rule checks it)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from sojourn.config.database import database_from_url, rehearsal_database
from sojourn.config.live import live_sources
from sojourn.config.mail import mail_from_url
from sojourn.config.texts import text_provider_in

BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(os.environ.get("SOJOURN_DATA_DIR", BASE_DIR / "var"))

DEBUG = os.environ.get("SOJOURN_DEBUG") == "1"
SECRET_KEY = os.environ.get("SOJOURN_SECRET_KEY", "")
if not SECRET_KEY:
    if not (DEBUG or os.environ.get("SOJOURN_INSECURE_KEY_FOR_CHECKS") == "1"):
        raise ImproperlyConfigured(
            "SOJOURN_SECRET_KEY is not set. Start Sojourn with ./sojourn, which makes and keeps one."
        )
    SECRET_KEY = "for-checks-and-tests-only-never-serve-with-this-key"  # noqa: S105 - refused when serving, see doctor

ALLOWED_HOSTS = [
    h for h in os.environ.get("SOJOURN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h
]
SERVED_OVER_TLS = os.environ.get("SOJOURN_TLS") == "1"
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SOJOURN_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's list of passkeys says "two hours ago" with it
    "django.contrib.postgres",
    "django.forms",
    "sojourn.design",
    "sojourn.workspace",
    "sojourn.portal",
    "sojourn.sitter",
    "sojourn.analysis",
    "sojourn.program.rehearsals",
    "sojourn.program.demonstration",
    "sojourn.program.education",
    "sojourn.program.results",
    "sojourn.program.treatment",
    "sojourn.program.plans",
    "sojourn.program.intake",
    "sojourn.program.measures",
    "sojourn.program.safety",
    "sojourn.program.people",
    "sojourn.program.audit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "pghistory",
    "pgtrigger",
    "csp",
    "django_cotton",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sojourn.config.middleware.RefuseNulCharacters",
    "sojourn.config.middleware.TellWhetherAnybodyWatches",
    "sojourn.config.middleware.AnswerMachines",
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
    "sojourn.config.middleware.WhoAndWhen",
    "sojourn.config.rehearsing.Rehearsals",
]

ROOT_URLCONF = "sojourn.config.urls"
WSGI_APPLICATION = "sojourn.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sojourn.program.people.context.practice",
                "sojourn.workspace.nav.workspace_nav",
                "sojourn.workspace.nav.blind_watch",
                "sojourn.portal.nav.portal_nav",
            ],
        },
    },
]
FORM_RENDERER = "sojourn.design.renderers.DesignRenderer"

DATABASE_URL = os.environ.get("SOJOURN_DATABASE_URL", "")
DATABASES = {
    "default": database_from_url(DATABASE_URL),
    # Drills run in a database of their own, which no connection of the practice's reaches.
    "rehearsal": rehearsal_database(DATABASE_URL, os.environ.get("SOJOURN_REHEARSAL_DATABASE_URL", "")),
}
for _database in DATABASES.values():  # pages are impatient (config/wsgi.py), commands and workers are not
    _database["ANSWERS_WITHIN_S"] = float(os.environ.get("SOJOURN_ANSWERS_WITHIN_S", "0"))

# ---- who is here
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["sojourn.program.people.login.EmailLogin"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "sojourn.program.people.passwords.FewCharacters"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "sojourn.program.people.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SERVED_OVER_TLS  # passkeys on http://localhost only

# ---- the live hub: on a port of its own beside the pages, or, behind a proxy that speaks TLS, on a path of theirs
LIVE_PORT = 0 if SERVED_OVER_TLS else int(os.environ.get("SOJOURN_LIVE_PORT", "0"))  # 0: the pages' own port
LIVE_PATH = "/live/stream"

# ---- cookies, headers
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds; one working day. Documented in docs/reference/settings.md
SESSION_COOKIE_NAME = "__Host-session" if SERVED_OVER_TLS else "sojourn_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SERVED_OVER_TLS else "sojourn_csrf"
CSRF_FAILURE_VIEW = "sojourn.program.people.kept_form.expired_page"
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = 31536000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVED_OVER_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *live_sources(LIVE_PORT, ALLOWED_HOSTS)],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ---- words, time, files
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sojourn.config.static_files.HashedFiles"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# ---- messages: nothing leaves the machine until a mail server is set up; what would have left stays in the outbox
ADDRESS = os.environ.get("SOJOURN_ADDRESS", "http://localhost:8000").rstrip("/")
MAIL = mail_from_url(os.environ.get("SOJOURN_MAIL_URL", ""))
MAIL_LEAVES = MAIL is not None
TEXT_PROVIDER = text_provider_in(os.environ.get("SOJOURN_TEXT_PROVIDER", ""))
MAIL_FROM = os.environ.get("SOJOURN_MAIL_FROM", "practice@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
EMAIL_TIMEOUT = 20  # seconds
if MAIL is not None:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.host, MAIL.port, MAIL.name, MAIL.word
    EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starts_tls, MAIL.is_tls
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mails are unique whatever their case, by a constraint of our own
PGHISTORY_APPEND_ONLY = True
PROCRASTINATE_IMPORT_PATHS = [
    "sojourn.program.measures.tasks",
    "sojourn.program.plans.tasks",
]

# Logs carry ids, never health information: paths hold ids only, and form bodies are never logged.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without secrets": {"()": "sojourn.config.log_lines.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without secrets"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"sojourn": {"level": "INFO"}},
}
