"""Settings of the bare site that ours is measured against: everything the same, none of our middleware.

What stays is what the views cannot do without: the session and the account it names, read with the same queries.
"""

from __future__ import annotations

from xinglin.config.settings import *  # noqa: F403

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bench.insight_bare.StandIn",
]
