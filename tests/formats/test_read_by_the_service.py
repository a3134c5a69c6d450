"""Random spaces, exported and read by the emulator's own parser and rules: the same space."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import rendering_of
from test_round_trips import sweeps

from sweeper.emulator.aiplatform.study import study_of as vertex_study
from sweeper.emulator.aiplatform.tuning_rules import ROOT, check_tuning_job
from sweeper.emulator.discovery import TUNING_JOB, load, root_of
from sweeper.emulator.ml.hyperparameters import study_of as ml_study
from sweeper.emulator.ml.rules import check_job
from sweeper.emulator.tuning.spec import Axis, Branch, Spec
from sweeper.emulator.validation.payload import read_message
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.formats.yamltext import yaml_text
from sweeper.model import Range

ALGORITHMS = {"service": "bayesian", "grid": "grid", "random": "random"}
TRAINING = {
    "region": "us-central1",
    "packageUris": ["gs://bkt/trainer.tar.gz"],
    "pythonModule": "trainer.task",
    "runtimeVersion": "2.11",
    "pythonVersion": "3.7",
}
POOL = {
    "machineSpec": {"machineType": "n1-standard-4"},
    "replicaCount": "1",
    "pythonPackageSpec": {
        "executorImageUri": "image",
        "packageUris": TRAINING["packageUris"],
        "pythonModule": "trainer.task",
    },
}


def as_spec(study):
    return Spec(
        axes=tuple(as_axis(axis) for axis in study.axes),
        metric=study.metric,
        maximize=study.goal == "maximize",
        algorithm=ALGORITHMS[study.algorithm],
        max_trials=study.trials,
        parallel=study.parallel,
        max_failed=study.max_failed or 0,
        stopping="median" if study.early_stopping else "",
        selection="best" if study.best else "last",
        resume=study.resume or "",
    )


def as_axis(axis):
    branches = tuple(Branch(as_values(axis, branch.values), as_axis(branch.axis)) for branch in axis.branches)
    domain = axis.domain
    if isinstance(domain, Range):
        kind = "integer" if domain.integer else "double"
        return Axis(axis.name, kind, float(domain.min), float(domain.max), scale=domain.scale, branches=branches)
    kind = "categorical" if axis.is_text else "discrete"
    return Axis(axis.name, kind, values=as_values(axis, domain.values), branches=branches)


def as_values(axis, values):
    if axis.is_text:
        return tuple(values)
    integer = isinstance(axis.domain, Range) and axis.domain.integer
    return tuple(int(value) if integer else float(value) for value in values)


def exported(sweep, to):
    found = translate(sweep, rendering_of(sweep), FORMATS[to].can)
    job = TRAINING if to == "mlengine" else {"workerPoolSpecs": [POOL]}
    text = yaml_text(FORMATS[to].write(found.study, job, name="s"))
    return found.study, yaml.safe_load(text)  # YAML 1.1, as gcloud reads it


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_ml_engine_reads_the_space_that_was_exported(data):
    study, document = exported(data.draw(sweeps(conditions=False, resume=True)), "mlengine")
    job = read_message(load("ml"), root_of("ml"), {"jobId": "j", **document}, root="job")
    check_job(job)

    assert ml_study(job["trainingInput"]) == as_spec(study)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_vertex_reads_the_space_that_was_exported(data):
    study, document = exported(data.draw(sweeps(conditions=True)), "vertex")
    job = read_message(load("aiplatform"), TUNING_JOB, document, root=ROOT)
    check_tuning_job(job)

    assert vertex_study(job) == as_spec(study)
