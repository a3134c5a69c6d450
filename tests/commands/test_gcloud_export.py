"""The real gcloud reads every exported file without complaint, and sends what the space says.

Each call takes it one to two seconds, so the quick tests make one for each service: a file with everything in it.
"""

from __future__ import annotations

import shlex
import shutil

import pytest
from command_lab import ROOT
from recording import NEEDS_GCLOUD, gcloud, recording, submit

from sweeper.formats.yamltext import flow

pytestmark = [NEEDS_GCLOUD, pytest.mark.xdist_group("gcloud")]
WORDS = [
    *(
        "n",
        "y",
        "no",
        "on",
        "1e5",
        "012",
        "1:30",
        "1",
        "1.0",
        "~",
        "null",
        "true",
        "2026-01-01",
        "0x1f",
        "1_000",
        ".inf",
    ),
    *("", " a", "a ", "a: b", "a #b", "- a", "#a", "'a'", '"a"', "\\", "=", "<<", "&a", "*a", "!a", "%a", "@a", "`a`"),
    *("[a]", "{a: b}", "a, b", "64,32", "a\tb", "a\nb", "ä", "日本", "😀", "--x=1", "-1", "gs://b/x", "a" * 2000),
]
NAMES = ["n", "y", "no", "on", "null", "true", "1", "1e5", "012", "a.b", "a-c"]
NUMBERS = [-(2**53), -0.5, 1e-300, 1e-5, 0.1, 1, 2.5, 1e16, 1.5e300]


@pytest.fixture
def everything(lab):
    """A config with nasty names and values, and every kind of parameter."""
    (lab.folder / "trainer").mkdir()
    lab.write("trainer/__init__.py", "")
    lab.write("trainer/task.py", "")
    parameters = {
        **{name: ["no", f"v{i}"] for i, name in enumerate(NAMES)},
        "words": WORDS,
        "numbers": NUMBERS,
        "double": {"min": 1e-05, "max": 1.0, "scale": "log"},
        "integer": {"min": -5, "max": 2**53},
        "constant": "1:30",
        "text": "a: b\n'c' \"d\" # ä",
    }
    config = {
        "trainer": {"module": "trainer.task", "usage": "none"},
        "method": "random",
        "trials": 2**31 - 1,
        "metric": {"name": "n", "goal": "minimize", "from": "hypertune"},
        "parameters": parameters,
        "limits": {"parallel": 7},
    }
    lab.write("sweep.yaml", "".join(f"{key}: {flow(value)}\n" for key, value in config.items()))
    return lab


def test_ml_engine_is_sent_what_the_config_says(everything):
    found = everything.run("export", "sweep.yaml", "--to=mlengine", "--output=out.yaml")
    assert found.code == 0, found.err
    with recording() as kept:
        body = submit(kept, everything.folder, "mlengine", "out.yaml", "--packages=gs://bucket/t.tar.gz")
    training = body["trainingInput"]
    spec = training["hyperparameters"]
    sent = {one.pop("parameterName"): one for one in spec.pop("params")}
    assert list(sent) == [*NAMES, "words", "numbers", "double", "integer"]
    for i, name in enumerate(NAMES):
        assert sent[name] == {"type": "CATEGORICAL", "categoricalValues": ["no", f"v{i}"]}
    assert sent["words"]["categoricalValues"] == WORDS
    assert sent["numbers"] == {"type": "DISCRETE", "discreteValues": NUMBERS}
    assert sent["double"] == {"type": "DOUBLE", "minValue": 1e-05, "maxValue": 1.0, "scaleType": "UNIT_LOG_SCALE"}
    assert sent["integer"] == {"type": "INTEGER", "minValue": -5, "maxValue": 2**53, "scaleType": "UNIT_LINEAR_SCALE"}
    assert spec == {
        "goal": "MINIMIZE",
        "hyperparameterMetricTag": "n",
        "maxTrials": 2**31 - 1,
        "maxParallelTrials": 7,
        "algorithm": "RANDOM_SEARCH",
    }
    assert training["args"] == ["--constant=1:30", "--text=a: b\n'c' \"d\" # ä"]


def test_vertex_is_sent_what_the_config_says(everything):
    text = (everything.folder / "sweep.yaml").read_text()
    below = ", below: {values: [a, 'y'], when: {words: ['1', 'no']}}, deep: {min: 1, max: 3, when: {below: 'y'}}"
    below += ", under: {values: [1, 2], when: {numbers: 0.1}}, last: {values: [q], when: {deep: [1, 3]}}"
    everything.write("sweep.yaml", text.replace('"words": ', "words: ").replace(", constant:", f"{below}, constant:"))
    found = everything.run("export", "sweep.yaml", "--to=vertex", "--output=out.yaml")
    assert found.code == 0, found.err
    with recording() as kept:
        body = submit(kept, everything.folder, "vertex", "out.yaml")
    assert (body["maxTrialCount"], body["parallelTrialCount"], body["displayName"]) == (2**31 - 1, 7, "n")
    spec = body["studySpec"]
    sent = {one.pop("parameterId"): one for one in spec.pop("parameters")}
    assert spec == {"metrics": [{"metricId": "n", "goal": "MINIMIZE"}], "algorithm": "RANDOM_SEARCH"}
    assert list(sent) == [*NAMES, "words", "numbers", "double", "integer"]
    assert sent["words"]["categoricalValueSpec"] == {"values": WORDS}
    assert sent["numbers"]["discreteValueSpec"] == {"values": NUMBERS}
    assert sent["double"] == {"doubleValueSpec": {"minValue": 1e-05, "maxValue": 1.0}, "scaleType": "UNIT_LOG_SCALE"}
    assert sent["integer"]["integerValueSpec"] == {"minValue": "-5", "maxValue": str(2**53)}
    (branch,) = sent["words"]["conditionalParameterSpecs"]
    assert branch["parentCategoricalValues"] == {"values": ["1", "no"]}
    (deep,) = branch["parameterSpec"]["conditionalParameterSpecs"]
    assert (deep["parentCategoricalValues"], deep["parameterSpec"]["parameterId"]) == ({"values": ["y"]}, "deep")
    assert deep["parameterSpec"]["conditionalParameterSpecs"][0]["parentIntValues"] == {"values": ["1", "3"]}
    assert sent["numbers"]["conditionalParameterSpecs"][0]["parentDiscreteValues"] == {"values": [0.1]}
    (pool,) = body["trialJobSpec"]["workerPoolSpecs"]
    assert pool["pythonPackageSpec"]["args"] == ["--constant=1:30", "--text=a: b\n'c' \"d\" # ä"]


@pytest.mark.slow
@pytest.mark.parametrize("to", ["mlengine", "vertex"])
@pytest.mark.parametrize("name", ["conditional", "grid", "random", "sobol", "tune"])
def test_the_command_at_the_top_of_every_shipped_config_works_as_written(lab, make_emulator, monkeypatch, to, name):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, lab.folder / folder)
    emulator = make_emulator()
    monkeypatch.setenv("SWEEPER_ENDPOINT", emulator.url)
    more = ("--lossy", "--stage", "--no-verify", "--output=out.yaml", "--bucket=gs://bucket/sweeps")
    found = lab.run("export", f"configs/{name}.yaml", f"--to={to}", *more)
    assert found.code == 0, found.err
    lines = (lab.folder / "out.yaml").read_text().splitlines()
    (command,) = [line.removeprefix("#").strip() for line in lines if "gcloud ai" in line]
    words = ["my_job" if word == "NAME" else word for word in shlex.split(command)[1:]]
    with recording() as kept:
        gcloud(kept, lab.folder, *words)
    ((path, body),) = kept.bodies
    program = (
        body["trainingInput"] if to == "mlengine" else body["trialJobSpec"]["workerPoolSpecs"][0]["pythonPackageSpec"]
    )
    assert program["pythonModule"] == "trainer.task"
    assert program["packageUris"][0].startswith("gs://bucket/sweeps/packages/")
    assert program["args"][0].startswith("--train_data_paths=gs://bucket/sweeps/data/")
    if to == "mlengine":
        assert body["trainingInput"]["jobDir"].startswith("gs://bucket/sweeps/digits")
        assert body["trainingInput"]["hyperparameters"]["params"]
    else:
        assert path.startswith("/v1/projects/emulator/locations/us-central1/hyperparameterTuningJobs")


@pytest.mark.slow
def test_gcloud_itself_uploads_the_package_that_was_made_for_it(lab, emulator):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, lab.folder / folder)
    emulator.make_bucket()
    assert lab.run("package", "configs/random.yaml", "--out=dist", "--no-verify").code == 0
    assert lab.run("export", "configs/random.yaml", "--to=mlengine", "--output=out.yaml").code == 0
    lines = (lab.folder / "out.yaml").read_text().splitlines()
    (command,) = [line.removeprefix("#").strip() for line in lines if "gcloud ai" in line]
    words = [word.replace("BUCKET", "bucket").replace("REGION", "us-central1") for word in shlex.split(command)[1:]]
    with recording() as kept:
        gcloud(kept, lab.folder, *words, storage=emulator.url)
    (uri,) = kept.bodies[-1][1]["trainingInput"]["packageUris"]
    assert uri.startswith("gs://bucket/NAME/packages/")
    assert uri.endswith("/trainer-0.1.tar.gz")
