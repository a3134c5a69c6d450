"""What a job costs an hour and what a sweep may cost: whose numbers, how old, and how sure."""

from __future__ import annotations

import json

import pytest

from sweeper.errors import UserError
from sweeper.google.machines import machines
from sweeper.google.prices.age import days, in_words
from sweeper.google.prices.estimate import Span, estimate, spread
from sweeper.google.prices.hourly import Price, hourly
from sweeper.google.prices.table import SHIPPED, parse, tables
from sweeper.model import CloudSettings
from sweeper.surroundings import Surroundings

NOVEMBER_23 = 1_795_392_000.0  # 2026-11-23, UTC


@pytest.fixture
def surroundings(tmp_path):
    def make(**environ):
        return Surroundings(tmp_path, environ, tmp_path / ".sweeper", "python", print, print)

    return make


def shipped():
    return (parse(SHIPPED.read_text(), name="table.json"),)


def price(backend="vertex", region="us-central1", **settings):
    return hourly(CloudSettings(**settings), backend, region, shipped())


def pool(machine, accelerator=None, accelerators=1, replicas=1):
    return {"machine": machine, "accelerator": accelerator, "accelerators": accelerators, "replicas": replicas}


def pools(*those):
    return {"extra": {"worker_pools": those}}


def test_every_shipped_price_says_where_it_is_from_and_whether_it_was_read():
    table = json.loads(SHIPPED.read_text())
    rows = [row for kind in ("machines", "accelerators") for row in table[kind].values()]
    assert len(rows) >= 20
    assert all(row["source"] and row["how"] in ("read", "derived") and "as_of" in row for row in rows)
    assert all(row["as_of"] for row in rows if row["how"] == "read")
    assert "spot" not in table


@pytest.mark.parametrize(
    ("settings", "usd", "exact", "as_of"),
    [
        ({}, 0.21849885, True, "2026-10-07"),
        ({"machine": "n1-standard-8"}, 0.4369977, False, "2026-10-07"),
        ({"machine": "n1-highmem-8"}, 0.5441938, False, "2026-10-07"),
        ({"accelerator": "NVIDIA_TESLA_T4"}, 0.21849885 + 0.4025, False, None),
        ({"accelerator": "NVIDIA_TESLA_T4", "accelerators": 4}, 0.21849885 + 4 * 0.4025, False, None),
        ({"machine": "g2-standard-4", "accelerator": "NVIDIA_L4"}, 0.813, False, None),  # its price has the GPU in it
        (pools(pool("n1-standard-4"), pool("n1-standard-8", replicas=3)), 1.52949195, False, "2026-10-07"),
        (pools(pool(None), pool("unheard-of-1", replicas=0)), 0.21849885, True, "2026-10-07"),
    ],
)
def test_a_job_on_vertex_costs_what_its_machines_do(settings, usd, exact, as_of):
    found = price(**settings)
    assert found.usd_per_hour == pytest.approx(usd)
    assert (found.exact, found.as_of) == (exact, as_of)


@pytest.mark.parametrize(
    ("settings", "usd"),
    [
        ({}, 0.21849885),
        ({"extra": {"scale_tier": "BASIC"}}, 0.21849885),
        ({"machine": "n1-standard-8"}, 0.4369977),
        ({"machine": "n1-standard-4", "extra": {"worker_type": "n1-standard-8", "worker_count": 2}}, 1.09249425),
        ({"extra": {"scale_tier": "PREMIUM_1"}}, None),
        ({"machine": "complex_model_m"}, None),
    ],
)
def test_a_job_on_ml_engine_costs_what_its_machines_do(settings, usd):
    found = price("mlengine", **settings)
    assert (found and found.usd_per_hour) == (usd and pytest.approx(usd))


def test_what_has_no_price_makes_none():
    assert price(machine="n9-standard-4") is None
    assert price(accelerator="NVIDIA_B200") is None
    assert price(extra={"persistent_resource": "mine"}) is None
    assert machines(CloudSettings(extra={"persistent_resource": "mine"}), "vertex") == ()


def test_the_configs_own_price_is_taken_as_it_is():
    assert price(price=0.5, machine="n9-standard-4", spot=True) == Price(0.5, None, "vertex.price", exact=True)


def test_another_region_and_spot_machines_are_said_not_to_be_exact():
    other = price(region="europe-west4")
    assert (other.usd_per_hour, other.exact) == (0.21849885, False)
    assert other.source.endswith("; prices of us-central1")
    spot = price(spot=True)
    assert (spot.usd_per_hour, spot.exact) == (0.21849885, False)
    assert spot.source.endswith("on demand: spot costs less, but how much less varies")


def test_a_table_of_ones_own_comes_before_the_shipped_one(surroundings, tmp_path):
    own = {
        "as_of": "2026-11-20",
        "machines": {"n1-standard-4": 0.1, "n9-standard-4": {"usd": 1, "as_of": None}},
        "spot": {"machines": {"n1-standard-4": 0.04}},
    }
    (tmp_path / "prices.json").write_text(json.dumps(own))
    here = surroundings(SWEEPER_PRICES="prices.json")

    def mine(**settings):
        return hourly(CloudSettings(**settings), "vertex", "europe-west4", tables(here))

    assert mine() == Price(0.1, "2026-11-20", str(tmp_path / "prices.json"), exact=True)
    assert mine(spot=True).usd_per_hour == 0.04
    assert mine(machine="n9-standard-4").as_of is None
    assert mine(machine="n1-standard-8").usd_per_hour == 0.4369977
    assert mine(accelerator="NVIDIA_TESLA_T4").usd_per_hour == pytest.approx(0.5025)
    assert len(tables(surroundings())) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "prices.json: expected JSON"),
        ("[]", "prices.json: expected a mapping"),
        ('{"machines": [1]}', "prices.json: machines: expected a mapping of names to prices"),
        ('{"machines": {"m": "0.2"}}', "prices.json: machines.m: expected US dollars an hour, got '0.2'"),
        ('{"accelerators": {"a": {"usd": -1}}}', "prices.json: accelerators.a: expected US dollars an hour, got -1"),
        ('{"spot": {"machines": {"m": true}}}', "prices.json: machines.m: expected US dollars an hour, got True"),
        ('{"spot": 3}', "prices.json: machines: expected a mapping of names to prices"),
        (None, "SWEEPER_PRICES: the price table"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(surroundings, tmp_path, text, said):
    if text is not None:
        (tmp_path / "prices.json").write_text(text)
    with pytest.raises(UserError) as caught:
        tables(surroundings(SWEEPER_PRICES="prices.json"))
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(said)


def test_the_age_of_prices_is_told_in_days():
    assert in_words("2026-10-07", now=NOVEMBER_23) == "prices of 2026-10-07, 47 days old"
    assert in_words("2026-11-22", now=NOVEMBER_23 + 86399) == "prices of 2026-11-22, 1 day old"
    assert in_words(None, now=NOVEMBER_23) == "undated prices"
    assert days("2027-01-01", now=NOVEMBER_23) == 0  # read in another time zone
    assert days("last week", now=NOVEMBER_23) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7.0], Span(7, 7, 7)),
        ([4.0, 2.0], Span(2.5, 3, 3.5)),
        ([5.0, 1.0, 3.0, 2.0, 4.0], Span(2, 3, 4)),
    ],
)
def test_a_spread_is_the_median_and_the_quarters_around_it(values, expected):
    assert spread(values) == expected


def test_an_estimate_is_the_time_of_others_times_the_price():
    found = estimate(10, [3600.0, 7200.0, 10800.0], Price(0.5, None, "x", exact=True))
    assert (found.known, found.hours) == (3, Span(15, 20, 25))
    assert found.cost == Span(7.5, 10, 12.5)


def test_what_the_user_expects_is_stronger_than_what_others_took():
    found = estimate(4, [9999.0], Price(2.0, None, "x", exact=True), minutes=30)
    assert (found.known, found.hours.middle, found.cost) == (0, 2, Span(4, 4, 4))


def test_nothing_is_estimated_from_nothing():
    assert estimate(4, [], Price(2.0, None, "x", exact=True)) is None
    assert estimate(4, [60.0], None).cost is None
