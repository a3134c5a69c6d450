"""TensorBoard: a run for each trial, with its curves as scalars and its parameters for the HParams tab."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sweeper.formats.finished import Finished, Study, about, curves, is_finite, ranked_by, scalar
from sweeper.model import State


def write(study: Study, trials: Iterable[Finished], target: Path, done: Callable[[], None]) -> None:
    """A folder of runs, named by the trials; runs of one point are one row of the HParams tab, with their mean."""
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    target.mkdir()
    for trial in trials:
        writer = EventFileWriter(str(target / trial.id))
        for event in _events(trial, study):
            writer.add_event(event)
        writer.close()
        done()


def _events(trial: Finished, study: Study) -> Iterable[Any]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    begin, end = _begun(trial), _ended(trial)
    texts = [_text(f"sweeper/{name}", str(value)) for name, value in about(trial).items()]
    yield Event(wall_time=trial.begin, summary=Summary(value=[begin, *texts]))
    last = 0
    for name, curve in curves(trial).items():
        for step, one in curve.items():
            value = Summary.Value(tag=name, simple_value=one.value)
            yield Event(wall_time=one.time or trial.begin, step=step, summary=Summary(value=[value]))
            last = max(last, step)
    ranked = [Summary.Value(tag=name, simple_value=one) for name, one in ranked_by(trial, study.metric).items()]
    yield Event(wall_time=trial.end, step=last, summary=Summary(value=[*ranked, end]))


def _begun(trial: Finished) -> Any:
    from tensorboard.plugins.hparams import metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo

    info = SessionStartInfo(group_name=trial.point, start_time_secs=trial.begin)
    for name, value in trial.params.items():
        plain = scalar(value)
        if isinstance(plain, bool):
            info.hparams[name].bool_value = plain
        elif isinstance(plain, int | float):
            info.hparams[name].number_value = plain
        else:
            info.hparams[name].string_value = "null" if plain is None else plain
    return _plugin(metadata.SESSION_START_INFO_TAG, HParamsPluginData(session_start_info=info))


def _ended(trial: Finished) -> Any:
    from tensorboard.plugins.hparams import api_pb2, metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo

    well = trial.state is State.SUCCEEDED and is_finite(trial.metric)
    status = api_pb2.STATUS_SUCCESS if well else api_pb2.STATUS_FAILURE
    info = SessionEndInfo(status=status, end_time_secs=trial.end)
    return _plugin(metadata.SESSION_END_INFO_TAG, HParamsPluginData(session_end_info=info))


def _plugin(tag: str, data: Any) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import metadata

    return Summary.Value(tag=tag, metadata=metadata.create_summary_metadata(data), tensor=metadata.NULL_TENSOR)


def _text(tag: str, content: str) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text import metadata

    # As code, because the plugin reads Markdown.
    written = "\n".join(f"    {line}" for line in content.splitlines())
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=TensorShapeProto(), string_val=[written.encode()])
    return Summary.Value(tag=tag, metadata=metadata.create_summary_metadata(tag, ""), tensor=tensor)
