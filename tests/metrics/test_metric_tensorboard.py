"""Event files, read without TensorFlow."""

import struct
import subprocess
import sys

import pytest

from sweeper.metrics import tensorboard
from sweeper.metrics.read import read
from sweeper.model import Metric

needs_package = pytest.mark.skipif(not tensorboard.installed(), reason="the package tensorboard is not installed")


def framed(payload):
    return struct.pack("<Q", len(payload)) + b"\0" * 4 + payload + b"\0" * 4


def event(step, wall_time=10.0, **values):
    """An event with a simple value, or with a tensor, a tag."""
    from tensorboard.compat.proto import event_pb2

    one = event_pb2.Event(step=step, wall_time=wall_time)
    for tag, value in values.items():
        if isinstance(value, float):
            one.summary.value.add(tag=tag, simple_value=value)
        else:
            one.summary.value.add(tag=tag).tensor.CopyFrom(value)
    return framed(one.SerializeToString())


def tensor(dtype, *, dim=(), **fields):
    from tensorboard.compat.proto import tensor_pb2, tensor_shape_pb2

    shape = tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in dim])
    return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=shape, **fields)


def numbers(data):
    return [(m.metric, m.value, m.step) for m in tensorboard.parse(data)]


@needs_package
def test_scalars_of_both_kinds_are_read():
    data = b"".join(
        [
            event(0),
            event(1, accuracy=0.5, loss=2.0),
            event(2, accuracy=tensor(1, tensor_content=struct.pack("<f", 0.75))),
            event(3, accuracy=tensor(1, float_val=[0.25])),
            event(4, accuracy=tensor(2, double_val=[0.1])),
            event(5, accuracy=tensor(2, dim=(1,), tensor_content=struct.pack("<d", 0.2))),
            event(6, accuracy=tensor(19, tensor_content=struct.pack("<e", 1.5))),
            event(7, accuracy=tensor(19, half_val=[struct.unpack("<H", struct.pack("<e", 2.5))[0]])),
            event(8, accuracy=tensor(14, half_val=[0x3FC0])),
            event(9, accuracy=tensor(9, int64_val=[4])),
        ]
    )
    assert numbers(data) == [
        ("accuracy", 0.5, 1),
        ("loss", 2.0, 1),
        ("accuracy", 0.75, 2),
        ("accuracy", 0.25, 3),
        ("accuracy", 0.1, 4),
        ("accuracy", 0.2, 5),
        ("accuracy", 1.5, 6),
        ("accuracy", 2.5, 7),
        ("accuracy", 1.5, 8),
        ("accuracy", 4.0, 9),
    ]
    assert tensorboard.parse(data)[0].time == 10.0


@needs_package
def test_what_is_not_one_number_is_passed_over():
    text = tensor(7, string_val=[b"hello"])
    histogram = tensor(1, dim=(3,), float_val=[1.0, 2.0, 3.0])
    splat = tensor(1, dim=(5,), float_val=[1.0])
    empty = tensor(1)
    assert numbers(event(1, a=text, b=histogram, c=splat, d=empty, e=1.0)) == [("e", 1.0, 1)]


@needs_package
def test_a_file_cut_off_anywhere_gives_what_was_whole():
    first, second = event(1, a=1.0), event(2, a=2.0)
    data = first + second
    for cut in range(len(data)):
        assert numbers(data[:cut]) == ([("a", 1.0, 1)] if cut >= len(first) else [])


@needs_package
def test_a_damaged_record_ends_the_file_quietly():
    assert numbers(event(1, a=1.0) + framed(b"\xff" * 9) + event(2, a=2.0)) == [("a", 1.0, 1)]
    assert numbers(b"\xff" * 100) == []


@needs_package
def test_the_packages_own_writer_writes_what_is_read(tmp_path):
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(tmp_path / "out"))
    for step in (1, 2):
        summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="accuracy", simple_value=step / 4)])
        writer.add_event(event_pb2.Event(step=step, wall_time=7.0, summary=summary))
    writer.close()
    found = read(Metric(source="tensorboard"), output_dir=tmp_path / "out", attempt_dir=tmp_path / "1")
    assert [(m.metric, m.value, m.step, m.time) for m in found] == [
        ("accuracy", 0.25, 1, 7.0),
        ("accuracy", 0.5, 2, 7.0),
    ]


def folder_of(path, **files):
    for name, data in files.items():
        target = path / name.replace("__", "/")
        target.mkdir(parents=True, exist_ok=True)
        (target / "events.out.tfevents.1.host").write_bytes(data)
    return path


@needs_package
def test_a_plain_tag_will_do_where_one_folder_has_it(tmp_path):
    out = folder_of(tmp_path, runs__today=event(1, accuracy=0.5, loss=1.0), other=event(1, time=3.0))
    found = read(Metric(), output_dir=out, attempt_dir=tmp_path / "1")
    assert [(m.metric, m.value) for m in found] == [("other/time", 3.0), ("accuracy", 0.5), ("runs/today/loss", 1.0)]
    both = read(Metric(more=(Metric("loss"),)), output_dir=out, attempt_dir=tmp_path / "1")
    assert [(m.metric, m.value) for m in both] == [("other/time", 3.0), ("accuracy", 0.5), ("loss", 1.0)]


@needs_package
def test_a_tag_of_two_folders_must_be_named_with_its_folder(tmp_path):
    out = folder_of(tmp_path, train=event(1, accuracy=1.0), validation=event(1, accuracy=0.5))
    found = read(Metric(), output_dir=out, attempt_dir=tmp_path / "1")
    assert [(m.metric, m.value) for m in found] == [("train/accuracy", 1.0), ("validation/accuracy", 0.5)]


def test_without_the_package_the_error_says_what_to_install(tmp_path):
    """A process that cannot see the package: asked for by name it is an error, by ``auto`` it is passed over."""
    (tmp_path / "events.out.tfevents.1.host").write_bytes(framed(b""))
    code = """
import sys
sys.modules["tensorboard"] = None
sys.path_importer_cache.clear()
from pathlib import Path
from sweeper.errors import UserError
from sweeper.metrics.read import read
from sweeper.model import Metric
here = Path(sys.argv[1])
try:
    read(Metric(source="tensorboard"), output_dir=here, attempt_dir=here)
except UserError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert 'pip install "sweeper[tensorboard]"' in done.stdout, done.stderr


def test_a_folder_of_logs_named_tensorboard_is_not_the_package(tmp_path):
    (tmp_path / "tensorboard").mkdir()
    code = "from sweeper.metrics import tensorboard as t; import sys; sys.path[:] = [sys.argv[1]]; print(t.installed())"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
