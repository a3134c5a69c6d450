"""What trials leave in the bucket: read below every folder that counts, remembered, a bounded number in a round."""

import dataclasses
import json

import pytest

from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.measures import Measures
from sweeper.backends.cloud.row import Row
from sweeper.clock import FakeClock
from sweeper.google.failures import CallFailed
from sweeper.model import Measurement, Metric, Observation, State
from sweeper.studies.protocol import StudyTrial
from sweeper.studies.reports import MOST, Reports, readable
from tests.backends_cloud.cloud_bench import Bench

BASE = "sweeps/s/sweep-1/trials"
STUDY = Row("study", "sweep-1", "study", 1, "", State.RUNNING, 0.0, folder=f"gs://bucket/{BASE}")
ACCURACY = Metric()
FINAL = Measurement("accuracy", 0.5, 2)


class Lab:
    def __init__(self, emulator, folder):
        self.bench = Bench(emulator, "vertex", folder)
        self.clock = FakeClock()

    def reports(self, metric=ACCURACY, roots=("model", "logs")):
        measures = Measures(self.bench.google().storage(), None, readable(metric), Crew(4, "look"), roots)
        return Reports(measures, metric, self.clock, every=20.0)

    def leave(self, path, *rows):
        self.bench.put(f"{BASE}/{path}".replace("/", "%2F"), "".join(json.dumps(row) + "\n" for row in rows).encode())

    def calls(self):
        return len(self.bench.emulator.requests(part="storage.*"))


@pytest.fixture
def lab(emulator, tmp_path):
    return Lab(emulator, tmp_path)


def trial(number, state=State.RUNNING, *said):
    return StudyTrial(number, f"study/trials/{number}", {}, Observation(state, measurements=said))


def numbers(trials):
    return [[(one.metric, one.step, one.value) for one in each.seen.measurements] for each in trials]


@pytest.mark.parametrize("others", [0, 5], ids=["few", "many"])
@pytest.mark.parametrize("below", ["", "model/", "logs/"])
def test_a_trials_numbers_are_found_in_its_folder_and_in_those_that_the_service_names(lab, below, others):
    lab.leave(f"1/{below}metrics.jsonl", {"step": 1, "accuracy": 0.25, "loss": 2})
    found = lab.reports().of(STUDY, [trial(number) for number in range(1, 2 + others)])
    assert numbers(found) == [[("accuracy", 1, 0.25), ("loss", 1, 2.0)], *([[]] * others)]


def test_of_two_files_of_one_name_the_one_beside_the_model_counts(lab):
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.1})
    lab.leave("1/logs/metrics.jsonl", {"step": 1, "accuracy": 0.2})
    lab.leave("1/model/metrics.jsonl", {"step": 1, "accuracy": 0.3})
    assert numbers(lab.reports().of(STUDY, [trial(1)])) == [[("accuracy", 1, 0.3)]]


def test_other_subfolders_are_not_looked_into(lab):
    lab.leave("1/predictions/metrics.jsonl", {"step": 1, "accuracy": 0.25})
    assert numbers(lab.reports().of(STUDY, [trial(1)])) == [[]]


def test_what_the_service_calls_final_comes_last_and_nothing_else_comes_twice(lab):
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25}, {"step": 2, "accuracy": 0.75})
    said = (Measurement("accuracy", 0.25, 1), Measurement("accuracy", 0.9, 3), FINAL)
    found = lab.reports().of(STUDY, [trial(1, State.SUCCEEDED, *said)])
    steps = [("accuracy", 1, 0.25), ("accuracy", 2, 0.75), ("accuracy", 3, 0.9), ("accuracy", 2, 0.5)]
    assert numbers(found) == [steps]


def test_a_running_trial_is_read_now_and_then_and_once_more_when_it_has_ended(lab):
    reports = lab.reports()
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25})
    reports.of(STUDY, [trial(1)])
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25}, {"step": 2, "accuracy": 0.5})
    before = lab.calls()
    assert numbers(reports.of(STUDY, [trial(1)])) == [[("accuracy", 1, 0.25)]]
    assert lab.calls() == before, "it is too early"
    lab.clock.move(20)
    whole = [[("accuracy", 1, 0.25), ("accuracy", 2, 0.5)]]
    assert numbers(reports.of(STUDY, [trial(1)])) == whole
    lab.leave("1/metrics.jsonl", {"step": 3, "accuracy": 0.75})
    assert numbers(reports.of(STUDY, [trial(1, State.SUCCEEDED)])) == [[("accuracy", 3, 0.75)]]
    before = lab.calls()
    assert numbers(reports.of(STUDY, [trial(1, State.SUCCEEDED)])) == [[("accuracy", 3, 0.75)]]
    assert lab.calls() == before, "nothing more will come"


def test_of_very_many_trials_those_that_run_are_read_first_and_the_rest_in_later_rounds(lab):
    old = [trial(number, State.SUCCEEDED, FINAL) for number in range(1, MOST + 3)]
    last = trial(MOST + 3)
    for number in (1, MOST, MOST + 3):
        lab.leave(f"{number}/metrics.jsonl", {"step": 1, "accuracy": 0.25})
    reports = lab.reports()
    first = numbers(reports.of(STUDY, [*old, last]))
    assert [len(each) for each in (first[0], first[MOST - 1], first[-1])] == [2, 1, 1]
    assert all(each[-1] == ("accuracy", 2, 0.5) for each in first[:-1])
    assert len(numbers(reports.of(STUDY, [*old, last]))[MOST - 1]) == 2


def test_the_end_of_a_trial_is_not_told_without_its_numbers(lab):
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25})
    reports = lab.reports()
    lab.bench.emulator.set_faults("storage.read:error503=1")
    assert numbers(reports.of(STUDY, [trial(1)])) == [[]]
    with pytest.raises(CallFailed):
        reports.of(STUDY, [trial(1, State.SUCCEEDED)])
    lab.bench.emulator.set_faults("")
    assert numbers(reports.of(STUDY, [trial(1, State.SUCCEEDED)])) == [[("accuracy", 1, 0.25)]]


def test_a_metric_that_is_said_to_be_from_elsewhere_is_not_taken_from_a_file_but_other_names_are_known(lab):
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25, "loss": 2})
    reports = lab.reports(Metric(source="hypertune"))
    found = reports.of(STUDY, [trial(1, State.SUCCEEDED, FINAL)])
    assert numbers(found) == [[("loss", 1, 2.0), ("accuracy", 2, 0.5)]]
    assert reports.names(found) == ("accuracy", "loss")


def test_studies_that_run_side_by_side_are_read_each_in_its_own_time(lab):
    lab.leave("1/metrics.jsonl", {"step": 1, "accuracy": 0.25})
    other = dataclasses.replace(STUDY, handle="other")
    reports = lab.reports()
    reports.of(other, [dataclasses.replace(trial(1), handle="other/trials/1")])
    assert numbers(reports.of(STUDY, [trial(1)])) == [[("accuracy", 1, 0.25)]]
