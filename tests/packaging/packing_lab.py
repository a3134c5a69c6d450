"""A folder with a trainer in it, and ways to pack and to look into what was packed."""

from __future__ import annotations

import io
import os
import tarfile

from sweeper.google.packaging.build import build, files_of
from sweeper.model import Trainer

USAGE = '"""Usage: task.py [--x=<n>] [--job-dir=<dir>]"""\n'
TASK = USAGE + 'import sys\nprint("Usage: task.py")\nsys.exit(0 if "--help" in sys.argv else 1)\n'
ENVIRON = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
ENVIRON |= {name: text for name, text in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
KEY = "-----BEGIN {}PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END {}PRIVATE KEY-----\n"


class Lab:
    """One project's folder."""

    def __init__(self, root):
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def write(self, files):
        """Files by path; bytes or text."""
        for path, content in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def trainer(self, more=()):
        return self.write({"trainer/__init__.py": "", "trainer/task.py": TASK, **dict(more)})

    def listing(self, module="trainer.task", **about):
        return files_of(Trainer(module, **about), source=self.source(module), cwd=self.root)

    def build(self, module="trainer.task", **about):
        return build(Trainer(module, **about), source=self.source(module), cwd=self.root, environ=ENVIRON)

    def source(self, module):
        return self.root / f"{module.replace('.', '/')}.py"


def members(package):
    """The archive's members by path below its top folder."""
    with tarfile.open(fileobj=io.BytesIO(package.data)) as tar:
        found = tar.getmembers()
    top = package.filename.removesuffix(".tar.gz")
    assert all(member.name.startswith(f"{top}/") for member in found)
    return {member.name.removeprefix(f"{top}/"): member for member in found}


def content(package, path):
    with tarfile.open(fileobj=io.BytesIO(package.data)) as tar:
        return tar.extractfile(f"{package.filename.removesuffix('.tar.gz')}/{path}").read()


def own(package):
    """What is in the archive besides the two files that are in every one."""
    return sorted(set(package.files) - {"setup.py", "PKG-INFO"})


def why(listing):
    """What stays out, and why."""
    return {entry.path: entry.why for entry in listing.left_out}
