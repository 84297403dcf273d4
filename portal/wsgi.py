"""The WSGI application that gunicorn serves: WSGI, since ASGI would spool bodies to disk."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
