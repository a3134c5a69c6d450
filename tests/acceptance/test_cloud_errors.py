"""What a user reads when something is wrong in the cloud: each error of the services, made by the emulator.

Three tables. ``ENDS``: the command ends, with one clear message and what to do. ``STOPS``: the launch ends, because no
job of the sweep can be made as it is. ``WAITS``: the launch says what is the matter, goes on by itself once that has
passed, and comes to its end.
"""

import json
import re
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sweeper.google.client import make_google
from sweeper.google.failures import CallFailed
from sweeper.surroundings import Surroundings
from tests.acceptance.cloud_lab import LAUNCH, Desk, Laptop, jobs, until
from tests.emulator_server import Emulator
from tests.google.google_lab import Reply, scripted

GOOGLES = ("--project=my-proj", "--region=us-central1", "--bucket=gs://my-bucket")
LOGIN = "gcloud auth application-default login"
NOWHERE = "http://127.0.0.1:1"


class Row(NamedTuple):
    """One thing that is wrong."""

    name: str
    faults: str
    argv: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    backend: str = "vertex"
    launched: bool = False
    """A sweep's jobs run already."""
    environ: Mapping[str, str] = MappingProxyType({})
    """Where it is at Google's own host, there is no SWEEPER_ENDPOINT."""


def at_googles(**more):
    return {"SWEEPER_ENDPOINT": "", "GCE_METADATA_HOST": "127.0.0.1:1", "NO_GCE_CHECK": "true", **more}


REFUSALS = [
    # the fault, what is said on each service
    ("unauthenticated", ("the credentials are missing, expired or not valid", "asks for credentials")),
    ("denied", ("no permission", "let an owner type: gcloud")),
    ("disabled", ("this API is not enabled in the project", "switch it on: gcloud services enable")),
]
CARRY_ON = "carry on with: sweeper launch sweep.yaml"
ENDS = [
    *(Row(f"create {f}", f"custom.create:{f}", LAUNCH, 2, (*says, CARRY_ON)) for f, says in REFUSALS),
    *(Row(f"create {f}", f"ml.create:{f}", LAUNCH, 2, (*says, CARRY_ON), "mlengine") for f, says in REFUSALS),
    *(Row(f"look {f}", f"custom.list:{f};custom.get:{f}", LAUNCH, 2, (*says, CARRY_ON)) for f, says in REFUSALS),
    *(Row(f"look {f}", f"ml.list:{f};ml.get:{f}", LAUNCH, 2, (*says, CARRY_ON), "mlengine") for f, says in REFUSALS),
    *(Row(f"bucket {f}", f"storage.*:{f}", LAUNCH, 2, says) for f, says in REFUSALS),
    *(Row(f"doctor {f}", f"*.list:{f}", ("doctor",), 2, ("PROBLEM", *says)) for f, says in REFUSALS),
    *(Row(f"attach {f}", f"storage.*:{f}", ("attach", "tiny"), 2, says) for f, says in REFUSALS),
    *(
        Row(f"status {f}", f"custom.*:{f}", ("status",), 0, ("as it was last seen", "2 queued", *says), launched=True)
        for f, says in REFUSALS
    ),
    *(Row(f"cancel {f}", f"custom.*:{f}", ("cancel", "tiny"), 2, says, launched=True) for f, says in REFUSALS),
    *(Row(f"watch {f}", f"custom.*:{f}", ("watch",), 2, says, launched=True) for f, says in REFUSALS),
    Row("a log that may not be read", "logging.*:denied", ("logs",), 2, REFUSALS[1][1], launched=True),
    Row("a cancel that is not allowed", "custom.cancel:denied", ("cancel", "tiny"), 2, REFUSALS[1][1], launched=True),
    Row(
        "a service in trouble",
        "custom.*:error502",
        ("status",),
        0,
        ("as it was last seen", "it is in trouble", "try again in a few minutes"),
        launched=True,
    ),
    *(
        Row(
            f"nobody there: {argv[0]}",
            "",
            argv,
            code,
            ("could not be reached", "sweeper emulator start"),
            environ={"SWEEPER_ENDPOINT": NOWHERE},
            launched=argv[0] in ("status", "logs"),
        )
        for argv, code in ((LAUNCH, 1), (("doctor",), 2), (("attach", "tiny"), 1), (("status",), 0), (("logs",), 1))
    ),
    Row(
        "an endpoint that is no address",
        "",
        LAUNCH,
        2,
        ("SWEEPER_ENDPOINT: expected http(s)://host:port",),
        environ={"SWEEPER_ENDPOINT": "localhost:80"},
    ),
    Row("a region that is none", "", (*LAUNCH, "--region=us-centrl1"), 2, ("us-centrl1 the right region?", CARRY_ON)),
    Row(
        "a region that is none: doctor",
        "",
        ("doctor", "--region=us-centrl1"),
        2,
        ("PROBLEM", "us-centrl1 the right region?"),
    ),
    Row("no such bucket", "", ("attach", "tiny"), 2, ("bucket does not exist", "gcloud storage buckets create gs://")),
    Row("no such sweep", "", ("attach", "nobody"), 2, ("no sweep 'nobody' has been launched in gs://",), launched=True),
    Row(
        "a name that is taken",
        "",
        (*LAUNCH, "--home=elsewhere"),
        2,
        ("the name 'tiny' is taken in this bucket", "sweeper attach tiny --backend=vertex"),
        launched=True,
    ),
    *(
        Row(f"no place: {argv[0]}", "", argv, 2, ("the project is not known", "--project="), environ=at_googles())
        for argv in (LAUNCH, ("doctor",))
    ),
    *(
        Row(
            f"no credentials: {argv[0]}",
            "",
            (*argv, *GOOGLES),
            2,
            ("there are no Google credentials on this machine", LOGIN),
            environ=at_googles(),
        )
        for argv in (LAUNCH, ("doctor",), ("attach", "tiny"))
    ),
    *(
        Row(
            f"a key file: {problem}",
            "",
            (*LAUNCH, *GOOGLES),
            2,
            ("GOOGLE_APPLICATION_CREDENTIALS names", problem, LOGIN),
            environ=at_googles(GOOGLE_APPLICATION_CREDENTIALS=name),
        )
        for name, problem in (("nosuch.json", "it cannot be read"), ("empty.json", "not a usable credentials file"))
    ),
    *(
        Row(
            f"credentials that have expired: {argv[0]}",
            "",
            (*argv, *GOOGLES),
            2,
            ("expired or revoked (invalid_grant)", LOGIN),
            environ=at_googles(GOOGLE_APPLICATION_CREDENTIALS="key.json"),
        )
        for argv in (LAUNCH, ("doctor",))
    ),
    *(
        Row(
            f"the ML Engine that was shut down: {argv[0]}",
            "",
            (*argv, *GOOGLES),
            2,
            ("Google shut Cloud ML Engine down on 2025-01-31", "use --backend vertex"),
            "mlengine",
            environ=at_googles(),
        )
        for argv in (LAUNCH, ("doctor",))
    ),
]


@pytest.fixture(scope="module")
def keys():
    """Key files by name; Google's sign-in, as far as one of them knows it, takes nothing any more."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()
    with scripted() as sign_in:
        sign_in.always = lambda request: Reply(400, {"error": "invalid_grant"})
        account = {"type": "service_account", "private_key": pem, "client_email": "robot@p.iam.gserviceaccount.com"}
        yield {"key.json": json.dumps(account | {"token_uri": f"{sign_in.url}/token"}), "empty.json": "{}"}


@pytest.fixture
def make_desk(tmp_path, make_emulator, monkeypatch, capsys, keys):
    def make(*, backend="vertex", trials=2, **emulator):
        made = Desk(tmp_path / "laptop", make_emulator(**emulator), monkeypatch, capsys, backend=backend, trials=trials)
        for name, text in keys.items():
            (made.folder / name).write_text(text)
        return made

    return make


@pytest.mark.parametrize("row", ENDS, ids=lambda row: f"{row.name}, {row.backend}")
def test_the_command_ends_and_says_what_to_do(make_desk, row):
    desk = make_desk(backend=row.backend, simulate=300.0 if row.launched else 0.05)
    if row.launched:
        assert desk.run(*LAUNCH, "--detach")[0] == 0
    argv = (*row.argv, "tiny", desk.a_trial()) if row.argv == ("logs",) else row.argv
    desk.environ(**row.environ)
    desk.emulator.set_faults(row.faults)
    code, said = desk.run(*argv)
    assert code == row.code, said
    for part in row.says:
        assert part in said
    assert "PRIVATE KEY" not in said
    desk.emulator.set_faults("")
    desk.environ(SWEEPER_ENDPOINT=desk.emulator.url)
    if row.launched:
        assert set(desk.states()) <= {"queued", "running"}
    elif row.argv[0] == "launch":  # nothing was lost, and no trial has failed
        assert "failed" not in desk.states()
        code, said = desk.run(*LAUNCH, *(["--fresh"] if "region" in row.name else []))
        assert code == 0, said
        assert desk.states() == {"succeeded": 2}
        assert len(desk.jobs()) == 2


class Stop(NamedTuple):
    """A config whose jobs the service does not take."""

    name: str
    backend: str
    settings: str
    says: tuple[str, ...]


STOPS = [
    Stop(
        "an accelerator that is none",
        "vertex",
        "{accelerator: NVIDIA_BOGUS}",
        ("Invalid value at 'custom_job.job_spec.worker_pool_specs[0].machine_spec.accelerator_type'", "NVIDIA_BOGUS"),
    ),
    Stop(
        "an accelerator that is none",
        "mlengine",
        "{machine: n1-standard-4, accelerator: NVIDIA_BOGUS}",
        ("Invalid value at 'job.training_input.master_config.accelerator_config.type'", "NVIDIA_BOGUS"),
    ),
]


@pytest.mark.parametrize("row", STOPS, ids=lambda row: f"{row.name}, {row.backend}")
def test_jobs_that_are_not_taken_stop_the_sweep_with_the_services_own_words(make_desk, row):
    desk = make_desk(backend=row.backend, trials=5, simulate=0.05)
    config = desk.folder / "sweep.yaml"
    good = config.read_text()
    config.write_text(re.sub(rf"{row.backend}: .*", f"{row.backend}: {row.settings}", good))
    code, said = desk.run(*LAUNCH)
    assert code == 1
    assert "stopped: the first 3 trials failed in the same way: " in said
    for part in (*row.says, CARRY_ON):
        assert part in said
    assert desk.jobs() == []
    config.write_text(good)
    code, said = desk.run(*LAUNCH)
    assert code == 0, said
    assert desk.states() == {"succeeded": 5}


def test_a_job_id_that_somebody_else_has_taken_fails_that_trial_alone(make_desk):
    desk = make_desk(backend="mlengine", trials=3, simulate=0.05)
    desk.emulator.set_faults("ml.create:denied")
    taken = re.search(r"could not create the job (\w+)", desk.run(*LAUNCH)[1])[1]
    desk.emulator.set_faults("")
    machine = {"scaleTier": "BASIC", "region": "us-central1", "runtimeVersion": "2.11", "pythonVersion": "3.7"}
    package = {"packageUris": ["gs://bucket/x.tar.gz"], "pythonModule": "trainer.task"}
    theirs = {"jobId": taken, "trainingInput": {**machine, **package}}
    assert desk.emulator.call("POST", "/v1/projects/emulator/jobs", theirs)[0] == 200
    assert desk.emulator.call("POST", "/v1/projects/emulator/jobs", theirs)[0] == 409
    code, said = desk.run(*LAUNCH)
    assert code == 1
    assert "see why: sweeper results" in said
    assert desk.states() == {"succeeded": 2, "failed": 1}
    [failed] = [row for row in json.loads(desk.run("results", "--json")[1]) if row["state"] == "failed"]
    assert failed["note"] == f"ML Engine has another job of this name: projects/emulator/jobs/{taken}"


def test_a_job_that_is_gone_is_lost_and_tried_again(make_desk):
    desk = make_desk(simulate=300.0)
    assert desk.run(*LAUNCH, "--detach")[0] == 0
    gone = desk.jobs()[0]["name"]
    assert desk.emulator.call("POST", f"/v1/{gone}:cancel", {})[0] == 200
    until(lambda: desk.emulator.call("DELETE", f"/v1/{gone}")[0] == 200)
    code, said = desk.run("status")
    assert code == 0
    assert "1 lost" in said
    desk.emulator.restart(simulate=0.05)
    code, said = desk.run(*LAUNCH)
    assert code == 0, said
    assert desk.states() == {"succeeded": 2}


CALLS = [
    # what no config of sweeper's can ask for, and what is said of it
    (
        lambda google: google.custom_create("emulator", "us-central1", {"bogusField": 1}),
        "Unknown name \"bogusField\" at 'custom_job': Cannot find field.",
    ),
    (
        lambda google: google.ml_create("emulator", {"jobId": "a", "job_spec": {}}),
        "Unknown name \"job_spec\" at 'job': Cannot find field.",
    ),
    (lambda google: google.ml_create("emulator", {"jobId": "1-a"}), "Field: job.job_id Error: "),
    (lambda google: google.ml_get("emulator", "nobody"), "there is no such thing: Field: name Error: "),
]


@pytest.mark.parametrize(("call", "says"), CALLS)
def test_a_call_that_makes_no_sense_is_told(make_emulator, tmp_path, call, says):
    environ = {"SWEEPER_ENDPOINT": make_emulator(simulate=0.05).url}
    google = make_google(Surroundings(tmp_path, environ, tmp_path, "python", lambda text: None, lambda text: None))
    with pytest.raises(CallFailed) as failed:
        call(google)
    google.close()
    assert says in str(failed.value)
    assert failed.value.exit_code == 2


class Wait(NamedTuple):
    """What passes by itself."""

    name: str
    backend: str
    faults: str
    says: tuple[str, ...]
    trials: int = 4
    seed: int = 0


RATE = ("slowing down: ", "too many requests in a short time", "the same call is welcome again in 1 seconds")
QUOTA = ("waiting for room: ", "the project's quota does not allow so many machines", "iam-admin/quotas")
DOUBT = "has not shown yet whether it made trial "
WAITS = [
    Wait("rate", "vertex", "custom.create:rate429", RATE, trials=2, seed=129),
    Wait("rate", "mlengine", "ml.create:rate429", RATE, trials=2, seed=239),
    Wait("quota at create", "vertex", "custom.create:quota429", (*QUOTA, "quota metrics exceed quota limits")),
    Wait("quota at create", "mlengine", "ml.create:quota429", (*QUOTA, "Quota failure for project emulator.")),
    Wait("quota as a failure", "vertex", "quota_fail", ("waiting for room: The following quota metrics exceed",)),
    Wait("quota as a failure", "mlengine", "quota_fail", ("waiting for room: The following quota metrics exceed",)),
    Wait("503 at create", "vertex", "custom.create:error503", (DOUBT, "The service is currently unavailable.")),
    Wait("502 at create", "vertex", "custom.create:error502", (DOUBT, "it answered neither yes nor no: HTTP 502")),
    Wait("503 at create", "mlengine", "ml.create:error503", ("The service is currently unavailable.",)),
    Wait("cut at create", "vertex", "custom.create:cut_before", (DOUBT, "no reply from Vertex AI")),
    Wait("cut at create", "mlengine", "ml.create:cut_before", ("trying again: ", "no reply from ML Engine")),
    Wait("503 while looking", "vertex", "custom.list:error503;custom.get:error503", ("trying again: ", "in trouble")),
    Wait("503 of the bucket", "mlengine", "storage.list:error503", ("trying again: Cloud Storage", "it is in trouble")),
    Wait("429 of the bucket", "vertex", "storage.list:rate429", ("slowing down: Cloud Storage", "too many requests")),
]


class Waiting:
    """One launch in a process of its own, with its own emulator, whose fault passes once it has been told."""

    def __init__(self, row, folder):
        self.row, self.lifted = row, False
        self.emulator = Emulator(folder / "emulator", simulate=1.0, seed=row.seed).start()
        self.laptop = Laptop(folder / "laptop", self.emulator.url, backend=row.backend, trials=row.trials)
        self.begun = not row.faults.startswith("storage")  # else the launch would not begin
        if self.begun:
            self.emulator.set_faults(row.faults, row.seed)
        self.process = self.laptop.launch()

    def step(self):
        """Do what is to be done next. True once all is over."""
        said = self.laptop.said.read_text()
        if not self.begun and "launching" in said:
            self.begun = True
            self.emulator.set_faults(self.row.faults)
        if not self.lifted and all(part in said for part in self.row.says):
            self.lifted = True
            self.emulator.set_faults("")
        return self.process.poll() is not None


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """All of them side by side: what they do is wait."""
    made = [Waiting(row, tmp_path_factory.mktemp("waiting")) for row in WAITS]
    deadline = time.monotonic() + 60.0
    try:
        while sum(one.step() for one in made) < len(made) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield made
    finally:
        for one in made:
            one.process.kill()
            one.process.wait()
            one.emulator.stop()


@pytest.mark.parametrize("number", range(len(WAITS)), ids=[f"{row.name}, {row.backend}" for row in WAITS])
def test_what_passes_is_told_once_and_the_launch_goes_on(waiting, number):
    one = waiting[number]
    said = one.laptop.said.read_text()
    assert one.lifted, said
    assert one.process.returncode == 0, said
    first = one.row.says[0]
    assert said.count(first) == 1
    assert "Traceback" not in said
    assert "cannot be reached" not in said
    rows = one.laptop.results()
    assert [row["state"] for row in rows] == ["succeeded"] * one.row.trials
    succeeded = [job for job in jobs(one.laptop.url, one.row.backend) if job["state"].endswith("SUCCEEDED")]
    assert len(succeeded) == one.row.trials


def test_the_tables_have_all_their_rows():
    assert (len(ENDS), len(STOPS), len(CALLS), len(WAITS)) == (55, 2, 4, 14)
    names = [(row.name, row.backend) for table in (ENDS, STOPS, WAITS) for row in table]
    assert len(set(names)) == len(names)
