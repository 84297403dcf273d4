from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError

from tests.live import ROOT, base_environment, free_port


def test_worker_outlasts_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"postgres://vitrine:vitrine@127.0.0.1:{free_port()}/vitrine"
    command, log = [sys.executable, "manage.py", "db_worker"], tmp_path / "worker.log"
    with log.open("w") as output:
        worker = subprocess.Popen(
            command,
            cwd=ROOT,
            env=base_environment() | {"VITRINE_DATABASE_URL": url},
            stderr=output,
        )
    try:
        end = time.monotonic() + 60
        while log.read_text().count("tasks wait") < 2 and time.monotonic() < end:
            time.sleep(0.1)

        assert (worker.poll(), log.read_text().count("tasks wait")) == (None, 2)
        worker.terminate()
        worker.wait(10)
    finally:
        worker.kill()
        worker.wait()


@pytest.mark.django_db
def test_batch_ends_with_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("It does not answer.")

    monkeypatch.setattr("django_tasks_db.models.DBTaskResultQuerySet.get_locked", away)

    with pytest.raises(OperationalError):
        call_command("db_worker", batch=True, interval=0, startup_delay=False)
