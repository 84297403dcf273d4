"""`manage.py db_worker`: the library's, but a database that is away for a while does not end it."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django_tasks_db.management.commands import db_worker

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2


class Command(db_worker.Command):
    def handle(self, *, batch: bool, **options: Any) -> None:
        while True:
            try:
                super().handle(batch=batch, **options)
            except (OperationalError, InterfaceError) as trouble:
                if batch:
                    raise
                logger.warning("The database does not answer, tasks wait: %s", trouble)
            else:
                return
            finally:
                connection.close()
            for name in (signal.SIGTERM, signal.SIGINT):  # until the next worker listens
                signal.signal(name, signal.SIG_DFL)
            time.sleep(PAUSE_SECONDS)
