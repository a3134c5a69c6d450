"""What every tuning service promises. A service's test file makes a ``lab`` and inherits ``Promises``.

A lab has: ``studies()``, one as a new process would make it; ``job(does, ...)`` for a study whose trials ``report``
the metric in two steps, report ``another`` metric, ``fail`` from the second on, ``run`` until they are ended, or are
``slow``: from the fourth on worse than the others and endless; ``quick(n)``, a job whose n trials end at once;
``look(studies, handle)``, what is seen now, if anything; ``settle(studies, handle)``, the same once it has ended;
``found(studies, job)``, the handle of what is only looked for; ``until(studies, condition)``; ``unreachable()``, a
context in which the service does not answer; ``calls()``, how often it was asked; ``tuning_jobs()``, how many it has;
``arrived(handle)``, each trial's arguments by its number; ``left()``, all that was stored, as text. Where services
differ: ``axes``, a space as rich as it takes; ``early``, how it may tell that it stopped a trial early; ``most_calls``,
what one look may take.
"""

import contextlib
import math
import re

import pytest

from sweeper.backends.protocol import Refused, Unavailable
from sweeper.formats.study import Axis, Study, every
from sweeper.model import Choices, Range, Reason, State
from sweeper.states import FINAL, advance

SECRET = "sekrit-71b2"
AXES = (
    Axis("lr", Range(0.0001, 0.1, "log")),
    Axis("layers", Range(1, 5, integer=True)),
    Axis("bs", Choices((16, 32))),
    Axis("opt", Choices(("sgd", "a b"))),
)


def study(**given):
    """Two trials, one at a time."""
    asked = {"axes": AXES, "metric": "accuracy", "goal": "maximize", "algorithm": "random", "trials": 2, "parallel": 1}
    return Study(**asked | given)


class Promises:
    """One test for each promise of ``sweeper.studies.protocol``."""

    def test_a_study_that_is_created_twice_is_one_tuning_job(self, lab):
        first, second = lab.studies(), lab.studies()
        job = lab.job("report")
        handles = {first.create(job), first.create(job), second.create(job, again=True)}
        assert len(handles) == 1
        lab.settle(first, *handles)
        assert {first.create(job), lab.studies().create(job, again=True)} == handles
        assert lab.tuning_jobs() == 1

    def test_a_study_that_is_only_looked_for_is_not_made(self, lab):
        studies, job = lab.studies(), lab.job("report")
        with pytest.raises(Refused):
            studies.create(job, find=True)
        assert lab.tuning_jobs() == 0
        handle = studies.create(job)
        assert lab.found(lab.studies(), job) == handle

    def test_a_handle_is_valid_in_a_later_process(self, lab):
        handle = lab.studies().create(lab.job("report"))
        seen = lab.settle(lab.studies(), handle)
        assert seen.state is State.SUCCEEDED
        assert seen.started <= seen.ended

    def test_a_handle_that_never_existed_is_lost(self, lab):
        studies = lab.studies()
        real = studies.create(lab.job("run"))
        never = real[:-1] + "98"[real[-1] == "9"]
        assert studies.observe(never).state is State.LOST
        studies.cancel(never)
        assert list(studies.output(f"{never}/trials/1")) == []

    def test_a_service_that_does_not_answer_is_no_news(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("report"))
        with lab.unreachable(), pytest.raises(Unavailable):
            studies.observe(handle)
        assert lab.settle(studies, handle).state is State.SUCCEEDED

    def test_states_only_move_forward(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("report", trials=3, parallel=2))
        now = {0: State.QUEUED}

        def moved():
            seen = lab.look(studies, handle)
            if seen is None:
                return False
            for number, state in [(0, seen.state), *((one.number, one.seen.state) for one in seen.trials)]:
                assert advance(now.get(number, state), state) is state, "it went back"
                now[number] = state
            return seen.state in FINAL

        lab.until(studies, moved)
        assert now == dict.fromkeys(range(4), State.SUCCEEDED)

    def test_no_more_trials_run_at_once_than_was_asked_for(self, lab):
        studies, at_once = lab.studies(), []
        handle = studies.create(lab.job("report", trials=5, parallel=2))

        def over():
            seen = lab.look(studies, handle)
            at_once.append(sum(one.seen.state not in FINAL for one in seen.trials) if seen else 0)
            return seen is not None and seen.state in FINAL

        lab.until(studies, over)
        assert max(at_once) == 2

    def test_every_trial_tells_its_parameters_which_lie_in_the_space(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("report", trials=3, parallel=3))
        seen = lab.settle(studies, handle)
        assert [one.number for one in seen.trials] == [1, 2, 3]
        assert len({one.handle for one in seen.trials}) == 3
        for one in seen.trials:
            assert set(one.params) == {axis.name for axis in AXES}
            assert all(lies(axis, one.params[axis.name]) for axis in AXES), one.params

    def test_what_a_trial_received_is_what_the_service_says(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("report", axes=lab.axes, trials=4, parallel=2))
        seen = lab.settle(studies, handle)
        arrived = lab.arrived(handle)
        assert set(arrived) == {1, 2, 3, 4}
        for one in seen.trials:
            words = dict(word[2:].split("=", 1) for word in arrived[one.number] if "=" in word)
            assert set(words) == set(one.params)
            for axis in every(lab.axes):
                if axis.name in words:
                    assert is_spelt(axis, words[axis.name]), words
                    assert lies(axis, words[axis.name])
                    assert one.params[axis.name] in (words[axis.name], *number(words[axis.name]))

    def test_the_final_measurement_comes_last(self, lab):
        studies = lab.studies()
        seen = lab.settle(studies, studies.create(lab.job("report")))
        for one in seen.trials:
            assert (one.seen.state, one.seen.reason) == (State.SUCCEEDED, Reason.NONE)
            last = one.seen.measurements[-1]
            assert (last.metric, last.step, last.value) == ("accuracy", 2, 0.5)

    def test_a_trial_that_reports_another_metric_has_failed_and_its_name_is_told(self, lab):
        studies = lab.studies()
        seen = lab.settle(studies, studies.create(lab.job("another")))
        assert seen.state is State.FAILED
        assert seen.note
        assert {one.seen.state for one in seen.trials} == {State.FAILED}
        assert "loss" in seen.names
        assert "accuracy" not in seen.names

    def test_a_trial_that_fails_is_told_with_a_reason_and_the_others_count(self, lab):
        studies = lab.studies()
        seen = lab.settle(studies, studies.create(lab.job("fail", max_failed=1)))
        assert seen.state is State.SUCCEEDED
        first, second = seen.trials
        assert first.seen.state is State.SUCCEEDED
        assert (second.seen.state, second.seen.reason) == (State.FAILED, Reason.CODE)
        assert second.seen.note

    def test_a_study_with_too_many_failures_has_failed(self, lab):
        studies = lab.studies()
        seen = lab.settle(studies, studies.create(lab.job("fail", trials=9, max_failed=1)))
        assert seen.state is State.FAILED
        assert seen.note
        assert len(seen.trials) == 3

    def test_a_trial_that_was_stopped_early_counts_and_says_so(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("slow", trials=4, early_stopping=True))
        last = lab.settle(studies, handle).trials[-1]
        assert (last.number, last.seen.state) == (4, State.SUCCEEDED)
        assert last.seen.reason in getattr(lab, "early", {Reason.STOPPED_EARLY})
        assert last.seen.measurements[-1].value < 0.5

    def test_a_cancelled_study_ends_with_its_trials(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("run", trials=3))
        lab.until(studies, lambda: runs(lab.look(studies, handle)))
        studies.cancel(handle)
        studies.cancel(handle)
        seen = lab.settle(studies, handle)
        assert (seen.state, seen.reason) == (State.CANCELLED, Reason.USER)
        assert [(one.seen.state, one.seen.reason) for one in seen.trials] == [(State.CANCELLED, Reason.USER)]

    def test_cancelling_after_the_end_changes_nothing(self, lab):
        studies = lab.studies()
        handle = studies.create(lab.job("report"))
        before = lab.settle(studies, handle)
        studies.cancel(handle)
        assert lab.settle(lab.studies(), handle) == before

    def test_a_service_finds_its_own_studies_again(self, lab):
        studies = lab.studies()
        handles = [studies.create(lab.job("report", attempt=attempt)) for attempt in (1, 2)]
        assert lab.until(studies, lambda: list(lab.studies().discover("sweep-1"))) == [(1, handles[0]), (2, handles[1])]
        assert list(lab.studies().discover("sweep-2")) == []
        for handle in handles:
            lab.settle(lab.studies(), handle)

    def test_what_a_trial_printed_and_left_can_be_had(self, lab, tmp_path):
        studies = lab.studies()
        seen = lab.settle(studies, studies.create(lab.job("report")))
        for one in seen.trials:
            assert f"hello from {one.number}\n" in list(lab.studies().output(one.handle))
            lab.studies().fetch(one.handle, tmp_path / str(one.number))
            assert list((tmp_path / str(one.number)).iterdir())

    def test_a_look_is_a_bounded_number_of_calls_however_many_trials_there_are(self, lab):
        job = lab.quick(150)  # before the client: a server may have to be told
        handle = lab.studies().create(job)
        lab.settle(lab.studies(), handle)
        studies, before = lab.studies(), lab.calls()
        seen = studies.observe(handle)
        assert lab.calls() - before <= lab.most_calls
        assert seen.state is State.SUCCEEDED
        assert [one.number for one in seen.trials] == list(range(1, 151))
        assert all(one.seen.measurements[-1].metric == "accuracy" for one in seen.trials)

    def test_values_of_the_surroundings_are_stored_nowhere(self, lab):
        studies = lab.studies()
        job = lab.job("report")
        handle = studies.create(job)
        seen = lab.settle(studies, handle)
        printed = [line for one in seen.trials for line in studies.output(one.handle)]
        shown = [lab.left(), *map(repr, (studies, vars(studies), job, handle, seen)), *printed]
        assert not [text for text in shown if SECRET in text]


def runs(seen):
    return seen is not None and any(one.seen.state is State.RUNNING for one in seen.trials)


def number(text):
    with contextlib.suppress(ValueError):
        return [float(text)]
    return []


def lies(axis, said):
    """Whether a value is one of the axis's, however a service writes it."""
    domain = axis.domain
    if isinstance(domain, Choices):
        return said in domain.values if axis.is_text else any(math.isclose(float(said), one) for one in domain.values)
    return domain.min <= float(said) <= domain.max and (not domain.integer or float(said).is_integer())


def is_spelt(axis, text):
    """Whether a command line has it as a trainer may expect it."""
    if axis.is_text:
        return text in axis.domain.values
    if isinstance(axis.domain, Range) and axis.domain.integer:
        return re.fullmatch(r"-?\d+", text) is not None
    return repr(float(text)) in (text, f"{text}.0")
