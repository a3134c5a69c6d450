"""TensorBoard's event files, read with the small ``tensorboard`` package and without TensorFlow."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from typing import Any

from sweeper.errors import UserError
from sweeper.model import Measurement

# TFRecord (tensorflow/core/lib/io/record_writer.h): length u64, its crc u32, the data, the data's crc u32.
_HEAD, _TAIL = 12, 4
# DataType (tensorflow/core/framework/types.proto) -> how one element of ``tensor_content`` is packed, and the
# field that holds the elements where they are not packed.
_PACKED = {1: ("<f", "float_val"), 2: ("<d", "double_val"), 3: ("<i", "int_val"), 9: ("<q", "int64_val")}
_HALF, _BFLOAT16 = 19, 14


def installed() -> bool:
    """Whether event files can be read here; imports nothing."""
    spec = importlib.util.find_spec("tensorboard")
    return spec is not None and spec.origin is not None  # a folder of that name, full of logs, has no origin


def parse(data: bytes) -> list[Measurement]:
    """Every scalar in one event file, in its order; what follows a damaged or half-written record is left out.

    Raises UserError where the ``tensorboard`` package is missing.
    """
    event = _event_type()
    found: list[Measurement] = []
    for record in records(data):
        try:
            one = event.FromString(record)
        except Exception:  # DecodeError; its class moved between protobuf's implementations
            break
        found += [
            Measurement(value.tag, number, one.step, one.wall_time)
            for value in one.summary.value
            if (number := _scalar(value)) is not None
        ]
    return found


def records(data: bytes) -> Iterator[bytes]:
    """The payloads of a TFRecord file. A record that is cut off ends it; checksums are not verified."""
    at = 0
    while at + _HEAD + _TAIL <= len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        end = at + _HEAD + length
        if end + _TAIL > len(data):
            return
        yield data[at + _HEAD : end]
        at = end + _TAIL


def _event_type() -> Any:
    try:
        # Here, because it costs 80 ms and few trials write event files.
        from tensorboard.compat.proto import event_pb2
    except ImportError as error:
        raise UserError(
            "the metric is in TensorBoard event files, and the package that reads them is not installed",
            path="metric.from",
            hint='pip install "sweeper[tensorboard]"',
        ) from error
    return event_pb2.Event


def _scalar(value: Any) -> float | None:
    """The number of a summary value: the old ``simple_value`` or a tensor of exactly one number; else None."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    return _element(value.tensor) if kind == "tensor" else None


def _element(tensor: Any) -> float | None:
    if any(size.size != 1 for size in tensor.tensor_shape.dim):
        return None
    if tensor.dtype in (_HALF, _BFLOAT16):
        return _half(tensor)
    form, field = _PACKED.get(tensor.dtype, ("", ""))
    if not form:
        return None
    if len(tensor.tensor_content) == struct.calcsize(form):
        return float(struct.unpack(form, tensor.tensor_content)[0])
    values = getattr(tensor, field)
    return float(values[0]) if len(values) == 1 else None


def _half(tensor: Any) -> float | None:
    """Sixteen bits; a bfloat16 is the upper half of a float32."""
    bits = tensor.tensor_content or b"".join(struct.pack("<H", value & 0xFFFF) for value in tensor.half_val)
    if len(bits) != 2:
        return None
    return float(struct.unpack("<e", bits)[0] if tensor.dtype == _HALF else struct.unpack("<f", b"\0\0" + bits)[0])
