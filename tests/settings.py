"""Settings of the tests: as in production, but with nothing slow or shared between runs."""

import os
import tempfile

os.environ.setdefault("CONCORDA_VAR", tempfile.mkdtemp(prefix="concorda-tests-"))
os.environ.setdefault("CONCORDA_SECRET_KEY", "only-for-tests-" * 4)

from concorda.config.settings import *  # noqa: E402, F403

DEMO = OUTBOX = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
