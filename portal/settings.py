"""One settings file for demo, tests and production: the environment decides.

`portal/environment.py` reads it and refuses what would be unsafe; `.env.example` lists the names.
"""

import json
import secrets
from urllib.parse import urlsplit

from celery.schedules import crontab

from portal import environment, logs, queues

env = environment.read()
mode = environment.Mode(env)
environment.refuse_if_unsafe(env)

BASE_DIR = environment.BASE_DIR
PORTAL_HOME = environment.home(env)
DEMO, TESTING, PRODUCTION = mode.demo, mode.testing, mode.production
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secrets.token_urlsafe(50)

# The address people type. Links in mails are built on it, never on what a request claims.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname, *env.list("ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "portal",
    "referrals",
    "content",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_htmx",
    "template_partials",
    "lucide",
    "anymail",
    "csp",
]

MIDDLEWARE = [
    "portal.middleware.RequestLog",
    "portal.middleware.ClosedHeaders",
    "portal.middleware.Packed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.OnlyForms",
    "portal.middleware.PlainCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.Witness",
    "portal.middleware.NeverStored",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.zones.ReadersZone",
    "portal.middleware.NoSuchAddress",
    "portal.middleware.SomebodyWasFaster",
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
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.page",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["so"]
CRISPY_TEMPLATE_PACK = "so"

# What is kept, and where.
DATABASES = {"default": environment.database(env)}
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "portal.cache.ForgivingCache",
        "LOCATION": environment.cache_address(REDIS_URL),
        "KEY_PREFIX": "cache",
        # A page waits a moment at most for a cache that hangs; a busy test machine may take its time.
        "OPTIONS": {"socket_connect_timeout": 5 if TESTING else 0.5, "socket_timeout": 10 if TESTING else 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
RECORDS_DIR = env.path("RECORDS_DIR", default=str(PORTAL_HOME / "records")).root
MAX_FILE_BYTES = env.int("MAX_FILE_BYTES", default=5 * 1024**3)
MAX_CASE_BYTES = env.int("MAX_CASE_BYTES", default=50 * 1024**3)
MAX_CASE_FILES = env.int("MAX_CASE_FILES", default=20_000)  # a disc of scans has some thousand
UPLOAD_DAYS = env.int("UPLOAD_DAYS", default=7)  # how long an unfinished upload may be silent
# How many files one web process takes in at the same moment: fewer than its threads (WEB_THREADS).
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=16)
RECORD_KEYS = environment.record_keys(
    env.str("RECORD_KEYS", default="")
)  # never made up here: see docs/run.md
RECORDS_STORE = environment.record_store(env.str("RECORDS_STORE", default=""))
CLAMD_URL = environment.scanner(env)
OCR_LANGUAGES = env.str("OCR_LANGUAGES", default="eng")  # of Tesseract, joined by +
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_HANDLERS = ["portal.uploads.NoFiles"]  # pages that take files bring their own

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(PORTAL_HOME / "static")).root
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # records have a storage of their own
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "portal.static_files.HashedFiles"
    },
}

# People and how they sign in.
AUTH_USER_MODEL = "referrals.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["tests.passwords.CheapArgon2"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:mine"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "portal.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "signup": "portal.accounts.forms.SignUp",
    "login": "portal.accounts.forms.SignIn",
    "request_login_code": "portal.accounts.forms.AskForCode",
    "confirm_login_code": "portal.accounts.forms.SignInCode",
    "confirm_email_verification_code": "portal.accounts.forms.AddressCode",
    "confirm_password_reset_code": "portal.accounts.forms.ResetCode",
    "reset_password": "portal.accounts.forms.ResetPassword",
    "reset_password_from_key": "portal.accounts.forms.NewPassword",
    "change_password": "portal.accounts.forms.ChangePassword",
    "set_password": "portal.accounts.forms.FirstPassword",
    "add_email": "portal.accounts.forms.ChangeAddress",
    "reauthenticate": "portal.accounts.forms.PasswordAgain",
}
ACCOUNT_SIGNUP_FORM_CLASS = "portal.accounts.fields.SignUpFields"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_RATE_LIMITS = {
    # A code can be tried three times: 18 tries an hour of a million, from however many addresses.
    "request_login_code": "20/m/ip,3/m/key,6/h/key",
    "reset_password": "20/m/ip,3/m/key,6/h/key",
    # The password of whoever left a browser open: before a signature or a change.
    "reauthenticate": "10/m/user,40/h/user",
    "change_password": "5/m/user,20/h/user",
    # What may begin by one link for records.
    "use_upload_link": "240/m/key",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
ACCOUNT_SESSION_REMEMBER = False

# What the browser is told.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "portal.errors.stale_form"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked from inside, where there is no TLS
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=True)

# How many proxies of ours stand before the portal: their word on https and on addresses is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Mail: a server (EMAIL_URL), or one of anymail's providers (EMAIL_PROVIDER and its keys as JSON).
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Second opinions <portal@fernhollow.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
if provider := env.str("EMAIL_PROVIDER", default=""):
    EMAIL_BACKEND = f"anymail.backends.{provider}.EmailBackend"
    ANYMAIL = json.loads(env.str("EMAIL_PROVIDER_KEYS", default="") or "{}")
else:
    nowhere_else = "smtp://127.0.0.1:1025" if DEMO else "memorymail://"
    vars().update(env.email_url_config(env.str("EMAIL_URL", default="") or nowhere_else))

# Celery is the clock and the hands; the database is the queue (referrals/reminders/posting.py).
# Who does what, and how each worker is started: portal/queues.py.
CELERY_BROKER_URL = environment.broker_address(REDIS_URL)
CELERY_TIMEZONE = "UTC"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_QUEUES = queues.QUEUES
CELERY_TASK_DEFAULT_QUEUE = queues.CHECKS
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,  # longer than the longest task
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,  # a page never waits for a broker that is down
    "interval_start": 0,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(PORTAL_HOME / "beat")
REMINDERS_EVERY = env.int("REMINDERS_EVERY", default=60)  # seconds
CELERY_BEAT_SCHEDULE = {
    # A tick that waited longer than its interval is stale: the next one does the same.
    "reminders": {
        "task": "referrals.reminders.tasks.send_due",
        "schedule": REMINDERS_EVERY,
        "options": {"expires": REMINDERS_EVERY},
    },
    "mail": {"task": "referrals.reminders.tasks.deliver_mail", "schedule": 20, "options": {"expires": 20}},
    "heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 20, "options": {"expires": 20}},
    "expire_offers": {
        "task": "referrals.review.tasks.expire_offers",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "resume_reviews": {
        "task": "referrals.review.tasks.resume_reviews",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "lapse_silent_drafts": {"task": "referrals.intake.tasks.lapse_silent_drafts", "schedule": 60 * 60},
    "draw_waiting_pages": {
        "task": "referrals.records.tasks.draw_waiting_pages",
        "schedule": 20,
        "options": {"expires": 20},
    },
    "read_waiting_pages": {
        "task": "referrals.records.tasks.read_waiting_pages",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "check_waiting_records": {
        "task": "referrals.records.tasks.check_waiting_records",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "compare_records": {
        "task": "referrals.records.tasks.compare_records",
        "schedule": crontab(hour=3, minute=17),
    },
    "make_waiting_packs": {
        "task": "referrals.records.tasks.make_waiting_packs",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "end_packs": {"task": "referrals.records.tasks.end_packs", "schedule": 60 * 60},
    "make_waiting_letters": {
        "task": "referrals.sources.tasks.make_waiting_letters",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "end_authorisations": {"task": "referrals.sources.tasks.end_authorisations", "schedule": 60 * 60},
    "keep_and_delete": {
        "task": "referrals.keeping.tasks.keep_and_delete",
        "schedule": crontab(hour=2, minute=41),
    },
    "expire_uploads": {
        "task": "referrals.records.tasks.expire_uploads",
        "schedule": 10 * 60,
        "options": {"expires": 10 * 60},
    },
    "forget_self_checks": {"task": "content.tasks.forget_self_checks", "schedule": 60 * 60},
}
if RECORDS_STORE:
    CELERY_BEAT_SCHEDULE["ship_files"] = {
        "task": "referrals.storage.tasks.ship_files",
        "schedule": 60,
        "options": {"expires": 60},
    }

LANGUAGE_CODE = "en-us"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

LOGGING = logs.configuration(quiet=TESTING)
