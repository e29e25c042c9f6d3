"""Settings of the running node, read from its home folder. 站点设置。"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yiwang
from yiwang.kernel.base.ids import set_node

from .databases import configure_database
from .home import Home, find_home

# Whatever this node writes, other accounts of the machine have no business with.
os.umask(0o077)

HOME = Home(find_home())
set_node(HOME.node["node"])
_settings: dict[str, Any] = HOME.settings

SECRET_KEY = HOME.node["secret_key"]
DEBUG = False
ALLOWED_HOSTS: list[str] = _settings.get("hosts", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = _settings.get("origins", [])

YIWANG_HOME = HOME.path
YIWANG_MASTER_KEY = bytes.fromhex(HOME.node["master_key"])
YIWANG_MEMORY_LIMIT: str = _settings.get("memory_limit", "2GB")
# Downloads under grants that run at once in one process; its other threads are for pages.
YIWANG_DOWNLOADS: int = _settings.get("downloads", 2)
# Answers under one grant and day that found nothing, at all and for one key; then it rests.
YIWANG_MISSES: int = _settings.get("misses", 100)
YIWANG_MISSES_OF_KEY: int = _settings.get("misses_of_key", 10)
YIWANG_FINDER_SECONDS = float(_settings.get("finder_seconds", 30))
YIWANG_SHRINK_SHARE = float(_settings.get("shrink_share", 0.2))
YIWANG_PREVIEW_DAYS = int(_settings.get("preview_days", 14))
YIWANG_UNMASK_MINUTES = int(_settings.get("unmask_minutes", 10))
YIWANG_CITY: str = _settings.get("city", "")
YIWANG_OFFICE_HOURS: str | dict[str, str] = _settings.get("office_hours", "09:00-12:00 13:30-17:30")
YIWANG_IDENTITY: dict[str, int] = _settings.get("identity", {})
YIWANG_PROXIES: list[str] = _settings.get("proxies", [])
YIWANG_LEDGER_RETENTION_DAYS: int = _settings.get("ledger_retention_days", 3650)
YIWANG_SOURCE_HOSTS: list[str] = _settings.get("source_hosts", [])
# What is put into the node's own inbox is meant for it; any other folder an operator names.
YIWANG_SOURCE_FOLDERS: list[str] = [str(HOME.path / "inbox"), *_settings.get("source_folders", [])]
YIWANG_MAIL: dict[str, Any] = _settings.get("mail", {})
YIWANG_WEBHOOKS: dict[str, Any] = _settings.get("webhooks", {})
YIWANG_EVIDENCE: dict[str, Any] = _settings.get("evidence", {})
YIWANG_JOB_MEMORY_MB: int = _settings.get("job_memory_mb", 0)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "yiwang.kernel.ui",
    "yiwang.kernel.files",
    "yiwang.kernel.ledger",
    "yiwang.kernel.events",
    "yiwang.kernel.jobs",
    "yiwang.kernel.evidence",
    "yiwang.kernel.identity",
    "yiwang.kernel.standards",
    "yiwang.kernel.calendar",
    "yiwang.kernel.notify",
    "yiwang.kernel.pool",
    "yiwang.kernel.search",
    "yiwang.kernel.records",
    "yiwang.kernel.texts",
    "yiwang.kernel.workflow",
    "yiwang.kernel.apps",
    "yiwang.nets.share.catalog",
    "yiwang.nets.share.connect",
    "yiwang.nets.share.sources",
    "yiwang.nets.share.entities",
    "yiwang.nets.share.compare",
    "yiwang.nets.share.quality",
    "yiwang.nets.share.exchange",
    "yiwang.nets.share.delta",
    "yiwang.nets.share.dcat",
    "yiwang.nets.share.verify",
    "yiwang.nets.share.lineage",
    "yiwang.nets.share.lookup",
    "yiwang.adapters.spreadsheets",
    "yiwang.adapters.parquet",
    "yiwang.adapters.postgres",
    "yiwang.adapters.mysql",
    "yiwang.adapters.sqlite_files",
    "yiwang.adapters.folders",
    "yiwang.workbench",
    "yiwang.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yiwang.kernel.ui.middleware.SecurityHeaders",
    "yiwang.site.api.problems.ApiErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yiwang.kernel.identity.middleware.ActorMiddleware",
    "yiwang.kernel.ui.middleware.PlainAddresses",
    "yiwang.kernel.ui.middleware.ErrorPages",
    "yiwang.kernel.ledger.middleware.RecordRefusals",
]

ROOT_URLCONF = "yiwang.site.urls"
WSGI_APPLICATION = "yiwang.site.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "yiwang.kernel.ui.context.page_frame",
            ],
            "builtins": ["yiwang.kernel.ui.templatetags.ui"],
        },
    }
]

DATABASES = {"default": configure_database(HOME, os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "yiwang_cache",
    }
}

AUTH_USER_MODEL = "identity.Account"
LOGIN_URL = "/sign-in/"
SESSION_COOKIE_NAME = "yiwang_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(_settings.get("https", False))
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LOCALE_PATHS = [Path(yiwang.__file__).parent / "locale"]
FORM_RENDERER = "yiwang.kernel.ui.forms.Renderer"
CSRF_FAILURE_VIEW = "yiwang.kernel.ui.failures.forged"

STATIC_URL = "/static/"
STATIC_ROOT = HOME.path / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yiwang.kernel.ui.assets.HashedFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# A form of records may have two hundred rows of many questions.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = HOME.folder("tmp")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("YIWANG_LOG", "WARNING")},
}
