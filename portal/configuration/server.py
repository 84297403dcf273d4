"""What the environment says of the web server: read with all other settings, so that it is checked.

gunicorn reads its own configuration when it starts, after `manage.py check`.
"""

from __future__ import annotations

from portal.configuration import environment as env

LISTEN = env.listen("LISTEN", "127.0.0.1:8000")
WORKERS = env.number("WORKERS", 2, least=1, most=1024)
THREADS = env.number("THREADS", 96, least=4, most=8192)  # of each worker
GRACE_SECONDS = env.period("GRACE_SECONDS", 30, unit=env.SECOND, least=1)
SILENCE_SECONDS = env.period("CLIENT_SILENCE_SECONDS", 30, unit=env.SECOND, least=1)
LEAST_RATE = env.number("CLIENT_LEAST_RATE", 1000)  # bytes a second, over that time
HAS_ACCESS_LOG = env.flag("ACCESS_LOG", default=False)
TRUSTED_PROXY = env.address("TRUSTED_PROXY")  # empty: no forwarded header is believed
