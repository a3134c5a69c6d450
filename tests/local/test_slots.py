"""How the machine is shared out among the trials that run at once."""

import json
from collections import Counter
from pathlib import Path

import pytest

from sweeper.backends.local.slots import Slots, gpus, share_out
from sweeper.model import LocalSettings
from tests.local.local_lab import until

SHARES = [
    # settings, parallel, cores, devices, environment: slots, threads, devices by slot
    ({}, None, 4, (), {}, (4, 1, ())),
    ({}, 2, 4, (), {}, (2, 2, ())),
    ({}, 8, 4, (), {}, (8, 1, ())),
    ({"threads": 3}, 2, 4, (), {}, (2, 3, ())),
    ({}, None, 4, (), {"OMP_NUM_THREADS": "2"}, (4, 2, ())),
    ({}, None, 4, (), {"OMP_NUM_THREADS": "many"}, (4, 1, ())),
    ({}, None, 8, ("0", "1"), {}, (2, 4, ("0", "1"))),
    ({"trials_per_gpu": 2}, None, 8, ("0", "1"), {}, (4, 2, ("0", "1", "0", "1"))),
    ({"slots": "gpu", "trials_per_gpu": 2}, 9, 8, ("0", "1"), {}, (4, 2, ("0", "1", "0", "1"))),
    ({"slots": "gpu", "trials_per_gpu": 2}, 3, 8, ("0", "1"), {}, (3, 2, ("0", "1", "0", "1"))),
    ({"slots": "auto"}, 3, 8, ("0",), {}, (3, 2, ("0",))),
    ({"slots": "cpu"}, None, 4, ("0", "1"), {}, (4, 1, ())),
    ({"slots": "gpu"}, None, 4, (), {}, (4, 1, ())),
]


@pytest.mark.parametrize("row", SHARES, ids=str)
def test_slots_follow_from_settings_and_machine(row):
    settings, parallel, cores, devices, environ, expected = row
    made = share_out(LocalSettings(**settings), parallel=parallel, cores=cores, gpus=devices, environ=environ)
    assert (made.count, made.threads, made.gpus) == expected


DEVICES = [
    # CUDA_VISIBLE_DEVICES, what nvidia-smi says: the devices
    (None, ["0", "1"], ("0", "1")),
    (None, [], ()),
    ("", ["0", "1"], ()),
    ("-1", ["0", "1"], ()),
    ("1", ["0", "1"], ("1",)),
    ("0, 1", [], ("0", "1")),
    ("GPU-8f,MIG-2c", [], ("GPU-8f", "MIG-2c")),
]


@pytest.mark.parametrize("row", DEVICES, ids=str)
def test_devices_are_those_that_are_visible(row):
    visible, listed, expected = row
    environ = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    assert gpus(environ, ask=lambda: listed) == expected


TASK = """
import os, time
with open("events.txt", "a") as file:
    file.write(f'+ {os.environ["CUDA_VISIBLE_DEVICES"]}\\n')
ends = time.monotonic() + 0.02
while time.monotonic() < ends:
    pass
with open("events.txt", "a") as file:
    file.write(f'- {os.environ["CUDA_VISIBLE_DEVICES"]}\\n')
"""


def test_a_device_has_as_many_trials_as_asked_and_never_more(lab):
    lab.write("task.py", TASK)
    slots = share_out(
        LocalSettings(slots="gpu", trials_per_gpu=2),
        parallel=None,
        cores=4,
        gpus=gpus({"CUDA_VISIBLE_DEVICES": "0,1"}),
        environ={},
    )
    lab.run(*(lab.job(f"t{n}") for n in range(16)), slots=slots)
    now, most = Counter(), Counter()
    for line in (lab.cwd / "events.txt").read_text().splitlines():
        sign, device = line.split()
        now[device] += 1 if sign == "+" else -1
        most[device] = max(most[device], now[device])
    assert set(most) == {"0", "1"}
    assert max(most.values()) <= 2
    assert sum(most.values()) >= 3


def test_a_trial_of_an_earlier_launch_keeps_its_device(make_lab):
    lab = make_lab()
    lab.write("task.py", "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.005)\n")
    slots = Slots(2, 1, ("0", "1"))
    first = lab.backend(slots=slots)
    running = first.submit(lab.job("a"))
    until(lambda: first.observe([running])[running].started)
    first.close()
    second = lab.backend(slots=slots)
    second.observe([running])
    assert second.capacity() == 1
    other = second.submit(lab.job("b"))
    until(lambda: second.observe([other])[other].started)
    slots_taken = {json.loads(Path(handle, "claim.json").read_text())[-1] for handle in (running, other)}
    assert slots_taken == {0, 1}
    lab.write("go", "")
    lab.settle(second, running, other)
