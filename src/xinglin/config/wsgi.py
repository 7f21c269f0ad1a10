"""The server's entry point: ``granian --interface wsgi xinglin.config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from xinglin.config.room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")
application = with_room(get_wsgi_application())
