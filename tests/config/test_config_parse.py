"""What a good config means: every key reaches its field, and the short forms are the long ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.config import load, parse, read
from sweeper.errors import ConfigError
from sweeper.model import (
    Choices,
    CloudSettings,
    EarlyStopping,
    Limits,
    LocalSettings,
    Metric,
    Parameter,
    Range,
    Repeats,
    Together,
    Trainer,
)

CONFIGS = sorted((Path(__file__).parents[2] / "configs").rglob("*.yaml"))

FULL = """\
name: digits
trainer:
  module: trainer.task
  package: ..
  python: venv/bin/python
  requires: [scikit-learn, docopt]
  usage: argparse
  env: {A: b, N: 010x, T: 4, F: 1e-3}
  cloud_requires: [gcsfs]
  image: eu.gcr.io/p/t:1
method: grid
seed: 7
order: coarse-to-fine
repeats: {count: 3, parameter: random_state}
metric: {name: loss, goal: minimize, reduce: best, from: stdout, pattern: 'loss=(?P<value>\\S+)'}
parameters:
  train_data_paths: data/digits.csv
  hidden_units: ["64", "128", "64,32"]
  learning_rate: {min: 1e-4, max: 1e-1, scale: log, num: 4}
  epochs: {min: 2, max: 8, step: 2}
  optimizer: [sgd, adam]
  momentum: {min: 0, max: 0.99, num: 3, when: {optimizer: sgd}}
  flag: {values: [true, false], when: {optimizer: [sgd, adam], epochs: 4}}
together:
  - {width: [64, 128], depth: [2, 1]}
exclude: [{optimizer: sgd, width: [64, 128]}]
constraints: ["width * depth <= 512"]
limits: {parallel: 4, timeout: 1h30m, retries: {transient: 1, code: 2}, trials: 200, hours: 5, cost: 20 USD}
backend: local
local: {slots: gpu, trials_per_gpu: 2, warm: never, threads: 3}
mlengine:
  project: my-project
  region: europe-west4
  bucket: gs://my-bucket/a/b/
  scale_tier: CUSTOM
  master_type: n1-highmem-8
  accelerator: {type: NVIDIA_TESLA_P100, count: 2}
  worker_type: n1-standard-8
  worker_count: 3
  parameter_server_type: n1-standard-4
  parameter_server_count: 1
  max_wait: 30m
  priority: 7
  service_account: me@my-project.iam.gserviceaccount.com
  network: projects/12345/global/networks/default
  creates_per_minute: 30
  price: 0.25 USD
vertex:
  project: 12345
  worker_pools:
    - {machine: n1-standard-4}
    - {machine: a2-highgpu-1g, accelerator: NVIDIA_TESLA_A100, replicas: 4}
  disk: {type: pd-ssd, size_gb: 200}
  spot: true
  persistent_resource: pool
  restart_on_worker_restart: true
  web_access: true
stage: data/*.csv
"""


def parsed(text):
    return parse("trainer: t\n" + text, path="x.yaml")


def domain(written, *, rest=""):
    return parsed(f"parameters:\n  a: {written}\n{rest}").space.parameters[0].domain


def test_every_key_reaches_its_field():
    sweep = parse(FULL, path="configs/full.yaml")
    assert sweep.trainer == Trainer(
        module="trainer.task",
        package="..",
        python="venv/bin/python",
        requires=("scikit-learn", "docopt"),
        usage="argparse",
        env={"A": "b", "N": "010x", "T": "4", "F": "1e-3"},
        cloud_requires=("gcsfs",),
        image="eu.gcr.io/p/t:1",
    )
    assert (sweep.name, sweep.method, sweep.seed, sweep.order) == ("digits", "grid", 7, "coarse-to-fine")
    assert sweep.repeats == Repeats(3, "random_state")
    assert sweep.metric == Metric("loss", "minimize", "best", "stdout", r"loss=(?P<value>\S+)")
    assert sweep.space.parameters == (
        Parameter("train_data_paths", Choices(("data/digits.csv",)), constant=True),
        Parameter("hidden_units", Choices(("64", "128", "64,32"))),
        Parameter("learning_rate", Range(1e-4, 0.1, "log", num=4)),
        Parameter("epochs", Range(2, 8, step=2, integer=True)),
        Parameter("optimizer", Choices(("sgd", "adam"))),
        Parameter("momentum", Range(0.0, 0.99, num=3), when={"optimizer": ("sgd",)}),
        Parameter("flag", Choices((True, False)), when={"optimizer": ("sgd", "adam"), "epochs": (4,)}),
    )
    assert sweep.space.together == (Together({"width": (64, 128), "depth": (2, 1)}),)
    assert sweep.space.exclude == ({"optimizer": ("sgd",), "width": (64, 128)},)
    assert sweep.space.constraints == ("width * depth <= 512",)
    assert sweep.limits == Limits(4, 5400.0, retries=1, code_retries=2, trials=200, hours=5, cost=20.0)
    assert sweep.local == LocalSettings("gpu", 2, "never", 3)
    assert (sweep.backend, sweep.path, sweep.text) == ("local", "configs/full.yaml", FULL)
    assert sweep.stage == ("data/*.csv",)


def test_every_key_of_a_cloud_section_reaches_its_field():
    clouds = parse(FULL, path="configs/full.yaml").clouds
    assert clouds["mlengine"] == CloudSettings(
        project="my-project",
        region="europe-west4",
        bucket="gs://my-bucket/a/b",
        machine="n1-highmem-8",
        accelerator="NVIDIA_TESLA_P100",
        accelerators=2,
        service_account="me@my-project.iam.gserviceaccount.com",
        network="projects/12345/global/networks/default",
        creates_per_minute=30,
        price=0.25,
        extra={
            "scale_tier": "CUSTOM",
            "worker_type": "n1-standard-8",
            "worker_count": 3,
            "parameter_server_type": "n1-standard-4",
            "parameter_server_count": 1,
            "max_wait": 1800.0,
            "priority": 7,
        },
    )
    pool = {"machine": "n1-standard-4", "accelerator": None, "accelerators": 1, "replicas": 1}
    gpu = {"machine": "a2-highgpu-1g", "accelerator": "NVIDIA_TESLA_A100", "accelerators": 1, "replicas": 4}
    assert clouds["vertex"] == CloudSettings(
        project="12345",
        spot=True,
        extra={
            "worker_pools": (pool, gpu),
            "disk": {"type": "pd-ssd", "size_gb": 200},
            "persistent_resource": "pool",
            "restart_on_worker_restart": True,
            "web_access": True,
        },
    )


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("vertex: {accelerator: NVIDIA_L4}", CloudSettings(accelerator="NVIDIA_L4")),
        (
            "vertex: {machine: g2-standard-4, max_wait: 1h}",
            CloudSettings(machine="g2-standard-4", extra={"max_wait": 3600.0}),
        ),
        ("vertex: {bucket: gs://my-bucket/}", CloudSettings(bucket="gs://my-bucket")),
        ("vertex: {price: $1.5}", CloudSettings(price=1.5)),
        ("vertex:", CloudSettings()),
        ("mlengine: {machine: n1-standard-4}", CloudSettings(machine="n1-standard-4")),
        (
            "mlengine: {runtime: 2.10, python_version: 3.7}",
            CloudSettings(runtime="2.10", extra={"python_version": "3.7"}),
        ),
    ],
)
def test_a_cloud_section_can_be_written_as(written, means):
    assert parsed(f"parameters: {{a: 1}}\n{written}\n").clouds == {written.split(":")[0]: means}


@pytest.mark.parametrize("written", ["20 USD", "20", "20$", "$20", "20.0", "20usd", "'20'"])
def test_an_amount_of_money_can_be_written_as(written):
    assert parsed(f"parameters: {{a: 1}}\nlimits: {{cost: {written}}}\n").limits.cost == 20.0


def test_the_shortest_config_has_the_defaults_of_the_model():
    sweep = parsed("parameters: {a: 1}\n")
    assert (sweep.metric, sweep.limits, sweep.local, sweep.repeats) == (Metric(), Limits(), LocalSettings(), Repeats())
    assert (sweep.trainer, sweep.method, sweep.trials, sweep.points) == (Trainer("t"), "grid", None, ())


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("3", Choices((3,))),
        ("[3]", Choices((3,))),
        ("{value: [1, 2]}", Choices(((1, 2),))),  # one value that is a list
        ("[[1, 2], [3]]", Choices(((1, 2), (3,)))),
        ("{values: [sgd, adam], distribution: categorical}", Choices(("sgd", "adam"))),
        ("{value: 3, distribution: constant}", Choices((3,))),
        ("{min: 1, max: 9, num: 3}", Range(1, 9, num=3, integer=True)),
        ("{min: 1, max: 9.0, num: 3}", Range(1.0, 9.0, num=3)),  # one fraction makes all fractions
        ("{min: 0, max: 1, step: 0.25}", Range(0.0, 1.0, step=0.25)),
        ("{min: 1, max: 9, num: 3, type: float}", Range(1.0, 9.0, num=3)),
        ("{min: 1e1, max: 1e3, num: 3, type: int}", Range(10, 1000, num=3, integer=True)),
        ("{min: 16, max: 256, scale: log, num: 5}", Range(16, 256, "log", num=5, integer=True)),
        ("{min: 1, max: 9, num: 3, distribution: uniform}", Range(1.0, 9.0, num=3)),
        ("{min: 1, max: 9, num: 3, distribution: int_uniform}", Range(1, 9, num=3, integer=True)),
        ("{min: 1e-4, max: 1, num: 3, distribution: log_uniform_values}", Range(1e-4, 1.0, "log", num=3)),
        ("{min: 0, max: 1, q: 0.1, distribution: q_uniform}", Range(0.0, 1.0, step=0.1)),
    ],
)
def test_a_parameter_can_be_written_as(written, means):
    assert domain(written) == means
    if isinstance(means, Range):
        assert [type(end) for end in (domain(written).min, domain(written).max)] == [type(means.min), type(means.max)]


def test_only_a_bare_value_is_a_constant():
    space = parsed("parameters: {a: 1, b: [1], c: {value: 1}, d: {values: [1]}}").space
    assert [parameter.constant for parameter in space.parameters] == [True, False, True, False]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90),
        ("0.5", 0.5),
        ("30s", 30),
        ("90m", 5400),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("1d", 86400),
    ],
)
def test_a_timeout_can_be_written_as(written, seconds):
    assert parsed(f"parameters: {{a: 1}}\nlimits: {{timeout: {written}}}\n").limits.timeout == seconds


def test_a_bare_number_of_retries_is_for_transient_failures():
    limits = parsed("parameters: {a: 1}\nlimits: {retries: 5}\n").limits
    assert (limits.retries, limits.code_retries) == (5, 0)


def test_repeats_pass_a_seed_unless_there_is_one_run():
    assert parsed("parameters: {a: 1}\nrepeats: 3\n").repeats == Repeats(3, "seed")
    assert parsed("parameters: {a: 1}\nrepeats: 1\n").repeats == Repeats(1, None)
    assert parsed("parameters: {a: 1}\nrepeats: {count: 1, parameter: s}\n").repeats == Repeats(1, "s")


def test_one_run_without_a_seed_leaves_the_seed_parameter_to_the_config():
    assert parsed("parameters: {seed: [1, 2]}\n").space.parameters[0].name == "seed"


def test_listed_points_get_the_constants():
    sweep = parsed("method: list\nparameters: {data: d.csv}\npoints: [{lr: 0.1}, {lr: 0.2, units: 3}]\n")
    assert sweep.points == ({"data": "d.csv", "lr": 0.1}, {"data": "d.csv", "lr": 0.2, "units": 3})
    assert [parameter.name for parameter in sweep.space.parameters] == ["data"]


def test_listed_points_need_no_parameters():
    assert parsed("method: list\npoints: [{lr: 0.1}]\n").points == ({"lr": 0.1},)


def test_a_tuning_service_takes_its_own_keys():
    text = "method: service\ntrials: 12\nalgorithm: random\nresume: digits_1\nbackend: mlengine\n"
    sweep = parsed(text + "early_stopping: service\nlimits: {max_failed: 3}\nparameters: {a: {min: 0.0, max: 1.0}}\n")
    assert (sweep.method, sweep.trials, sweep.algorithm, sweep.resume) == ("service", 12, "random", "digits_1")
    assert (sweep.early_stopping, sweep.limits.max_failed) == (EarlyStopping("service"), 3)


def test_early_stopping_is_a_rule_or_says_more():
    def stopping(written):
        return parsed(f"parameters: {{a: 1}}\nearly_stopping: {written}\n").early_stopping

    assert stopping("asha") == EarlyStopping("asha", min_steps=2, reduction=3)
    assert stopping("{stall: 10m}") == EarlyStopping("asha", stall=600.0)
    assert stopping("{rule: none, stall: 90s}") == EarlyStopping("none", stall=90.0)
    assert stopping("{reduction: 4, max_steps: 50, resumes: true}") == EarlyStopping(
        "asha", reduction=4, max_steps=50, resumes=True
    )
    assert stopping("{rule: patience, patience: 5, min_delta: 1}") == EarlyStopping(
        "patience", patience=5, min_delta=1.0
    )
    text = "method: service\ntrials: 3\nparameters: {a: {min: 0.0, max: 1.0}}\nearly_stopping: asha\n"
    assert parsed(text).early_stopping == EarlyStopping("asha")  # on this machine there is no service


def test_a_grid_of_the_service_may_say_how_far_it_goes():
    text = "method: service\nalgorithm: grid\nparameters: {a: [1, 2, 3]}\n"
    assert (parsed(text).algorithm, parsed(text).trials, parsed(text + "trials: 2\n").trials) == ("grid", None, 2)


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_sampling_methods_take_ranges_as_they_are(method):
    sweep = parsed(f"method: {method}\ntrials: 9\nparameters: {{a: {{min: 0.0, max: 1.0}}}}\n")
    assert (sweep.method, sweep.trials) == (method, 9)


def test_conditions_take_the_spelling_of_the_parameter_they_speak_of():
    space = parsed("parameters: {a: [1, 2.0], b: {values: [x], when: {a: [1.0, 2]}}}\nexclude: [{a: 1.0}]\n").space
    assert [repr(value) for value in space.parameters[1].when["a"]] == ["1", "2.0"]
    assert repr(space.exclude[0]["a"]) == "(1,)"


@pytest.mark.parametrize(
    ("axis", "value"),
    [
        ("{min: 0.0, max: 0.9, num: 4}", "0.3"),
        ("{min: 0.0, max: 1.0, step: 0.1}", "0.3"),
        ("{min: 1e-4, max: 1e-1, scale: log, num: 4}", "0.001"),
        ("{min: 1, max: 9, num: 9}", "4"),
        ("{min: 1, max: 9, num: 9}", "4.0"),
    ],
)
def test_a_condition_can_name_a_value_of_a_range(axis, value):
    space = parsed(f"parameters: {{a: {axis}, b: [1, 2]}}\nexclude: [{{a: {value}}}]\n").space
    assert space.exclude[0]["a"] == (float(value),)


def test_conditions_may_speak_of_linked_parameters_and_of_later_ones():
    text = "parameters: {a: {values: [1], when: {b: 2, w: 64}}, b: [1, 2]}\ntogether: [{w: [64, 128], d: [2, 1]}]\n"
    assert parsed(text).space.parameters[0].when == {"b": (2,), "w": (64,)}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("configs/grid.yaml", "grid"),
        ("My sweep (2).yml", "My-sweep-2"),
        ("-", "sweep"),
        ("a.b.yaml", "a.b"),
        ("x" * 99, "x" * 63),
        ("日本.yaml", "sweep"),
    ],
)
def test_the_name_comes_from_the_file_where_it_is_left_out(path, name):
    assert parse("trainer: t\nparameters: {a: 1}\n", path=path).name == name


def test_sections_whose_lines_are_all_commented_out_are_empty():
    assert parsed("parameters: {a: 1}\nlimits:\n  # parallel: 4\nlocal:\n").limits == Limits()


def test_long_lists_are_fine():
    values = domain("[" + ", ".join(map(str, range(20_000))) + "]").values
    assert values == tuple(range(20_000))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_shipped_config_parses(path):
    assert load(path) == parse(read(path), path=str(path))


def test_importing_the_package_does_not_import_the_parser():
    code = "import sweeper.config, sys; print(sorted({'yaml', 'difflib', 'pandas', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_parser_written_in_python_gives_the_same(tmp_path):
    """Some wheels of PyYAML come without the parser in C; a stand-in package without it takes its place."""
    (tmp_path / "yaml.py").write_text(
        "import importlib, sys\n"
        "path = sys.path.pop(0)\n"
        "del sys.modules['yaml']\n"
        "real = importlib.import_module('yaml')\n"
        "real.__dict__.pop('CSafeLoader', None)\n"
    )
    config = tmp_path / "full.yaml"
    config.write_text(FULL)
    code = f"from sweeper.config import load; print(load({str(config)!r}))"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for path in ([], [str(tmp_path)])
    ]
    assert outputs[0] == outputs[1]
    assert "Sweep(" in outputs[0]


def test_a_config_error_is_a_user_error_with_exit_code_2():
    assert ConfigError.exit_code == 2
