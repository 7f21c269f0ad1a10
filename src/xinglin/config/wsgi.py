"""The server's entry point: ``granian --interface wsgi xinglin.config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")
application = get_wsgi_application()
