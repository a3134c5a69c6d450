"""One attempt is one tuning job, by the server's own list, whatever is lost, late or done twice."""

import dataclasses

import pytest

from sweeper.backends.cloud import names
from sweeper.backends.protocol import Refused, Unavailable
from sweeper.errors import UserError
from sweeper.formats.study import Axis, Study
from sweeper.model import Range, State
from sweeper.states import FINAL
from sweeper.studies.protocol import StudyJob
from sweeper.studies.registry import make
from tests.backends_cloud.cloud_bench import Bench, until

BOTH = pytest.mark.parametrize("name", ["mlengine", "vertex"])
STUDY = Study((Axis("lr", Range(0.1, 0.5)),), "accuracy", "maximize", "random", 2, 1)


class StudyBench(Bench):
    """Tuning services in front of one emulator that only pretends to run the trials."""

    def studies(self, **more):
        given = {"staged": self.staged, "google": self.google(), "patience": self.patience, **more}
        self.made.append(make(self.sweep, self.surroundings(), place=self.place, **given))
        return self.made[-1]

    def job(self, *, attempt=1, sweep="sweep-1", **study):
        return StudyJob(sweep, attempt, dataclasses.replace(STUDY, **study), (), self.sweep.trainer)

    def rows(self):
        kind = "jobs" if self.name == "mlengine" else "locations/us-central1/hyperparameterTuningJobs"
        _, _, body = self.emulator.call("GET", f"/v1/projects/proj/{kind}?pageSize=100")
        return body.get("jobs", []) + body.get("hyperparameterTuningJobs", [])

    def part(self, act):
        return f"{'ml' if self.name == 'mlengine' else 'tuning'}.{act}"


@pytest.fixture
def bench(make_emulator, tmp_path):
    made = []

    def make_bench(name, **options):
        options.setdefault("simulate", 60.0)
        made.append(StudyBench(make_emulator(**options), name, tmp_path))
        return made[-1]

    yield make_bench
    for one in made:
        one.close()


def created(studies, job, *, again=False):
    """As the driver does it: try again for as long as the service says so."""

    def handle():
        nonlocal again
        try:
            return studies.create(job, again=again)
        except Unavailable:
            again = True
            return None

    return until(handle)


def alive(bench):
    return [row for row in bench.rows() if not row["state"].endswith(("CANCELLED", "CANCELLING"))]


def settled(studies, handle):
    def ended():
        try:
            found = studies.observe(handle)
        except Unavailable:
            return None
        return found if found and found.state in FINAL else None

    return until(ended)


@BOTH
@pytest.mark.parametrize("fault", ["cut_after", "error503_after", "cut_before", "error500", "error503"])
def test_a_create_that_was_not_answered_gives_one_tuning_job(bench, name, fault):
    here = bench(name)
    here.emulator.set_faults(f"{here.part('create')}:{fault}=1")
    studies = here.studies()
    assert said(studies, here.job()) in ("made", "alone")
    here.emulator.set_faults("")
    handle = created(studies, here.job())
    assert created(here.studies(), here.job(), again=True) == handle
    assert len(here.rows()) == 1


def said(studies, job):
    try:
        studies.create(job)
    except Unavailable as error:
        return "alone" if error.alone else "all"
    return "made"


def test_nothing_is_sent_again_before_the_list_was_looked_at_for_longer_than_it_may_lag(bench):
    here = bench("vertex", faults="tuning.create:cut_after=1;tuning.list:lag=500ms")
    here.patience = dataclasses.replace(here.patience, list_lag=2.0)
    studies = here.studies()
    with pytest.raises(Unavailable, match="whether it made the study, attempt 1"):
        studies.create(here.job())
    handle = created(studies, here.job(), again=True)
    assert [row["name"] for row in here.rows()] == [handle]
    assert len(here.requests("tuning.create")) == 1


@BOTH
def test_an_intent_of_an_earlier_process_is_looked_for_first(bench, name):
    here = bench(name)
    here.emulator.set_faults(f"{here.part('list')}:lag=200ms")
    there = here.studies().create(here.job())  # and killed before it could write that down
    assert created(here.studies(), here.job(), again=True) == there
    other = created(here.studies(), here.job(attempt=2), again=True)  # killed before it was sent
    assert other != there
    until(lambda: len(here.rows()) == 2)


@BOTH
def test_a_post_that_is_delivered_twice_leaves_one_tuning_job_and_is_reported(bench, name):
    here = bench(name)
    here.emulator.set_faults(f"{here.part('create')}:duplicate=1")
    studies = here.studies()
    handle = studies.create(here.job())
    here.emulator.set_faults("")
    made = len(here.rows())
    assert made == (2 if name == "vertex" else 1)
    until(lambda: studies.observe(handle) and len(alive(here)) == 1)
    assert len(here.said) == made - 1
    assert all("two jobs of the study, attempt 1" in line and "is cancelled" in line for line in here.said)
    [(_, first)] = studies.discover("sweep-1")
    assert [row.get("name", first) for row in alive(here)] == [first]


def test_a_twin_is_ended_even_where_the_launcher_leaves_at_once(bench):
    here = bench("vertex", faults="tuning.create:duplicate=1")
    studies = here.studies()
    studies.create(here.job())
    studies.close()
    until(lambda: len(alive(here)) == 1)


def test_the_older_of_two_counts_whatever_a_ledger_says(bench):
    here = bench("vertex", simulate=0.2)
    first, second = here.studies(), here.studies()  # two machines that go on with one sweep
    older, younger = first.create(here.job()), second.create(here.job())
    assert older != younger
    mine, theirs = settled(first, older), settled(second, younger)
    assert mine == theirs
    assert mine.state is State.SUCCEEDED
    assert {one.handle.rpartition("/trials/")[0] for one in mine.trials} == {older}
    assert settled(here.studies(), younger) == mine  # a process that never saw both alive
    assert here.studies().discover("sweep-1") == [(1, older)]


def test_cancelling_reaches_both_of_two(bench):
    here = bench("vertex")
    studies = here.studies()
    studies.create(here.job())
    younger = here.studies().create(here.job())
    studies.observe(younger)
    studies.cancel(younger)
    until(lambda: not alive(here))


@BOTH
def test_a_study_that_runs_another_package_is_not_taken_for_ours(bench, name):
    here = bench(name)
    here.studies().create(here.job())
    staged = dataclasses.replace(here.staged, digest="e" * 64)
    studies = here.studies(staged=staged)
    with pytest.raises(Refused, match=r"another package.*sweeper launch"):
        until(lambda: refused(studies, here.job()))
    until(lambda: not alive(here))


def refused(studies, job):
    try:
        return studies.create(job, again=True)
    except Unavailable:
        return None


@BOTH
def test_sweeps_are_told_apart(bench, name):
    here = bench(name)
    studies = here.studies()
    mine = [created(studies, here.job(attempt=attempt)) for attempt in (1, 2)]
    created(studies, here.job(sweep="sweep-10"))
    assert studies.discover("sweep-1") == [(1, mine[0]), (2, mine[1])]


@BOTH
def test_each_study_is_looked_at_when_its_own_time_has_come(bench, name):
    here = bench(name)
    here.patience = dataclasses.replace(here.patience, first=60.0)
    studies = here.studies()
    one, two = (studies.create(here.job(attempt=attempt)) for attempt in (1, 2))
    assert studies.observe(one) is not None
    assert studies.observe(two) is not None  # as somebody does who takes over both
    before = here.last_request()
    assert studies.observe(one) is None
    assert not here.requests(here.part("*"), since=before)


@BOTH
def test_trouble_is_told_again_until_it_has_passed(bench, name):
    here = bench(name)
    here.patience = dataclasses.replace(here.patience, unreachable=60.0)
    studies = here.studies()
    handle = studies.create(here.job())
    here.emulator.set_faults(f"{here.part('get')}:error503=1")
    for _ in range(2):
        with pytest.raises(Unavailable):
            studies.observe(handle)


@BOTH
@pytest.mark.parametrize("fault", ["quota429", "rate429"])
def test_a_quota_that_is_used_up_is_waited_for(bench, name, fault):
    here = bench(name)
    here.emulator.set_faults(f"{here.part('create')}:{fault}=1")
    studies = here.studies()
    with pytest.raises(Unavailable):
        studies.create(here.job())
    here.emulator.set_faults("")
    created(studies, here.job(), again=True)
    assert len(here.rows()) == 1


@BOTH
def test_what_a_service_does_not_take_is_refused(bench, name):
    here = bench(name)
    with pytest.raises(Refused):
        here.studies().create(here.job(parallel=5))
    with pytest.raises(Refused, match="nothing was uploaded"):
        here.studies(staged=None).create(here.job())
    assert here.rows() == []


def test_a_resumed_study_names_the_earlier_one(bench):
    here = bench("mlengine", simulate=0.05)
    studies = here.studies()
    assert studies.resumes
    handle = studies.create(here.job())
    settled(studies, handle)
    second = studies.create(here.job(attempt=2, resume=handle.rpartition("/")[2]))
    found = settled(studies, second)
    assert found.state is State.SUCCEEDED
    assert [one.number for one in found.trials] == [3, 4]
    [row] = [row for row in here.rows() if row["jobId"] == names.job_id("sweep-1", "study", 2)]
    assert row["trainingInput"]["hyperparameters"]["resumePreviousJobId"] == handle.rpartition("/")[2]


def test_there_is_no_tuning_service_on_this_machine(bench):
    here = bench("vertex")
    here.sweep = dataclasses.replace(here.sweep, backend="local")
    with pytest.raises(UserError, match="expected mlengine or vertex"):
        here.studies()
