"""The yardstick: the same model behind Rasa's own REST channel, without actions."""

import os
import subprocess
import time
from pathlib import Path
from typing import Self

import httpx2

from concierge.local_stack import free_port
from concierge.plan import MODELS, RASA_ENV, RASA_PYTHON
from kit.settings import ROOT

READY_SECONDS = 120


class BareRasa:
    """A Rasa process of its own, as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        """`folder` receives its log."""
        self._log = folder / "bare-rasa.log"
        self.url = f"http://127.0.0.1:{free_port()}"

    def __enter__(self) -> Self:
        """Start it and wait until the model is loaded."""
        nlu = ROOT / "nlu"
        command = [
            *(str(RASA_PYTHON), "-m", "rasa", "run", "--model", str(MODELS)),
            *("--endpoints", str(nlu / "endpoints.bench.yml")),
            *("--credentials", str(nlu / "credentials.bench.yml")),
            *("--interface", "127.0.0.1", "--port", self.url.rsplit(":", 1)[1]),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env={**os.environ, **RASA_ENV}, stdout=log, stderr=log
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=30)

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"bare Rasa ended; see {self._log}")
            try:
                if httpx2.get(self.url, trust_env=False).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            time.sleep(0.2)
        raise RuntimeError(f"bare Rasa is not ready; see {self._log}")
