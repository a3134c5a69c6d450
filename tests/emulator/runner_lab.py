"""A runner on a bench: buckets that are a dictionary, packages made on the spot, and events to wait for."""

from __future__ import annotations

import asyncio
import atexit
import io
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

from sweeper.emulator.clock import SystemClock
from sweeper.emulator.runner.make import make_runner
from sweeper.emulator.runner.work import ENDED, Event, Work

PACKAGE = "gs://b/packages/trainer-0.1-py3-none-any.whl"
DEADLINE = 60.0
TASK = """import sys
exec(sys.argv[1])
"""


class Bucket(dict):
    """The emulator's buckets."""

    def read(self, bucket, name):
        return self.get((bucket, name))

    def write(self, bucket, name, data):
        self[bucket, name] = data

    def put(self, address, data):
        self[tuple(address.removeprefix("gs://").split("/", 1))] = data


class Lab:
    """One emulator's life around a runner."""

    def __init__(self, folder: Path, objects: Bucket, **options) -> None:
        self.bucket = objects
        self.events: list[Event] = []
        self.changed = asyncio.Event()
        self.react: Callable[[Event], None] = lambda _: None
        options = {"clock": SystemClock(), "slots": 4, "base_url": "http://127.0.0.1:1/", **options}
        self.runner = make_runner(folder, objects=objects, report=self.hear, **options)

    def hear(self, event):
        self.events.append(event)
        self.changed.set()
        self.react(event)

    def start(self, name="job", code=None, **fields):
        """A job whose program is this code."""
        if code is not None:
            fields["args"] = (code, *fields.get("args", ()))
        fields = {"packages": (PACKAGE,), "module": "trainer.task", "created": time.time(), **fields}
        self.runner.start(Work(name=name, **fields))

    async def run(self, code=None, name="job", **fields) -> Event:
        self.start(name, code, **fields)
        return await self.end(name)

    async def end(self, name="job") -> Event:
        return await self.until(lambda: next((e for e in self.events if e.name == name and e.state in ENDED), None))

    async def state(self, name, state) -> Event:
        return await self.until(lambda: next((e for e in self.events if e.name == name and e.state == state), None))

    async def until(self, found):
        deadline = time.monotonic() + DEADLINE
        while not (value := found()):
            assert time.monotonic() < deadline, self.events
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), timeout=0.05)
            except TimeoutError:
                continue
        return value

    def states(self, name="job"):
        return [event.state for event in self.events if event.name == name]

    def printed(self, name="job"):
        """What the program has printed; the service's own lines are left out."""
        service = ("Installing", "Running command", "Job completed", "The program exited")
        return [text for text in self.text(name) if not text.startswith(service)]

    def text(self, name="job"):
        """The texts of all lines."""
        return [text for _, _, text in self.runner.log(name)]


def sdist(files: Mapping[str, str], *, name="trainer", version="0.1", requires=()) -> bytes:
    """A source distribution as setuptools makes them."""
    packages = sorted({path.partition("/")[0] for path in files if "/" in path})
    words = f"name={name!r}, version={version!r}, packages={packages!r}, install_requires={list(requires)!r}"
    setup = f"from setuptools import setup\nsetup({words})\n"
    content = {"setup.py": setup, **{f"{package}/__init__.py": "" for package in packages}, **files}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in content.items():
            info = tarfile.TarInfo(f"{name}-{version}/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def wheel(files: Mapping[str, str], *, name="trainer", version="0.1", requires=()) -> bytes:
    """A built distribution: pip installs it without building anything."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {need}\n" for need in requires)
    content = {
        **{f"{path.partition('/')[0]}/__init__.py": "" for path in files if "/" in path},
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    content[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in content.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


def objects() -> Bucket:
    """A bucket with the package whose program is its first argument."""
    bucket = Bucket()
    bucket.put(PACKAGE, wheel({"trainer/task.py": TASK}))
    return bucket


@cache
def shared_environments() -> Path:
    """One folder of environments for all tests of this process: the package is the same."""
    folder = tempfile.TemporaryDirectory(prefix="environments-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@asynccontextmanager
async def lab(folder: Path, *, own_environments=False, bucket: Bucket | None = None, **options):
    """An emulator's life, which ends as the server ends it: nothing is left running."""
    folder.mkdir(parents=True, exist_ok=True)
    if not own_environments:
        with suppress(FileExistsError):
            (folder / "environments").symlink_to(shared_environments())
    made = Lab(folder, objects() if bucket is None else bucket, **options)
    try:
        yield made
    finally:
        await made.runner.close(kill=True)


def play(scenario):
    """Run one asynchronous scenario with a deadline."""
    return asyncio.run(asyncio.wait_for(scenario, timeout=2 * DEADLINE))
