"""Each class of failure that a process can have on this machine, by real processes that fail so."""

from __future__ import annotations

import pytest

TRAINER = '''"""
Usage: wrong.py --x=<n> --mode=<word> [--job-dir=<dir>]

Options:
  --x=<n>        A number.
  --mode=<word>  How it ends.
  --job-dir=<d>  Where to write.
"""

import json
import os
import resource
import signal
import time

from docopt import docopt


def report(value):
    with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
        print(json.dumps({"score": value}), file=out)


args = docopt(__doc__)
x, mode = int(args["--x"]), args["--mode"]
if mode == "code":
    raise ValueError(f"no layer of {x} units")
if mode == "memory":
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    bytearray(2**31)
if mode == "shot":
    os.kill(os.getpid(), signal.SIGKILL)
if mode == "told":
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
if mode == "hangs":
    time.sleep(60)
if mode != "silent":
    report(float("nan") if mode == "nan" else x)
'''
CONFIG = """name: wrong
trainer: wrong
metric: {{name: score}}
parameters:
  x: [1, 2]
  mode: [fine, {mode}]
limits: {{retries: 0, timeout: {timeout}}}
"""


@pytest.mark.parametrize(
    ("mode", "wanted", "message"),
    [
        ("code", "code", "ValueError: no layer of 1 units"),
        ("memory", "out of memory", "MemoryError"),
        ("shot", "killed", "killed by SIGKILL (perhaps out of memory)"),
        ("told", "killed", "killed by SIGTERM"),
        ("hangs", "timeout", "longer than limits.timeout: killed by SIGTERM"),
        ("silent", "metric missing", "no measurement named 'score' (none at all)"),
        ("nan", "diverged", "nan"),
    ],
)
def test_a_process_that_ends_so_is_classed_so(lab, mode, wanted, message):
    lab.write("wrong.py", TRAINER)
    lab.write("sweep.yaml", CONFIG.format(mode=mode, timeout="2s" if mode == "hangs" else "1m"))
    lab.run("launch", "sweep.yaml")
    (group,) = lab.run("results", "--failures", "--json").json
    assert (group["class"], group["n"], group["succeeded"]) == (wanted, 2, 2)
    assert message in group["message"]
    assert group["separates"] == []  # two of four: chance alone would do as much
