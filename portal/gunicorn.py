"""How gunicorn serves us: threaded workers that stream bodies, and no header believed unasked."""

from __future__ import annotations

from portal import environment as env

bind = ["{}:{}".format(*env.listen("LISTEN", "127.0.0.1:8000"))]
worker_class = "gthread"
workers = env.number("WORKERS", 2, least=1)
threads = env.number("THREADS", 64, least=4)  # UPLOAD_SLOTS of them at most carry uploads
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- a heartbeat file, which must not wait for a disk
timeout = 60  # seconds without a sign of life of the worker itself, not of a request
graceful_timeout = env.number("GRACE_SECONDS", 30, least=1)
keepalive = 15
forwarded_allow_ips = env.text("TRUSTED_PROXY") or "0.0.0.0"  # noqa: S104 -- a peer nobody can be
accesslog = None
