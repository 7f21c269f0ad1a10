"""Settings of the site for tests: a home folder of its own, cheap password hashes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xinglin.apps.protection.home import Keys, write_keys

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if os.environ.get("XINGLIN_TEST_OF", "") != _worker:  # workers inherit the environment of whoever starts them
    os.environ.update(XINGLIN_HOME=tempfile.mkdtemp(prefix="xinglin-test-"), XINGLIN_TEST_OF=_worker)
_home = Path(os.environ.setdefault("XINGLIN_HOME", tempfile.mkdtemp(prefix="xinglin-test-")))
if not (_home / "keys.json").exists():
    write_keys(_home, Keys("QA", "d" * 64, "a" * 64, "1" * 64, {"k1": "0" * 32}, "k1"))

from xinglin.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["fast_hasher.FastHasher", "django.contrib.auth.hashers.Argon2PasswordHasher"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _home / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
XINGLIN_DEFINITIONS = (Path(__file__).with_name("definitions"),)
if "DATABASE_URL" not in os.environ:
    # Threads of a test share a file as the server's threads do; SQLite's memory cannot be waited for.
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}  # noqa: F405
