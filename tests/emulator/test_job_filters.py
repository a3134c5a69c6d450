"""List filters against real rows: which of five jobs each one finds."""

import sqlite3

import pytest

from sweeper.emulator.aiplatform.routes import STATES as VERTEX_STATES
from sweeper.emulator.errors import ApiError
from sweeper.emulator.filters.aiplatform import aiplatform_filter
from sweeper.emulator.filters.ml import ml_filter
from sweeper.emulator.jobs import table
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.ml.routes import STATES as ML_STATES
from sweeper.emulator.paging import make_token, page_size, read_token
from sweeper.emulator.timestamps import micros_of, rfc3339

HERE = "projects/1/locations/us-central1/customJobs"
DAY = micros_of("2026-05-18T00:00:00Z")
JOBS = [  # id, display name, phase, labels
    ("a1", "alpha", Phase.RUNNING, {"sweep": "s1", "trial": "t1"}),
    ("a2", "alphabet", Phase.SUCCEEDED, {"sweep": "s1", "trial": "t2"}),
    ("b_1", 'say "beta"', Phase.QUEUED, {"sweep": "s2"}),
    ("b?1", "be*ta", Phase.PREPARING, {"sweep-name": "s2"}),
    ("c", "gamma", Phase.FAILED, {}),
]


@pytest.fixture
def db():
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript(table.TABLES)
    for place, (job_id, display, phase, labels) in enumerate(JOBS):
        created = DAY + place * 1_000_000
        table.add(db, Record(HERE, job_id, {}, created, created, display=display, labels=labels, phase=phase))
        # the same job somewhere else, which no list must show
        table.add(db, Record("projects/1/jobs", job_id, {}, created, created, display=display, phase=phase))
    yield db
    db.close()


def found(db, condition, collection=HERE):
    rows = table.newest(db, collection, condition, before=None, until=DAY * 2, most=100)
    return [record.job_id for record in rows]


ALL = ["c", "b?1", "b_1", "a2", "a1"]
VERTEX = [
    ("", ALL),
    ("  ", ALL),
    ('display_name="alpha"', ["a1"]),
    ("display_name=alpha", ["a1"]),
    ("display_name = 'alpha'", ["a1"]),
    ('display_name!="alpha"', ["c", "b?1", "b_1", "a2"]),
    ('display_name:"alpha*"', ["a2", "a1"]),
    ('display_name:"*a*"', ALL),
    ('display_name:"*"', ALL),
    ('display_name:"alpha"', ["a1"]),
    ('display_name:"*\\"beta\\""', ["b_1"]),
    ('display_name="be*ta"', ["b?1"]),
    ('display_name="%"', []),
    ('state="JOB_STATE_RUNNING"', ["a1"]),
    ("state=JOB_STATE_PENDING", ["b?1", "b_1"]),
    ('state!="JOB_STATE_PENDING"', ["c", "a2", "a1"]),
    ("state=JOB_STATE_PAUSED", []),
    ("state!=JOB_STATE_PAUSED", ALL),
    ('create_time>"2026-05-18T00:00:02Z"', ["c", "b?1"]),
    ("create_time>=2026-05-18T00:00:02Z", ["c", "b?1", "b_1"]),
    ('create_time<"2026-05-18T02:00:01+02:00"', ["a1"]),
    ('create_time="2026-05-18T00:00:01.000000Z"', ["a2"]),
    ("labels.sweep=s1", ["a2", "a1"]),
    ('labels.sweep="s1"', ["a2", "a1"]),
    ("labels.sweep:s1", ["a2", "a1"]),
    ("labels.sweep!=s1", ["c", "b?1", "b_1"]),
    ("labels.sweep:*", ["b_1", "a2", "a1"]),
    ("labels.sweep-name=s2", ["b?1"]),
    ('labels."sweep-name"=s2', ["b?1"]),
    ("labels:trial", ["a2", "a1"]),
    ("labels.nothing=s1", []),
    ("labels.sweep=s1 AND labels.trial=t2", ["a2"]),
    ("labels.sweep=s1 AND NOT state=JOB_STATE_RUNNING", ["a2"]),
    ("-labels.sweep=s1", ["c", "b?1", "b_1"]),
    ("NOT (labels.sweep=s1 OR labels.sweep=s2)", ["c", "b?1"]),
    # OR binds tighter than AND
    ("state=JOB_STATE_FAILED OR labels.sweep=s1 AND display_name:alpha*", ["a2", "a1"]),
    ("state=JOB_STATE_FAILED OR (labels.sweep=s1 AND display_name=alpha)", ["c", "a1"]),
    ("(((display_name=alpha)))", ["a1"]),
]


@pytest.mark.parametrize(("text", "ids"), VERTEX)
def test_vertex_finds(db, text, ids):
    assert found(db, aiplatform_filter(text, VERTEX_STATES, HERE)) == ids


@pytest.mark.parametrize(
    "text",
    [
        "display_name",
        "display_name=",
        "=alpha",
        "display_name=alpha display_name=beta",
        "display_name=alpha AND",
        "(display_name=alpha",
        "display_name=alpha)",
        'display_name="alpha',
        "displayName=alpha",
        "name=x",
        "display_name>alpha",
        "state=RUNNING",
        "state>JOB_STATE_RUNNING",
        "create_time=yesterday",
        "create_time>2026-05-18",
        "create_time:2026-05-18T00:00:00Z",
        "labels.a<b",
        "labels.a.b=c",
        "labels=a",
        "'; DROP TABLE jobs; --",
        "(" * 60 + "display_name=a" + ")" * 60,
    ],
)
def test_vertex_refuses(text):
    with pytest.raises(ApiError, match="Invalid list filter: ") as caught:
        aiplatform_filter(text, VERTEX_STATES, HERE)
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")


ML = [
    ("", ALL),
    ("jobId:a*", ["a2", "a1"]),
    ("jobId:a1", ["a1"]),
    ("jobId=a1", ["a1"]),
    ('jobId:"b_*"', ["b_1"]),
    ("jobId:b?*", ["b?1"]),
    ("jobId:*1", ["b?1", "b_1", "a1"]),
    ("jobId:*", ALL),
    ("state:RUNNING", ["a1"]),
    ("state:PREPARING", ["b?1"]),
    ("jobId:a* AND state:SUCCEEDED", ["a2"]),
    ("jobId:a* AND jobId:*1 AND state:RUNNING", ["a1"]),
]


@pytest.mark.parametrize(("text", "ids"), ML)
def test_ml_engine_finds(db, text, ids):
    assert found(db, ml_filter(text, ML_STATES), "projects/1/jobs") == ids


@pytest.mark.parametrize(
    "text",
    [
        "labels.sweep=s1",
        "labels.sweep:s1",
        "state:JOB_STATE_RUNNING",
        "state:running",
        "jobId:a* OR jobId:b*",
        "NOT jobId:a*",
        "jobId!=a",
        "createTime>2026-05-18T00:00:00Z",
        "job_id:a*",
        "a*",
    ],
)
def test_ml_engine_refuses_what_is_not_known_to_work_there(text):
    with pytest.raises(ApiError, match="Invalid list filter: "):
        ml_filter(text, ML_STATES)


def test_a_page_goes_on_where_the_last_one_ended():
    token = make_token(42, "projects/p/jobs state:RUNNING")

    assert read_token(token, "projects/p/jobs state:RUNNING") == 42
    assert read_token("", "x") is None


@pytest.mark.parametrize("token", ["x", "!!!", "W10", "WzEsMl0", "bnVsbA", make_token(1, "another question"), "ü"])
def test_a_token_of_another_list_is_refused(token):
    with pytest.raises(ApiError, match="page token") as caught:
        read_token(token, "this question")
    assert caught.value.code == 400


@pytest.mark.parametrize(("text", "size"), [(None, 20), ("", 20), ("0", 20), ("7", 7), ("100", 100), ("5000", 100)])
def test_a_page_has_a_default_and_a_largest_size(text, size):
    assert page_size(text, default=20, most=100) == size


@pytest.mark.parametrize("text", ["-1", "many", "1.5"])
def test_a_page_size_is_a_number_that_is_not_negative(text):
    with pytest.raises(ApiError):
        page_size(text, default=20, most=100)


@pytest.mark.parametrize("text", ["2026-05-18T00:00:00.123456Z", "1999-12-31T23:59:59.000001Z"])
def test_a_time_is_written_as_it_was_read(text):
    assert rfc3339(micros_of(text)) == text
