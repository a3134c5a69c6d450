"""Chromium without a window, driven through its debugging pipe: JSON messages that end with a NUL."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import time

PATIENCE = 60.0
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--disable-default-apps", "--no-default-browser-check", "--mute-audio", "--hide-scrollbars"),
)

_MIDDLE = """e => {
  e.scrollIntoView({block: "center"});
  const b = e.getBoundingClientRect();
  return [b.x + b.width / 2, b.y + b.height / 2, b.y, b.height];
}"""


def chromium():
    """Where it is; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page. Whatever its console says, and each request that it makes, is kept."""

    def __init__(self, profile, *, width=1280, height=900):
        theirs, ours = os.pipe(), os.pipe()

        def begin():  # in the child: the pipe's two ends are numbers 3 and 4
            read, write = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs[0], ours[1]))
            os.dup2(read, 3)
            os.dup2(write, 4)

        command = [chromium(), *QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, preexec_fn=begin, pass_fds=(3, 4), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        os.close(theirs[0])
        os.close(ours[1])
        self._to, self._from = theirs[1], ours[0]
        self._held, self._last, self._session = b"", 0, None
        self.console, self.requests = [], []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.resize(width, height)

    def resize(self, width, height):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **size)

    def prefer(self, scheme):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, file):
        self.send("Page.navigate", url=file.as_uri())

    def ask(self, expression):
        """The value of an expression in the page; raises what it raises."""
        said = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"])
        return said["result"].get("value")

    def until(self, expression):
        end = time.monotonic() + PATIENCE
        while not (found := self.ask(expression)):
            assert time.monotonic() < end, f"{expression} did not become true"
        return found

    def click(self, selector):
        x, y, *_ = self.box(selector)
        self.mouse("Pressed", x, y)
        self.mouse("Released", x, y)

    def drag(self, selector, start, end):
        """Between two heights of an element, from 0 at its top to 1."""
        x, _, top, height = self.box(selector)
        self.mouse("Pressed", x, top + start * height)
        self.mouse("Moved", x, top + (start + end) / 2 * height)
        self.mouse("Moved", x, top + end * height)
        self.mouse("Released", x, top + end * height)

    def box(self, selector):
        """(middle x, middle y, top, height) in the window, once the element has been scrolled into it."""
        return self.ask(f"(({_MIDDLE})(document.querySelector({json.dumps(selector)})))")

    def mouse(self, what, x, y):
        held = {"button": "left", "buttons": 0 if what == "Released" else 1, "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type=f"mouse{what}", x=x, y=y, **held)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def press(self, key, code, number):
        known = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.send("Input.dispatchKeyEvent", type="keyDown", text="\r" if key == "Enter" else "", **known)
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def picture(self, file, *, whole=True):
        if whole:
            height = self.ask("document.documentElement.scrollHeight")
            width = self.ask("document.documentElement.clientWidth")
            clip = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}
        else:
            clip = {}
        said = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **clip)
        file.write_bytes(base64.b64decode(said["data"]))

    def send(self, method, **params):
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (said := self._next()).get("id") != self._last:
            self._keep(said)
        assert "error" not in said, (method, said["error"])
        return said["result"]

    def _next(self):
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._from], [], [], PATIENCE)
            assert ready, "Chromium does not answer"
            read = os.read(self._from, 1 << 20)
            assert read, "Chromium has gone"
            self._held += read
        message, _, self._held = self._held.partition(b"\0")
        return json.loads(message)

    def _keep(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(params)
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def close(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
