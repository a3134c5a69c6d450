"""Job ids, labels and display names: legal for every sweep, never the same for two."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.backends.cloud import names
from sweeper.backends.cloud.row import Row
from sweeper.model import Job, State, Trainer

JOB_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")
LABEL = re.compile(r"[a-z0-9_-]{0,63}")
TEXT = st.text(min_size=1, max_size=120) | st.text("ab-_.1A", min_size=1, max_size=80)
PARTS = st.tuples(TEXT, TEXT, st.integers(1, 10**9))


@given(PARTS)
def test_every_job_id_is_legal(parts):
    assert JOB_ID.fullmatch(names.job_id(*parts))
    assert names.job_id(*parts).startswith(names.prefix(parts[0]))
    assert names.prefix_of(names.job_id(*parts)) == names.prefix(parts[0])


@given(PARTS, PARTS)
def test_two_attempts_never_have_one_job_id(one, other):
    assert (names.job_id(*one) == names.job_id(*other)) == (one == other)


@given(TEXT, TEXT)
def test_every_label_is_legal_and_no_two_values_have_the_same(one, other):
    assert LABEL.fullmatch(names.label(one))
    assert (names.label(one) == names.label(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a-b", "a_b"),
        ("a--b", "a-b"),
        ("a_b", "a__b"),
        ("A", "a"),
        ("1a", "s1a"),
        ("ä", "ö"),
        ("x" * 100, "x" * 101),
        ("a-b", names.prefix("a-b").removesuffix("__")),
        ("A", names.label("A")),
        ("a.", "a"),
    ],
)
def test_names_that_are_cleaned_alike_stay_apart(one, other):
    assert names.job_id(one, "t", 1) != names.job_id(other, "t", 1)
    assert names.job_id("s", one, 1) != names.job_id("s", other, 1)
    assert names.label(one) != names.label(other)


def test_the_usual_names_can_be_read():
    job_id = names.job_id("digits-1a2b3c", "0123456789abcdef", 2)
    assert re.fullmatch(r"digits_1a2b3c_[0-9a-f]{12}__0123456789abcdef__2", job_id)
    assert names.label("digits-1a2b3c") == "digits-1a2b3c"
    assert names.label("0123456789abcdef-3") == "0123456789abcdef-3"


def test_a_sweep_is_not_found_under_the_prefix_of_another():
    assert not names.prefix("digits-1a2b3c").startswith(names.prefix("digits"))
    assert not names.prefix("digits2").startswith(names.prefix("digits"))


def test_labels_name_sweep_trial_attempt_and_package():
    job = Job("digits-1a2b3c", "t", 3, (), Trainer("m"))
    assert names.labels(job, "0123456789abcdef" * 4) == {
        "sweeper-sweep": "digits-1a2b3c",
        "sweeper-trial": "t",
        "sweeper-attempt": "3",
        "sweeper-package": "0123456789abcdef",
    }
    image = names.labels(job, "us-docker.pkg.dev/p/r/image:tag")["sweeper-package"]
    assert LABEL.fullmatch(image)
    assert image != names.package("us-docker.pkg.dev/p/r/image:other")


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_display_name_fits(sweep, trial):
    assert len(names.display_name(Job(sweep, trial, 1, (), Trainer("m")))) <= 128


@given(TEXT, TEXT.filter(lambda text: "/" not in text), st.integers(1, 99))
def test_a_job_of_the_service_gives_our_id_again(sweep, trial, attempt):
    row = Row(
        "h", names.label(sweep), names.label(trial), attempt, "p", State.RUNNING, 0.0, folder=f"gs://b/s/trials/{trial}"
    )
    job = Job(sweep, trial, attempt, (), Trainer("m"))
    assert names.is_same(row, job)
    assert names.id_of(row, sweep) == job.id
    assert names.id_of(row, f"{sweep}x") is None


def test_a_job_that_only_has_our_labels_is_not_taken_for_ours():
    row = Row("h", "s", "t", 1, "p", State.RUNNING, 0.0, folder="gs://b/s/trials/another")
    assert names.id_of(row, "s") is None
    assert names.id_of(Row("h", "s", "t", 0, "p", State.RUNNING, 0.0, folder="gs://b/s/trials/t"), "s") is None
