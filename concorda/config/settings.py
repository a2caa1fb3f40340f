"""Settings, all of them from the environment; without any, a local installation on SQLite in `var/`."""

from importlib import import_module
from pathlib import Path

import environ
from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

VAR = Path(env("CONCORDA_VAR", default=str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)


def kept_secret() -> str:
    """The secret key of a local installation: made on first use, kept in `var/`, readable by its owner only."""
    path = VAR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


DEBUG = env.bool("CONCORDA_DEBUG", default=False)
SECRET_KEY_GIVEN = bool(env("CONCORDA_SECRET_KEY", default=""))
SECRET_KEY = env("CONCORDA_SECRET_KEY") if SECRET_KEY_GIVEN else kept_secret()
ALLOWED_HOSTS = env.list("CONCORDA_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CONCORDA_ORIGINS", default=[])

# A demo installation shows its people on the sign-in page; an outbox page shows the mail that would have been sent.
# Both are for a machine that only its owner reaches.
DEMO = env.bool("CONCORDA_DEMO", default=False)
EMAIL_URL = env("EMAIL_URL", default="")
OUTBOX = env.bool("CONCORDA_OUTBOX", default=False) and not EMAIL_URL

STAGES = ("connect", "begin", "implement", "monitor")
TOOL_APPS = [f"concorda.{stage}.{tool}" for stage in STAGES for tool in import_module(f"concorda.{stage}").TOOLS]

INSTALLED_APPS = [
    "concorda.foundation.core",
    "concorda.foundation.accounts",
    "concorda.foundation.organizations",
    "concorda.foundation.partnerships",
    "concorda.foundation.process",
    *TOOL_APPS,
    "concorda.portal",
    "concorda.portal.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "concorda.foundation.accounts.preferences.Preferences",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "concorda.foundation.partnerships.door.Door",
]

ROOT_URLCONF = "concorda.config.urls"
WSGI_APPLICATION = "concorda.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "concorda.foundation.process.errands.Templates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "concorda.foundation.core.context.appearance",
                "concorda.foundation.process.context.partnership",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "concorda.foundation.core.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "concorda.foundation.core.rendering.FormRenderer"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'concorda.sqlite3'}")}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL has to look like postgres://user:password@host:5432/concorda")
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without WAL and IMMEDIATE, simultaneous writers fail on locks instead of waiting (docs/performance.md).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits live in the cache, so it has to be shared by the processes.
CACHES = {"default": env.cache("CACHE_URL", default=f"filecache://{VAR / 'cache'}")}

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# Whether strangers may open an account; people who were invited always may.
SIGN_UP = env.bool("CONCORDA_SIGN_UP", default=True)
ACCOUNT_ADAPTER = "concorda.foundation.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "concorda.foundation.accounts.entrance.LoginForm",
    "signup": "concorda.foundation.accounts.entrance.SignupForm",
    "reset_password": "concorda.foundation.accounts.entrance.ResetPasswordForm",
    "add_email": "concorda.foundation.accounts.entrance.AddEmailForm",
}
ACCOUNT_SIGNUP_FORM_CLASS = "concorda.foundation.accounts.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that opened the account: no password twice
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

LANGUAGE_CODE = "en-ca"
LANGUAGES = [("en-ca", _("English")), ("fr-ca", _("French"))]
LOCALE_PATHS = [BASE_DIR / "concorda" / folder / "locale" for folder in ("config", *STAGES)]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31536000
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "concorda.foundation.core.uploads.Limit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Every letter is stored with the change that causes it; with a mail server the worker posts it through MAIL_BACKEND.
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
MAIL_BACKEND = globals().get("EMAIL_BACKEND", "")
EMAIL_BACKEND = "concorda.foundation.accounts.outbox.Backend"
EMAIL_TIMEOUT = 30
# The mailbox the worker reads, and the address people answer to. A {} in it stands for what tells answers apart.
IMAP_URL = env("CONCORDA_IMAP_URL", default="")
MAIL_ANSWERS = env("CONCORDA_MAIL_ANSWERS", default="") if IMAP_URL else ""
DEFAULT_FROM_EMAIL = env("CONCORDA_MAIL_FROM", default="Concorda <concorda@localhost>")
SITE_URL = env("CONCORDA_URL", default="http://localhost:8000")

# Numbers for a monitoring system at /metrics; whoever reaches that address reads them.
METRICS = env.bool("CONCORDA_METRICS", default=False)

# The seal under agreements: without a PKCS#12 file of one's own, a certificate is made on first use and kept in `VAR`.
SEAL = env("CONCORDA_SEAL", default="")
SEAL_PASSWORD = env("CONCORDA_SEAL_PASSWORD", default="")
TIMESTAMP_URL = env("CONCORDA_TIMESTAMP_URL", default="")
TIMESTAMP_ROOTS = env("CONCORDA_TIMESTAMP_ROOTS", default="")

# How many requests a minute one token, or one person, may send to the API.
API_REQUESTS_A_MINUTE = env.int("CONCORDA_API_REQUESTS", default=600)
# Addresses inside the own network that webhooks may reach, such as "10.0.0.7:8080"; none unless named here.
WEBHOOK_INSIDE = env.list("CONCORDA_WEBHOOK_INSIDE", default=[])

# Called by name after a register was loaded: what is built from the directory stands on floors above it.
DIRECTORY_CHANGED = ["concorda.connect.participation.directory.ask_for_rebuild"]

TASKS = {"default": {"BACKEND": env("CONCORDA_TASKS", default="django_tasks_db.DatabaseBackend")}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("CONCORDA_LOG", default="WARNING")},
}
