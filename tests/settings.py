"""The settings of an installation, with what keeps tests quick and inside their own process."""

import os
from pathlib import Path

for name in [name for name in os.environ if name.startswith("CONCORDA_") and name != "CONCORDA_REAL_DATA"]:
    del os.environ[name]
os.environ["CONCORDA_VAR"] = str(Path(__file__).parents[1] / "var" / "tests")
os.environ["CONCORDA_SECRET_KEY"] = "only for tests, where nothing is secret"

from concorda.config.settings import *  # noqa: E402, F403

DEMO = OUTBOX = True
API_REQUESTS_A_MINUTE = 1_000_000  # the walks ask much in the one minute of the tests
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
