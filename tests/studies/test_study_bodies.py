"""The tuning jobs as they are posted: all that a plain job has, with the study in place of one trial's point."""

import dataclasses

import pytest

from sweeper.backends.cloud import names
from sweeper.backends.cloud.staged import Staged
from sweeper.backends.mlengine.body import body as ml_plain
from sweeper.backends.protocol import Refused
from sweeper.backends.vertex.body import body as vertex_plain
from sweeper.formats.study import Axis, Study
from sweeper.model import Choices, CloudSettings, Range, Trainer
from sweeper.studies import mlengine, vertex
from sweeper.studies.protocol import StudyJob
from sweeper.studies.service import shell

STAGED = Staged("gs://b/p/digits/digits-1a2b3c", "gs://b/p/packages/d/trainer.tar.gz", "ab" * 32)
IMAGE = "us-docker.pkg.dev/p/r/trainer:1"
LABELS = {
    "sweeper-sweep": "digits-1a2b3c",
    "sweeper-trial": "study",
    "sweeper-attempt": "1",
    "sweeper-package": "ab" * 8,
}
AXES = (
    Axis("lr", Range(0.001, 0.1, "log")),
    Axis("layers", Range(1, 5, integer=True)),
    Axis("batch", Choices((16, 32))),
    Axis("opt", Choices(("sgd", "adam"))),
)
STUDY = Study(AXES, "accuracy", "maximize", "service", 20, 4)
RICH = dataclasses.replace(
    STUDY, goal="minimize", algorithm="random", max_failed=3, early_stopping=True, resume="earlier_1"
)


def job(study=STUDY, *, attempt=1, image=None, env=None, **more):
    trainer = Trainer("trainer.task", image=image, env=env or {})
    return StudyJob("digits-1a2b3c", attempt, study, ("--epochs=3", "a b"), trainer, **more)


def ml(given=None, settings=None):
    return mlengine.study_body(given or job(), settings or CloudSettings(), STAGED, region="us-central1")


def vertex_ai(given=None, settings=None):
    return vertex.study_body(given or job(), settings or CloudSettings(), STAGED, region="us-central1")


def test_the_plainest_study_of_ml_engine():
    assert ml() == {
        "jobId": names.job_id("digits-1a2b3c", "study", 1),
        "labels": LABELS,
        "trainingInput": {
            "scaleTier": "BASIC",
            "region": "us-central1",
            "packageUris": [STAGED.package],
            "pythonModule": "trainer.task",
            "runtimeVersion": "2.11",
            "pythonVersion": "3.7",
            "jobDir": "gs://b/p/digits/digits-1a2b3c/trials",
            "args": ["--epochs=3", "a b"],
            "hyperparameters": {
                "goal": "MAXIMIZE",
                "hyperparameterMetricTag": "accuracy",
                "maxTrials": 20,
                "maxParallelTrials": 4,
                "params": [
                    {
                        "parameterName": "lr",
                        "type": "DOUBLE",
                        "minValue": 0.001,
                        "maxValue": 0.1,
                        "scaleType": "UNIT_LOG_SCALE",
                    },
                    {
                        "parameterName": "layers",
                        "type": "INTEGER",
                        "minValue": 1,
                        "maxValue": 5,
                        "scaleType": "UNIT_LINEAR_SCALE",
                    },
                    {"parameterName": "batch", "type": "DISCRETE", "discreteValues": [16, 32]},
                    {"parameterName": "opt", "type": "CATEGORICAL", "categoricalValues": ["sgd", "adam"]},
                ],
            },
        },
    }


def test_the_plainest_study_of_vertex():
    made = vertex_ai()
    [pool] = made["trialJobSpec"]["workerPoolSpecs"]
    assert pool["pythonPackageSpec"]["args"] == ["--epochs=3", "a b"]
    assert pool["pythonPackageSpec"]["env"] == []
    del made["trialJobSpec"]["workerPoolSpecs"]
    assert made == {
        "displayName": "digits-1a2b3c study 1",
        "labels": LABELS,
        "maxTrialCount": 20,
        "parallelTrialCount": 4,
        "studySpec": {
            "metrics": [{"metricId": "accuracy", "goal": "MAXIMIZE"}],
            "parameters": [
                {
                    "parameterId": "lr",
                    "doubleValueSpec": {"minValue": 0.001, "maxValue": 0.1},
                    "scaleType": "UNIT_LOG_SCALE",
                },
                {
                    "parameterId": "layers",
                    "integerValueSpec": {"minValue": 1, "maxValue": 5},
                    "scaleType": "UNIT_LINEAR_SCALE",
                },
                {"parameterId": "batch", "discreteValueSpec": {"values": [16, 32]}},
                {"parameterId": "opt", "categoricalValueSpec": {"values": ["sgd", "adam"]}},
            ],
        },
        "trialJobSpec": {"baseOutputDirectory": {"outputUriPrefix": "gs://b/p/digits/digits-1a2b3c/trials"}},
    }


def test_what_a_study_may_ask_for_besides():
    asked = ml(job(RICH))["trainingInput"]["hyperparameters"]
    assert {
        "goal": "MINIMIZE",
        "algorithm": "RANDOM_SEARCH",
        "maxFailedTrials": 3,
        "enableTrialEarlyStopping": True,
        "resumePreviousJobId": "earlier_1",
    }.items() <= asked.items()
    made = vertex_ai(job(RICH))
    assert made["maxFailedTrialCount"] == 3
    assert made["studySpec"]["algorithm"] == "RANDOM_SEARCH"
    assert made["studySpec"]["medianAutomatedStoppingSpec"] == {}


@pytest.mark.parametrize(
    "settings",
    [
        CloudSettings(machine="n1-highmem-8", accelerator="NVIDIA_TESLA_T4", accelerators=2, service_account="a@p.iam"),
        CloudSettings(network="projects/1/global/networks/n", extra={"max_wait": 1800.0}),
    ],
)
@pytest.mark.parametrize("image", [None, IMAGE])
def test_machines_and_program_are_those_of_a_plain_job(settings, image):
    given = job(image=image)
    plain = ml_plain(shell(given), settings, STAGED, region="us-central1")["trainingInput"]
    mine = ml(given, settings)["trainingInput"]
    assert {**mine, "jobDir": ""} == {**plain, "jobDir": "", "hyperparameters": mine["hyperparameters"]}

    spec = vertex_plain(shell(given), settings, STAGED, region="us-central1")["jobSpec"]
    for pool in spec["workerPoolSpecs"]:
        (pool.get("pythonPackageSpec") or pool["containerSpec"])["env"] = []  # a plain job's tell it which trial it is
    folder = {"outputUriPrefix": "gs://b/p/digits/digits-1a2b3c/trials"}
    assert vertex_ai(given, settings)["trialJobSpec"] == {**spec, "baseOutputDirectory": folder}


def test_a_later_attempt_has_names_and_folders_of_its_own():
    assert ml(job(attempt=2))["jobId"] != ml()["jobId"]
    assert ml(job(attempt=2))["labels"]["sweeper-attempt"] == "2"
    assert ml(job(attempt=2))["trainingInput"]["jobDir"].endswith("/trials-2")
    assert vertex_ai(job(attempt=3))["trialJobSpec"]["baseOutputDirectory"]["outputUriPrefix"].endswith("/trials-3")


def test_a_trials_time_is_limited_where_the_service_can():
    assert "scheduling" not in ml(job(timeout=60.0))["trainingInput"]  # it would end all trials together
    assert vertex_ai(job(timeout=60.0))["trialJobSpec"]["scheduling"] == {"timeout": "60s"}


def test_the_trainers_own_variables_are_passed_on_and_sweepers_are_not():
    [pool] = vertex_ai(job(env={"SWEEPER_MINE": "1"}))["trialJobSpec"]["workerPoolSpecs"]
    assert pool["pythonPackageSpec"]["env"] == [{"name": "SWEEPER_MINE", "value": "1"}]
    with pytest.raises(Refused, match="SWEEPER_MINE"):
        ml(job(env={"SWEEPER_MINE": "1"}))


def test_the_id_is_the_same_in_every_process():
    assert job().id == "digits-1a2b3c.study.1" == shell(job()).id
