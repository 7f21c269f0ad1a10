"""Argon2 with the least cost, so that tests may sign in often."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class FastHasher(Argon2PasswordHasher):
    """The same algorithm, a few microseconds."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
