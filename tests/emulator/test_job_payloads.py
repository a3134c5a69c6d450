"""Requests as proto3 JSON: what is accepted in which form, and the words for what is not."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.emulator.discovery import load, proto_of, root_of, snake_of
from sweeper.emulator.errors import ApiError
from sweeper.emulator.validation.numbers import with_numbers
from sweeper.emulator.validation.payload import read_json, read_message

ML, VERTEX = ("ml", "job"), ("aiplatform", "custom_job")
VIOLATION = "type.googleapis.com/google.rpc.BadRequest"


def read(service, body):
    api, root = service
    return read_message(load(api), root_of(api), body, root=root)


def refusal(service, body) -> ApiError:
    with pytest.raises(ApiError) as caught:
        read(service, body)
    return caught.value


def training(**fields):
    return {"jobId": "j", "trainingInput": fields}


ACCEPTED = [
    # both spellings of a field
    (ML, {"job_id": "j", "training_input": {"job_dir": "gs://b/j"}}, training(jobDir="gs://b/j")),
    (ML, training(packageUris=["gs://b/a"]), training(packageUris=["gs://b/a"])),
    # int64 as a string or a number, answered as a string
    (ML, training(workerCount=3), training(workerCount="3")),
    (ML, training(workerCount="3"), training(workerCount="3")),
    (ML, training(workerCount=3.0), training(workerCount="3")),
    (ML, training(workerCount="9223372036854775807"), training(workerCount="9223372036854775807")),
    # int32 as a string or a number, answered as a number
    (ML, training(scheduling={"priority": "7"}), training(scheduling={"priority": 7})),
    # an enum by name or by number
    (ML, training(scaleTier="CUSTOM"), training(scaleTier="CUSTOM")),
    (ML, training(scaleTier=5), training(scaleTier="CUSTOM")),
    (ML, training(scaleTier=0), training(scaleTier="BASIC")),
    (
        VERTEX,
        {"jobSpec": {"scheduling": {"strategy": 6}}},
        {"jobSpec": {"scheduling": {"strategy": "FLEX_START"}}},
    ),
    (VERTEX, {"jobSpec": {"scheduling": {"strategy": 4}}}, {"jobSpec": {"scheduling": {"strategy": "SPOT"}}}),
    # null is absent, and so are the values that proto3 cannot tell from absent ones
    (ML, {"jobId": "j", "trainingInput": None}, {"jobId": "j"}),
    (ML, training(enableWebAccess=False, args=[], jobDir="", workerCount="0"), training()),
    # but an empty message is there, and elements of a list are what they are
    (VERTEX, {"jobSpec": {"workerPoolSpecs": [{}, {}]}}, {"jobSpec": {"workerPoolSpecs": [{}, {}]}}),
    (ML, training(args=["", "0", " ", "ü", "--a=b"]), training(args=["", "0", " ", "ü", "--a=b"])),
    # a string that looks like zero is a string
    (ML, training(runtimeVersion="0"), training(runtimeVersion="0")),
    # durations, bytes in both alphabets
    (ML, training(scheduling={"maxRunningTime": "3.5s"}), training(scheduling={"maxRunningTime": "3.5s"})),
    (ML, {"etag": "_-8"}, {"etag": "/+8="}),
    # output only: ignored
    (ML, {"jobId": "j", "state": "FAILED", "createTime": "2018-02-27T22:09:40Z", "errorMessage": "x"}, {"jobId": "j"}),
    (VERTEX, {"displayName": "d", "name": "projects/1", "error": {"code": 3}}, {"displayName": "d"}),
    (ML, {}, {}),
]


@pytest.mark.parametrize(("service", "body", "message"), ACCEPTED)
def test_a_message_has_one_form_however_it_was_written(service, body, message):
    assert read(service, body) == message


INPUT = "job.training_input"
REFUSED = [
    (
        ML,
        training(job_spec={}),
        INPUT,
        f"Invalid JSON payload received. Unknown name \"job_spec\" at '{INPUT}': Cannot find field.",
    ),
    (ML, {"bogus": 1}, "job", "Invalid JSON payload received. Unknown name \"bogus\" at 'job': Cannot find field."),
    (ML, {"jobid": "j"}, "job", "Invalid JSON payload received. Unknown name \"jobid\" at 'job': Cannot find field."),
    (
        VERTEX,
        {"jobSpec": {"workerPoolSpecs": [{}, {"replicas": 1}]}},
        "custom_job.job_spec.worker_pool_specs[1]",
        'Invalid JSON payload received. Unknown name "replicas" at '
        "'custom_job.job_spec.worker_pool_specs[1]': Cannot find field.",
    ),
    (
        ML,
        {"jobId": "a", "job_id": "a"},
        "job",
        "Invalid JSON payload received. Unknown name \"job_id\" at 'job': "
        "Proto field is not repeating, cannot set it twice.",
    ),
    (
        ML,
        training(scaleTier="BASICO"),
        f"{INPUT}.scale_tier",
        f"Invalid value at '{INPUT}.scale_tier' "
        '(type.googleapis.com/google.cloud.ml.v1.TrainingInput.ScaleTier), "BASICO"',
    ),
    (
        ML,
        training(scaleTier=2),
        f"{INPUT}.scale_tier",
        f"Invalid value at '{INPUT}.scale_tier' (type.googleapis.com/google.cloud.ml.v1.TrainingInput.ScaleTier), 2",
    ),
    (
        VERTEX,
        {"jobSpec": {"workerPoolSpecs": [{"machineSpec": {"acceleratorType": "T4"}}]}},
        "custom_job.job_spec.worker_pool_specs[0].machine_spec.accelerator_type",
        "Invalid value at 'custom_job.job_spec.worker_pool_specs[0].machine_spec.accelerator_type' "
        '(type.googleapis.com/google.cloud.aiplatform.v1.AcceleratorType), "T4"',
    ),
    (ML, {"jobId": 3}, "job.job_id", "Invalid value at 'job.job_id' (TYPE_STRING), 3"),
    (ML, {"jobId": True}, "job.job_id", "Invalid value at 'job.job_id' (TYPE_STRING), true"),
    (ML, {"jobId": "\ud800"}, "job.job_id", "Invalid value at 'job.job_id' (TYPE_STRING), \"\ud800\""),
    (
        ML,
        {"jobId": {}},
        "job.job_id",
        "Invalid value at 'job.job_id' (TYPE_STRING), Starting an object on a scalar field",
    ),
    (
        ML,
        {"jobId": ["j"]},
        "job",
        "Invalid JSON payload received. Unknown name \"jobId\" at 'job': "
        "Proto field is not repeating, cannot start list.",
    ),
    (
        ML,
        {"trainingInput": "x"},
        INPUT,
        f"Invalid value at '{INPUT}' (type.googleapis.com/google.cloud.ml.v1.TrainingInput), \"x\"",
    ),
    (ML, training(args="--lr"), f"{INPUT}.args", f"Invalid value at '{INPUT}.args' (TYPE_STRING), \"--lr\""),
    (ML, training(args=["a", 1]), f"{INPUT}.args[1]", f"Invalid value at '{INPUT}.args[1]' (TYPE_STRING), 1"),
    (ML, training(args=[None]), f"{INPUT}.args[0]", f"Invalid value at '{INPUT}.args[0]' (TYPE_STRING), null"),
    (
        ML,
        training(workerCount="three"),
        f"{INPUT}.worker_count",
        f"Invalid value at '{INPUT}.worker_count' (TYPE_INT64), \"three\"",
    ),
    (
        ML,
        training(workerCount=1.5),
        f"{INPUT}.worker_count",
        f"Invalid value at '{INPUT}.worker_count' (TYPE_INT64), 1.5",
    ),
    (
        ML,
        training(workerCount="9223372036854775808"),
        f"{INPUT}.worker_count",
        f"Invalid value at '{INPUT}.worker_count' (TYPE_INT64), \"9223372036854775808\"",
    ),
    (
        ML,
        training(enableWebAccess=1),
        f"{INPUT}.enable_web_access",
        f"Invalid value at '{INPUT}.enable_web_access' (TYPE_BOOL), 1",
    ),
    (
        ML,
        training(scheduling={"maxRunningTime": "2h"}),
        f"{INPUT}.scheduling.max_running_time",
        f"Invalid value at '{INPUT}.scheduling.max_running_time' (type.googleapis.com/google.protobuf.Duration), "
        "Field 'max_running_time', Illegal duration format; duration must end with 's'",
    ),
    (
        ML,
        training(scheduling={"maxRunningTime": "twos"}),
        f"{INPUT}.scheduling.max_running_time",
        f"Invalid value at '{INPUT}.scheduling.max_running_time' (type.googleapis.com/google.protobuf.Duration), "
        "Field 'max_running_time', Invalid duration format, failed to parse seconds",
    ),
    (
        ML,
        {"etag": "%"},
        "job.etag",
        "Invalid value at 'job.etag' (TYPE_BYTES), Base64 decoding failed for \"%\"",
    ),
    (ML, {"labels": {"a": 1}}, "job.labels[0].value", "Invalid value at 'job.labels[0].value' (TYPE_STRING), 1"),
    (ML, {"labels": "a"}, "job.labels", "Invalid value at 'job.labels' (Map), \"a\""),
    ([ML][0], [], "", 'Invalid JSON payload received. Unknown name "": Root element must be a message.'),
]


@pytest.mark.parametrize(("service", "body", "field", "text"), REFUSED)
def test_what_is_wrong_is_told_in_googles_words(service, body, field, text):
    error = refusal(service, body)

    assert (error.code, error.status, error.message) == (400, "INVALID_ARGUMENT", text)
    assert error.details == [{"@type": VIOLATION, "fieldViolations": [{"field": field, "description": text}]}]


def test_all_that_is_wrong_is_told_at_once():
    error = refusal(ML, {"bogus": 1, "jobId": 2})

    assert error.message.splitlines() == [v["description"] for v in error.details[0]["fieldViolations"]]
    assert len(error.message.splitlines()) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"jobId": ', "Invalid JSON payload received. Unexpected end of string."),
        (b'{"jobId" "j"}', 'Invalid JSON payload received. Unexpected token.\n{"jobId" "j"}\n         ^'),
        (b'{"a": NaN}', "Invalid JSON payload received. Unexpected token."),
        (b"\xff\xfe{}", "Invalid JSON payload received. Encountered non UTF-8 code points."),
        (b"[" * 100_000, "Invalid JSON payload received. Message too deep. Max recursion depth reached"),
    ],
)
def test_a_body_that_is_not_json_is_refused(body, message):
    with pytest.raises(ApiError) as caught:
        read_json(body)
    assert caught.value.message == message


def test_no_body_is_an_empty_message():
    assert read_json(b"") == {}


@given(
    args=st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
    count=st.integers(-(2**63), 2**63 - 1).filter(bool),
    tier=st.sampled_from(["BASIC", "STANDARD_1", "PREMIUM_1", "BASIC_GPU", "BASIC_TPU", "CUSTOM"]),
    seconds=st.integers(0, 10**9),
)
def test_a_message_that_was_read_is_read_again_as_it_is(args, count, tier, seconds):
    body = training(args=args, workerCount=count, scaleTier=tier, scheduling={"maxWaitTime": f"{seconds}s"})

    once = read(ML, json.loads(json.dumps(body)))

    assert once["trainingInput"].get("args", []) == args
    assert int(once["trainingInput"]["workerCount"]) == count
    assert read(ML, once) == once


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["jobId", "trainingInput", "training_input", "args", "labels", "scheduling", "x"]), x
            )
        ),
    )
)
def test_any_json_is_either_read_or_refused(body):
    with contextlib.suppress(ApiError):
        read(ML, body)


@pytest.mark.parametrize("camel", ["jobId", "a", "maxWaitTime", "workerPoolSpecs"])
def test_a_name_in_the_definition_is_the_camel_case_one_with_underscores(camel):
    first, *rest = snake_of(camel).split("_")
    assert first + "".join(part.capitalize() for part in rest) == camel


def test_schemas_have_the_names_of_their_definitions():
    assert proto_of("GoogleCloudMlV1__TrainingInput") == "google.cloud.ml.v1.TrainingInput"
    assert proto_of("GoogleCloudAiplatformV1CustomJobSpec") == "google.cloud.aiplatform.v1.CustomJobSpec"
    assert proto_of("GoogleRpcStatus") == "google.rpc.Status"
    assert proto_of("GoogleCloudMlV1_HyperparameterOutput_HyperparameterMetric") == (
        "google.cloud.ml.v1.HyperparameterOutput.HyperparameterMetric"
    )


def test_only_what_a_job_can_hold_is_kept_of_a_document():
    assert len(load("aiplatform").messages) < 40
    assert {"us-central1", "europe-west4"} <= load("aiplatform").regions


def test_the_sdks_get_numbers_for_enums():
    job = {
        "state": "JOB_STATE_RUNNING",
        "jobSpec": {"workerPoolSpecs": [{"machineSpec": {"acceleratorType": "NVIDIA_L4"}}]},
    }

    numbered = with_numbers(load("aiplatform"), root_of("aiplatform"), job)

    assert numbered["state"] == 3
    assert numbered["jobSpec"]["workerPoolSpecs"][0]["machineSpec"]["acceleratorType"] == 11
