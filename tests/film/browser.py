"""Chromium without a window, driven by its debug protocol: real time, real seeks."""

import base64
import http.client
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import websocket

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--remote-allow-origins=*")  # fmt: skip


class Browser:
    """One page in one browser."""

    def __init__(self, folder: Path, page: Path, size: tuple[int, int]) -> None:
        program = shutil.which("chromium") or shutil.which("google-chrome") or ""
        assert program, "chromium is needed for this test"
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--window-size={size[0]},{size[1]}", f"--user-data-dir={folder}", page.as_uri()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port = self._port(folder / "DevToolsActivePort")
        asked = http.client.HTTPConnection("localhost", port)
        asked.request("GET", "/json")
        target = next(t for t in json.load(asked.getresponse()) if t["type"] == "page")
        asked.close()
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=30)
        self.messages: list[str] = []
        self.count = 0
        for domain in ("Runtime", "Log", "Page"):
            self.ask(f"{domain}.enable")

    @staticmethod
    def _port(path: Path) -> int:
        for _ in range(300):
            if path.exists() and path.read_text().strip():
                return int(path.read_text().split()[0])
            time.sleep(0.1)
        raise AssertionError("the browser did not start")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.count:
                assert "error" not in message, message
                found: dict[str, Any] = message["result"]
                return found
            if message.get("method") in {"Runtime.consoleAPICalled", "Log.entryAdded", "Runtime.exceptionThrown"}:
                self.messages.append(json.dumps(message["params"])[:300])

    def js(self, expression: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, expression: str) -> Any:
        for _ in range(200):
            value = self.js(expression)
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def picture(self, path: Path) -> None:
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def sheets(self) -> int:
        """How many sheets of paper the page prints on."""
        pdf = base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))

    def phone(self, width: int = 390, height: int = 844) -> None:
        """The page as a phone of this size shows it."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)
        self.ask("Page.reload")
        self.wait(
            "document.readyState === 'complete' && [...document.images].every(i => i.complete && i.naturalWidth > 0)"
        )

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=20)
