"""gunicorn's log, written as ours is: one place takes secrets out of both."""

from __future__ import annotations

from logging.config import dictConfig
from typing import Any

from gunicorn.glogging import Logger

from portal.configuration import environment as env
from portal.configuration.server import HAS_ACCESS_LOG
from portal.logs import configured_logs


class Log(Logger):  # type: ignore[misc]
    """Errors always, requests with `VITRINE_ACCESS_LOG`; both through the root's handler."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        level, form = env.log_level(), env.log_format()
        dictConfig(configured_logs(level, form))
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True

    def _compute_access_log_enabled(self) -> bool:
        return HAS_ACCESS_LOG
