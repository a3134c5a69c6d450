"""A page of 1,000 trials in a real browser, by mouse and by keyboard, without a word of the console."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
from browser import Browser, chromium

from sweeper.model import Metric
from sweeper.results.report.assets import assets
from sweeper.results.report.html import html
from sweeper.results.report.model import Facts, page

pytest.importorskip("plotly", reason="sweeper[report] is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]

EVIL = "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
WORDS = ("adam", EVIL, "50 %{x} &lt; <b>bold</b>")
DRAWN = "document.documentElement?.dataset.drawn"
TRIALS = "[...document.querySelectorAll('tbody tr[data-row]')].map((row) => row.cells[3].textContent)"


def sweep(many):
    """Rows, best first, and what they reported; every fiftieth trial has failed."""
    rng = random.Random(1)
    rows = []
    for number in range(many):
        lr, word = 10 ** rng.uniform(-4, 0), rng.choice(WORDS)
        params = {"lr": lr, "layers": rng.randint(1, 8), EVIL: word, "drop": rng.uniform(0, 0.6), "same": 3}
        score = 0.9 - 0.1 * abs(math.log10(lr) + 2) + rng.gauss(0, 0.01)
        row = {"trial": f"t{number}", "params": params, "metric": score, "state": "succeeded", "reason": "", "note": ""}
        if number % 50 == 0:
            row |= {"state": "failed", "reason": "code", "note": EVIL, "metric": None}
        rows.append(
            {**row, "std": None, "n": 1, "seconds": 60.0, "started": 60.0 * number, "ended": 60.0 * number + 60}
        )
    rows.sort(key=lambda row: (row["metric"] is None, -(row["metric"] or 0)))
    rows = [{**row, "rank": None if row["metric"] is None else place} for place, row in enumerate(rows, 1)]
    reported = [(row["trial"], step, (row["metric"] or 0) * (1 - 0.8**step)) for row in rows for step in range(1, 21)]
    return rows, reported


def write(file, rows, reported):
    lines = [f"cd /home/me && python -m trainer --lr={row['params']['lr']} '{EVIL}'" for row in rows]
    facts = Facts(EVIL, Metric(name="accuracy"), tiles={EVIL: EVIL}, provenance={EVIL: EVIL}, config=EVIL)
    file.write_text(html(page(facts, rows, commands=lines, measured=reported), assets()), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def rows():
    return sweep(1000)


@pytest.fixture(scope="module")
def file(rows, tmp_path_factory):
    return write(tmp_path_factory.mktemp("page") / "page.html", *rows)


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def browser(chrome, file):
    """The page, newly opened. Whatever a test does, nothing is said, asked of the network or run that was data."""
    chrome.console.clear()
    chrome.requests.clear()
    chrome.prefer("light")
    chrome.resize(1280, 900)
    chrome.open(file)
    chrome.until(DRAWN)
    yield chrome
    assert chrome.ask("window.evil ?? 0") == 0
    assert chrome.console == []
    assert [url for url in chrome.requests if not url.startswith(("data:", "file:"))] == []
    assert [url for url in chrome.requests if url.startswith("file:")] == [file.as_uri()]


def test_it_is_small_and_quick(browser, file):
    assert file.stat().st_size < 8e6
    assert browser.ask("report.ready") < 10_000  # 300 ms on a quiet machine; this one may be busy
    assert browser.ask("document.querySelectorAll('tbody tr[data-row]').length") == 25


def test_every_text_is_shown_as_it_is(browser):
    assert browser.ask("document.getElementById('title').textContent") == EVIL
    assert browser.ask("document.title") == EVIL
    assert browser.ask("document.querySelector('#provenance-list dd').textContent") == EVIL
    assert browser.ask("document.querySelector('#failures-table td.note').textContent") == EVIL
    assert browser.ask("document.querySelectorAll('img, b:not(.tile b)').length") == 0
    ticks = browser.ask("[...document.querySelectorAll('[data-slice] .xtick text')].map((tick) => tick.textContent)")
    assert "50 %{x} &lt; <b…" in ticks
    assert any(tick.startswith("<script>window") for tick in ticks)


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(browser, rows):
    by_lr = [row["trial"] for row in sorted(rows[0], key=lambda row: row["params"]["lr"])]
    number = browser.ask("[...document.querySelectorAll('th')].findIndex((th) => th.textContent.startsWith('lr')) + 1")
    browser.click(f"th:nth-child({number}) button")
    assert browser.ask(TRIALS) == by_lr[:25]
    assert browser.ask(f"document.querySelector('th:nth-child({number})').ariaSort") == "ascending"
    browser.click(f"th:nth-child({number}) button")
    assert browser.ask(TRIALS) == by_lr[::-1][:25]


def test_it_is_sorted_and_opened_by_keyboard(browser, rows):
    browser.ask("document.querySelector('th button').focus()")
    browser.press("Enter", "Enter", 13)
    assert browser.ask(TRIALS)[0] == next(row["trial"] for row in rows[0][::-1] if row["rank"])
    browser.ask("document.querySelector('tbody button').focus()")
    browser.press("Enter", "Enter", 13)
    assert browser.ask("document.activeElement.ariaExpanded") == "true"
    browser.press("Tab", "Tab", 9)
    assert browser.ask("document.activeElement.textContent").startswith("cd /home/me && python -m trainer --lr=")


def test_the_filter_takes_words_and_comparisons(browser, rows):
    browser.click("#filter")
    browser.type("lr<0.001 layers=3 adam")
    wanted = [row for row in rows[0] if row["params"]["lr"] < 0.001 and row["params"]["layers"] == 3]
    wanted = [row["trial"] for row in wanted if row["params"][EVIL] == "adam"]
    assert 5 < len(wanted) < 1000
    assert browser.ask("document.getElementById('said').textContent") == f"{len(wanted)} of 1,000 rows"
    assert browser.ask(TRIALS) == wanted[:25]


def test_a_brush_on_an_axis_keeps_the_trials_in_between_and_a_button_takes_it_away(browser, rows):
    browser.drag('[data-axis="accuracy"]', 0.0, 0.25)
    best = [row["metric"] for row in rows[0] if row["rank"]]
    limit = best[0] - 0.25 * (best[0] - best[-1])
    said = browser.ask("document.getElementById('said').textContent")
    assert abs(int(said.split()[0]) - sum(value >= limit for value in best)) <= 5  # a pixel is a few trials
    assert "brushed: accuracy" in said
    browser.click("#tools button")
    assert browser.ask("document.getElementById('parallel-said').textContent").startswith("The lines are of 300 of 980")
    assert browser.ask("document.getElementById('said').textContent") == "1,000 rows"


def test_the_limits_do_by_keyboard_what_brushes_do(browser, rows):
    browser.click("#parallel summary")
    browser.ask("document.querySelector('#limits input[aria-label=\"lr: to\"]').focus()")
    browser.type("0.001")
    browser.press("Enter", "Enter", 13)
    wanted = sum(row["params"]["lr"] <= 0.001 and row["rank"] is not None for row in rows[0])
    failed = sum(row["params"]["lr"] <= 0.001 and row["rank"] is None for row in rows[0])
    assert browser.ask("document.getElementById('said').textContent").startswith(f"{wanted + failed} of 1,000 rows")


def test_the_plots_have_the_numbers_of_the_sweep(browser, rows):
    ranked = [row for row in rows[0] if row["rank"]]
    end = "(([points, best]) => [points.y.length, best.y.at(-1)])(document.getElementById('progress-plot').data)"
    assert browser.ask(end) == [len(ranked), ranked[0]["metric"]]
    assert browser.ask("document.querySelectorAll('#curves-plot .scatterlayer .trace').length") == 100
    assert browser.ask("document.querySelector('[data-slice=lr]').data[0].x[0]") == ranked[0]["params"]["lr"]
    assert browser.ask("document.getElementById('importance-plot').ariaLabel").startswith("Importance: lr ")
    assert browser.ask("document.getElementById('heat-plot').data[0].z.flat().filter(Boolean).length") > 10


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_it_fits_a_desk_and_a_phone_in_light_and_dark(browser, tmp_path, scheme, width):
    browser.prefer(scheme)
    browser.resize(width, 844)
    browser.until(f"document.documentElement.scrollWidth === {width}")  # plots follow a moment later
    red, green, blue = browser.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (red + green + blue > 600) == (scheme == "light")
    browser.picture(tmp_path / "page.png", whole=False)
    assert (tmp_path / "page.png").stat().st_size > 20_000  # an empty page is 3,000


def test_a_full_grid_has_a_triangle_of_pairs_with_a_number_in_each_cell(chrome, tmp_path):
    rows = []
    for at, (a, b, c) in enumerate(product((1, 2, 3), ("x", EVIL), (0, 1))):
        params = {"lr": a, EVIL: b, "c": c}
        usual = {"state": "succeeded", "reason": "", "note": "", "std": None, "n": 1, "seconds": 1.0}
        rows.append(
            {"trial": f"t{at}", "params": params, "metric": float(a == 2) * (b == "x"), "started": at, "ended": at + 1}
            | usual
        )
    rows.sort(key=lambda row: -row["metric"])
    rows = [{**row, "rank": place} for place, row in enumerate(rows, 1)]
    chrome.console.clear()
    chrome.open(write(tmp_path / "grid.html", rows, []))
    chrome.until(DRAWN)
    shown = chrome.ask("[...document.querySelectorAll('#together-plot .heatmap-label')].map((one) => one.textContent)")
    assert len([text for text in shown if text.endswith(("%", "?"))]) == 3
    assert "null" not in shown
    assert chrome.ask("document.getElementById('together').hidden") is False
    assert chrome.console == []
    assert chrome.ask("window.evil ?? 0") == 0
