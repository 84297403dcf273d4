"""How gunicorn serves us: threaded workers that stream bodies, and no header believed unasked."""

from __future__ import annotations

import resource
import sys

if __name__ == "__config__":
    # On SIGHUP gunicorn reads this file again, and forks new workers from a process that has
    # modules of before: after an update they would meet modules that are new.
    ours = {"django", "environ", "images", "portal", "stores"}
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]

from portal.configuration import server

_, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
_files = 20_000 if _most == resource.RLIM_INFINITY else min(20_000, _most)
resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _most))

bind = ["{}:{}".format(*server.LISTEN)]
worker_class = "portal.server.worker.Worker"
workers = server.WORKERS
threads = server.THREADS  # UPLOAD_SLOTS of them at most carry uploads
worker_connections = _files // 2  # those that send nothing cost a descriptor, no thread
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- a heartbeat file, which must not wait for a disk
limit_request_line = 8190  # bytes; a longer one is 414
timeout = 60  # seconds without a sign of life of the worker itself, not of a request
graceful_timeout = server.GRACE_SECONDS + 5  # portal.server's UNDO_SECONDS
keepalive = 15
forwarded_allow_ips = server.TRUSTED_PROXY or "0.0.0.0"  # noqa: S104 -- a peer nobody can be
logger_class = "portal.server.log.Log"
access_log_format = '%(h)s "%(r)s" %(s)s %(B)s %(M)s ms "%(a)s" %({x-openstack-request-id}o)s'
control_socket_disable = True  # it would lie in the user's home, one for all servers
