from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.live import ROOT

LEADERLESS = """
import ctypes, threading, time

threading.Thread(target=time.sleep, args=[3]).start()
print("there", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def is_running(pidfile: Path) -> bool:
    """Ask the scripts whether the process of *pidfile* is still there."""
    script = f". scripts/lib.sh; running {pidfile}"
    return subprocess.run(["bash", "-c", script], cwd=ROOT, check=False).returncode == 0


def test_a_process_is_there_until_its_last_thread_has_ended(tmp_path: Path) -> None:
    """A daemon that was killed may still hold its files for a moment after its first thread."""
    pidfile = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", LEADERLESS], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        write = f'. scripts/lib.sh; echo "{process.pid} $(birth {process.pid})" >{pidfile}'
        subprocess.run(["bash", "-c", write], cwd=ROOT, check=True)
        time.sleep(0.5)
        state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]

        assert (state, is_running(pidfile)) == ("Z", True)
        time.sleep(3)
        assert not is_running(pidfile)
