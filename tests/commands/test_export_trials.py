"""``sweeper export --to=optuna`` and the like: finished trials, opened by the tool that they are for."""

from __future__ import annotations

import json
import os
import struct
from datetime import datetime

import pytest
from command_lab import is_refused
from exported import ADAM, BEGIN, ENDED, NOTE, SGD, SWEEP, fill

from sweeper.formats.registry import FORMATS
from sweeper.formats.trackers import TRACKERS


@pytest.fixture
def sweep(lab):
    return fill(lab.folder / ".sweeper")


def export(lab, to, *more):
    found = lab.run("export", "fates", f"--to={to}", *more)
    assert found.code == 0, found.err
    return found


def test_optuna_has_the_study_with_every_fate_in_its_own_words(lab, sweep):
    import optuna

    found = export(lab, "optuna")
    assert (found.out, found.err.splitlines()[0]) == ("", f"wrote 5 trials of {SWEEP} to {SWEEP}.optuna.db")
    study = optuna.load_study(study_name=SWEEP, storage=f"sqlite:///{SWEEP}.optuna.db")
    assert study.direction.name == "MINIMIZE"
    assert study.metric_names == ["score"]
    assert study.user_attrs["config"].startswith("name: fates\n")
    assert {one.user_attrs["trial"]: one.state.name for one in study.trials} == {
        "well": "COMPLETE",
        "early": "PRUNED",
        "failed": "FAIL",
        "cancelled": "FAIL",
        "nan": "FAIL",
    }
    well, early, failed, _, diverged = study.trials
    assert (study.best_trial.number, study.best_value) == (well.number, 0.25)
    assert well.intermediate_values == {1: 0.5, 2: 0.3, 3: 0.25}
    assert well.user_attrs["curve.other loss"] == [[1, 1.5], [2, 1.25]]
    assert json.loads(well.user_attrs["argv"]) == ["--lr=0.01", "--tag=a b'0"]
    assert well.datetime_start == datetime.fromtimestamp(BEGIN)
    assert well.duration.total_seconds() == 60.5
    assert (early.value, early.user_attrs["reason"]) == (0.75, "stopped_early")
    assert failed.user_attrs["note"] == NOTE
    assert (diverged.user_attrs["note"], diverged.intermediate_values[1]) == ("nan", 0.5)


def test_optuna_has_the_parameters_with_the_domains_of_the_config(lab, sweep):
    import optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    export(lab, "optuna")
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{SWEEP}.optuna.db")
    well, early, *_ = study.trials
    assert well.params == {**SGD, "layers": "[8, 8]"}
    assert early.params == {**ADAM, "layers": "[16]"}, "momentum does not apply"
    assert well.distributions == {
        "lr": FloatDistribution(1e-4, 0.1, log=True),
        "depth": IntDistribution(1, 4),
        "opt": CategoricalDistribution(("sgd", "adam")),
        "momentum": FloatDistribution(0.0, 0.9),
        "layers": CategoricalDistribution(("[8, 8]", "[16]")),
    }
    study.sampler = optuna.samplers.TPESampler(seed=1)
    assert study.ask(well.distributions).params["opt"] in ("sgd", "adam"), "a search can go on from it"


def test_tensorboard_has_curves_and_parameters(lab, sweep):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import api_pb2, metadata

    export(lab, "tensorboard", "--output=board")
    assert sorted(os.listdir("board")) == sorted(ENDED)
    ended = {}
    for trial in ENDED:
        events = EventAccumulator(f"board/{trial}").Reload()
        plugin = events.summary_metadata
        begun = metadata.parse_session_start_info_plugin_data(
            plugin[metadata.SESSION_START_INFO_TAG].plugin_data.content
        )
        end = metadata.parse_session_end_info_plugin_data(plugin[metadata.SESSION_END_INFO_TAG].plugin_data.content)
        ended[trial] = (end.status, end.end_time_secs)
        if trial == "well":
            assert [(one.step, one.value, one.wall_time) for one in events.Scalars("other loss")] == [
                (1, 1.5, BEGIN + 1),
                (2, 1.25, BEGIN + 2),
            ]
            assert [one.value for one in events.Scalars("score")] == pytest.approx([0.5, 0.3, 0.25])
            assert {name: value.WhichOneof("kind") for name, value in begun.hparams.items()} == {
                "lr": "number_value",
                "depth": "number_value",
                "momentum": "number_value",
                "opt": "string_value",
                "layers": "string_value",
            }
            assert (begun.group_name, begun.start_time_secs) == ("p0", BEGIN)
            (argv,) = events.Tensors("sweeper/argv")
            assert argv.tensor_proto.string_val[0].decode() == """    ["--lr=0.01", "--tag=a b'0"]"""
        if trial == "failed":
            (note,) = events.Tensors("sweeper/note")
            assert NOTE in note.tensor_proto.string_val[0].decode()
    assert {trial for trial, (status, _) in ended.items() if status == api_pb2.STATUS_SUCCESS} == {"well", "early"}
    assert ended["well"][1] == BEGIN + 60.5


def test_tensorboards_own_table_of_parameters_shows_them(lab, sweep):
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
    from tensorboard.context import RequestContext
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

    export(lab, "tensorboard", "--output=board")
    many = EventMultiplexer().AddRunsFromDirectory("board").Reload()
    context = backend_context.Context(TBContext(data_provider=MultiplexerDataProvider(many, "board")))
    http = RequestContext()
    plugin, provided = context.hparams_metadata(http, ""), context.hparams_from_data_provider(http, "", 0)
    found = context.experiment_from_metadata(http, "", True, plugin, provided, 0)
    assert {one.name for one in found.hparam_infos} == {"lr", "depth", "opt", "momentum", "layers"}
    assert {one.name.tag for one in found.metric_infos} == {"score", "other loss"}
    asked = api_pb2.ListSessionGroupsRequest(
        allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE],
        start_index=0,
        slice_size=10,
        col_params=[
            api_pb2.ColParams(
                metric=api_pb2.MetricName(tag="score"), order=api_pb2.ORDER_ASC, missing_values_first=False
            )
        ],
    )
    table = list_session_groups.Handler(http, context, "", asked).run()
    assert table.session_groups[0].name == "p0", "the best one comes first"
    assert table.total_size == 5


@pytest.mark.filterwarnings("ignore")  # its own
def test_mlflow_has_an_experiment_of_runs(lab, sweep):
    pytest.importorskip("mlflow", reason="not one of the contributor's tools: pip install 'sweeper[mlflow]'")
    from mlflow import MlflowClient

    export(lab, "mlflow", "--output=runs.db")
    assert os.listdir(".").count("mlruns") == 0
    client = MlflowClient(tracking_uri="sqlite:///runs.db")
    experiment = client.get_experiment_by_name(SWEEP)
    assert experiment.tags["config"].startswith("name: fates\n")
    runs = {one.info.run_name: one for one in client.search_runs([experiment.experiment_id])}
    assert {trial: run.info.status for trial, run in runs.items()} == {
        "well": "FINISHED",
        "early": "FINISHED",
        "failed": "FAILED",
        "cancelled": "KILLED",
        "nan": "FINISHED",
    }
    well = runs["well"]
    assert well.data.params == {"lr": "0.01", "depth": "2", "opt": "sgd", "momentum": "0.5", "layers": "[8, 8]"}
    assert "momentum" not in runs["early"].data.params
    assert (well.info.start_time, well.info.end_time) == (BEGIN * 1000, (BEGIN + 60.5) * 1000)
    history = client.get_metric_history(well.info.run_id, "other loss")
    assert [(one.step, one.value, one.timestamp) for one in history] == [
        (1, 1.5, (BEGIN + 1) * 1000),
        (2, 1.25, (BEGIN + 2) * 1000),
    ]
    assert json.loads(well.data.tags["argv"]) == ["--lr=0.01", "--tag=a b'0"]
    assert runs["failed"].data.tags["mlflow.note.content"] == NOTE
    assert runs["early"].data.tags["reason"] == "stopped_early"
    (best,) = client.search_runs([experiment.experiment_id], "metrics.score < 0.3", max_results=1)
    assert best.info.run_name == "well"


@pytest.mark.filterwarnings("ignore")
def test_wandb_has_an_offline_run_for_each_trial_without_a_key_or_a_network(lab, sweep, monkeypatch):
    pytest.importorskip("wandb.sdk", reason="not one of the contributor's tools: pip install 'sweeper[wandb]'")
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(lab.folder / "nobody"))
    export(lab, "wandb-offline", "--output=runs")
    assert not (lab.folder / "nobody").exists()
    found = {}
    for file in (lab.folder / "runs").glob("wandb/offline-run-*/*.wandb"):
        records = list(wandb_records(file))
        (run,) = (one.run for one in records if one.WhichOneof("record_type") == "run" and one.run.display_name)
        found[run.display_name] = (run, records)
    assert found.keys() == set(ENDED)
    assert not [path for path in (lab.folder / "runs").rglob("*") if path.is_symlink()]
    run, records = found["well"]
    assert (run.project, run.run_group, run.run_id) == ("fates", SWEEP, f"{SWEEP}-well")
    config = {one.key: json.loads(one.value_json) for one in run.config.update}
    assert {name: config[name] for name in SGD} == {**SGD, "layers": "[8, 8]"}
    history = [
        {one.nested_key[0]: json.loads(one.value_json) for one in record.history.item}
        for record in records
        if record.WhichOneof("record_type") == "history"
    ]
    assert [(row["_step"], row["score"], row.get("other loss")) for row in history] == [
        (1, 0.5, 1.5),
        (2, 0.3, 1.25),
        (3, 0.25, None),
    ]
    assert [row["_timestamp"] for row in history] == [BEGIN + 1, BEGIN + 2, BEGIN + 3]
    codes = {
        trial: next(one.exit.exit_code for one in records if one.WhichOneof("record_type") == "exit")
        for trial, (_, records) in found.items()
    }
    assert codes == {"well": 0, "early": 0, "failed": 1, "cancelled": 1, "nan": 0}
    assert found["failed"][0].notes == NOTE
    assert list(found["early"][0].tags) == ["stopped_early"]


def wandb_records(file):
    """Its records, by its own description of them; what lies around is LevelDB's log format (doc/log_format.md)."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, at, whole = file.read_bytes(), 7, b""
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            yield Record.FromString(whole)
            whole = b""


def test_a_reduced_metric_has_a_name_of_its_own(lab):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    fill(lab.folder / ".sweeper", reduce="best")
    export(lab, "tensorboard", "--output=board")
    events = EventAccumulator("board/well").Reload()
    assert [(one.step, one.value) for one in events.Scalars("score.best")] == [(3, 0.25)]


def test_nothing_is_written_over_or_into_and_nothing_is_left_beside(lab, sweep):
    export(lab, "tensorboard", "--output=board")
    before = sorted(path for path in lab.folder.rglob("*") if ".sweeper" not in path.parts)
    again = lab.run("export", "fates", "--to=tensorboard", "--output=board")
    is_refused(again, "board: exists already", "choose another --output, or move it away")
    assert "rm " not in again.err
    is_refused(lab.run("export", "fates", "--to=optuna", "--output=no/where.db"), "no/where.db: cannot be written")
    assert sorted(path for path in lab.folder.rglob("*") if ".sweeper" not in path.parts) == before


@pytest.mark.parametrize(("to", "remove"), [("optuna", "rm"), ("tensorboard", "rm -r")])
def test_only_what_is_named_as_an_export_is_said_to_be_one(lab, sweep, to, remove):
    name = f"{SWEEP}{TRACKERS[to].ending}"
    export(lab, to)
    is_refused(
        lab.run("export", "fates", f"--to={to}"), f"{name}: exists already", f"to export anew: `{remove} {name}`"
    )
    for other in (".", "/", "sweeps"):
        (lab.folder / "sweeps").mkdir(exist_ok=True)
        found = lab.run("export", "fates", f"--to={to}", f"--output={other}")
        is_refused(found, "exists already", "choose another --output, or move it away")
        assert "`" not in found.err


def test_a_library_that_fails_leaves_nothing_and_its_words_are_told(lab, sweep, monkeypatch):
    (lab.folder / "broken").mkdir()
    lab.write("broken/sqlalchemy.py", "raise ImportError('this one is broken')\n")
    monkeypatch.setenv("PYTHONPATH", "broken")
    before = sorted(os.listdir("."))
    is_refused_with_words(lab.run("export", "fates", "--to=optuna"))
    assert sorted(os.listdir(".")) == before


def is_refused_with_words(found):
    assert (found.code, found.out) == (2, "")
    assert "--to=optuna: the library failed:" in found.err
    assert "    ImportError: this one is broken" in found.err


def test_an_unknown_format_is_refused_with_all_that_there_are(lab, sweep):
    found = lab.run("export", "fates", "--to=tensorbord")
    is_refused(found, "--to: expected ")
    for name in (*FORMATS, *TRACKERS):
        assert name in found.err


@pytest.mark.parametrize("option", ["--stage", "--lossy", "--no-verify", "--output=-"])
def test_options_of_tuning_configs_are_refused(lab, sweep, option):
    is_refused(lab.run("export", "fates", "--to=optuna", option), option)


def test_a_missing_library_is_said_with_the_command_that_brings_it(lab, sweep):
    code = (
        "import sys\nsys.modules['wandb'] = None\nfrom sweeper.cli import main\n"
        "sys.exit(main(['export', 'fates', '--to=wandb-offline']))\n"
    )
    found = lab.end(lab.start_code(code))
    is_refused(found, "--to=wandb-offline needs wandb", 'pip install "sweeper[wandb]"')


def test_a_config_names_its_newest_sweep_and_a_sweep_that_was_never_launched_is_refused(lab, sweep):
    lab.write("fates.yaml", "name: fates\ntrainer: toy\nmetric: score\nparameters: {x: [1]}\n")
    found = lab.run("export", "fates.yaml", "--to=tensorboard", "--output=board", "--json")
    assert found.json == {"to": "tensorboard", "sweep": SWEEP, "file": "board", "trials": 5}
    is_refused(lab.run("export", "digits", "--to=optuna"), "digits")
