"""A real browser without a window, spoken to over its DevTools pipe, so that no library for it is needed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

PATIENCE_S = 60
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
)  # fmt: skip


def browser_path() -> str | None:
    """A Chromium or Chrome of this machine, None where there is none, or no pipe to speak to it."""
    return None if os.name == "nt" else next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A context manager. `open` shows a file, `evaluate` asks the page, `screenshot` takes its picture; `complaints` is what the
    browser said against it."""

    def __init__(self, path: str):
        self._path, self._numbers, self.complaints = path, count(1), []
        self._session: str | None = None

    def __enter__(self) -> Browser:
        (reads, self._to), (self._from, writes) = os.pipe(), os.pipe()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # the browser reads from its descriptor 3 and writes to 4
        command = f'exec "$0" "$@" 3<&{reads} 4>&{writes}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, self._path, *FLAGS, f"--user-data-dir={self._folder.name}", "about:blank"],
            pass_fds=(reads, writes), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(reads)
        os.close(writes)
        self._rest = b""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")
        self("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        """What a method of the DevTools protocol gives."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            self._listen(said)
            if said.get("id") == number:
                assert "error" not in said, said
                return said["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], PATIENCE_S)
            assert ready, f"the browser has said nothing for {PATIENCE_S} s"
            piece = os.read(self._from, 1 << 16)
            assert piece, "the browser has gone"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)

    def _listen(self, said: dict[str, Any]) -> None:
        method, params = said.get("method"), said.get("params", {})
        if method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(params))
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith("file:"):
            self.complaints.append(f"asked for {params['request']['url']}")

    def open(self, path: Path, width: int = 1400, height: int = 900, scheme: str = "light", media: str = "") -> None:
        """Show a file in a window of some width, in the light or dark scheme, or as it would be printed (media="print")."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self("Page.navigate", url=path.as_uri())
        self.evaluate("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page; of a promise, what it comes to."""
        found = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """A picture of the whole page."""
        size = self("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        taken = self("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(taken["data"]))
