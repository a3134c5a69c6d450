"""The same sources give the same bytes, whoever packs them, when, where and how the checkout came about."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from packing_lab import ENVIRON, TASK, Lab, members, own

from sweeper.google.packaging.archive import pack, unpack

ROOT = Path(__file__).parents[2]
FILES = {
    "trainer/__init__.py": "",
    "trainer/task.py": TASK,
    "trainer/deep/net.py": "x = 1\n",
    "trainer/deep/ünï.txt": "data",
    "trainer/run.sh": "#!/bin/sh\n",
    "trainer/B.txt": "b",
    "trainer/a.txt": "a",
}
OWN_SETUP = (
    "from setuptools import setup\nsetup(name='my-trainer', version='1.2', packages=['trainer', 'trainer.deep'])\n"
)


def _checkout(folder, files, *, umask, seed):
    """The files, made in another order, with other permissions and times."""
    order = list(files)
    random.Random(seed).shuffle(order)
    before = os.umask(umask)
    try:
        lab = Lab(folder).write({path: files[path] for path in order})
    finally:
        os.umask(before)
    for number, path in enumerate(order):
        os.utime(lab.root / path, (1_000_000_000 + seed * 1000 + number,) * 2)
    return lab


@pytest.mark.parametrize(
    "more", [{}, {"setup.py": OWN_SETUP, "setup.cfg": "[metadata]\nauthor = me\n"}], ids=["generated", "own"]
)
def test_two_checkouts_of_the_same_sources_give_the_same_bytes(tmp_path, more):
    one = _checkout(tmp_path / "one", {**FILES, **more}, umask=0o022, seed=1)
    other = _checkout(tmp_path / "a much longer name" / "x", {**FILES, **more}, umask=0o077, seed=2)
    for path in FILES:
        (other.root / path).chmod(0o700 if path.endswith("net.py") else 0o600)
    first, second = one.build(), other.build()
    assert first.data == second.data
    assert first.digest == second.digest == hashlib.sha256(first.data).hexdigest()


def test_another_process_with_another_locale_and_hash_seed_gives_the_same_bytes(tmp_path):
    lab = _checkout(tmp_path / "one", FILES, umask=0o022, seed=1)
    code = (
        "import sys; sys.path[:0] = ['tests/packaging', '.']\n"
        "from pathlib import Path; from packing_lab import Lab\n"
        f"print(Lab(Path({str(lab.root)!r})).build().digest)"
    )
    digests = {lab.build().digest}
    for locale, seed in (("C", "1"), ("POSIX", "2"), ("C.UTF-8", "3")):
        env = {**ENVIRON, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        env["TZ"] = "Pacific/Kiritimati"
        found = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        digests.add(found.stdout.strip())
    assert len(digests) == 1


def test_a_digest_that_was_written_down_stays(lab):
    # Not to be changed lightly: every sweep that carries on would upload its package anew.
    package = lab.write({"trainer/__init__.py": "", "trainer/task.py": "x = 1\n"}).build(requires=("numpy",))
    assert package.digest == "21e4d1ed339b891da1c499465f252f752731f242f7ce193d6fc10ba17a099bc4"


def test_any_change_of_the_sources_changes_the_digest(lab):
    digests = {lab.trainer().build(requires=("numpy",)).digest}
    digests.add(lab.build(requires=("numpy>=2",)).digest)
    digests.add(lab.write({"trainer/task.py": TASK + "\n"}).build(requires=("numpy",)).digest)
    digests.add(lab.write({"trainer/more.txt": ""}).build(requires=("numpy",)).digest)
    assert len(digests) == 4


def test_members_have_no_owner_no_time_and_the_mode_that_their_content_asks_for(tmp_path):
    package = _checkout(tmp_path / "one", FILES, umask=0o077, seed=1).build()
    assert list(members(package)) == sorted(members(package), key=str.encode)
    for path, member in members(package).items():
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        assert member.mtime == 946_684_800
        assert member.mode == (0o755 if path == "trainer/run.sh" else 0o644)
    assert len(own(package)) == len(FILES)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 200_000])
def test_the_archive_is_a_gzip_that_no_compressor_has_made(size):
    data = random.Random(size).randbytes(size)
    packed = pack("top", {"file": data})
    assert unpack(packed) == {"file": data}
    assert struct.unpack("<L", packed[4:8]) == (0,)
    plain = gzip.decompress(packed)
    assert len(packed) - len(plain) == 18 + 5 * -(-len(plain) // 65_535)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a//b", "./x", ""])
def test_an_archive_refuses_names_that_lead_out_of_it(path):
    with pytest.raises(ValueError, match="leads out"):
        pack("top", {path: b""})
