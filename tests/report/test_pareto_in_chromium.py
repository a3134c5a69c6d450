"""The plot of a Pareto front, in a real browser."""

from __future__ import annotations

import pytest
from browser import Browser, chromium
from test_page_model import BOTH, TWO, row

from sweeper.model import Metric
from sweeper.results.report.assets import assets
from sweeper.results.report.html import html
from sweeper.results.report.model import Facts, page

pytest.importorskip("plotly", reason="sweeper[report] is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def shown(chrome, tmp_path):
    def show(rows, metric):
        file = tmp_path / "page.html"
        file.write_text(html(page(Facts("s", metric), rows), assets()), encoding="utf-8")
        chrome.console.clear()
        chrome.open(file)
        chrome.until("document.documentElement?.dataset.drawn")
        return chrome

    return show


def test_the_front_is_a_line_and_what_breaks_a_condition_is_crosses(shown):
    browser = shown(TWO, BOTH)
    traces = browser.ask("document.getElementById('pareto-plot').data.map((one) => [one.name, one.x, one.y])")
    assert traces == [
        ["dominated", [0.8], [40]],
        ["breaks a condition", [0.95], [5]],
        ["Pareto front", [0.7, 0.9], [10, 30]],
    ]
    label = browser.ask("document.getElementById('pareto-plot').ariaLabel")
    assert label == "size by accuracy: 2 trials on the Pareto front, 1 others, 1 that break a condition"
    heads = browser.ask(
        "[...document.querySelectorAll('#table th')].map((th) => th.textContent.replace(/[^a-z]/g, ''))"
    )
    assert {"accuracy", "size", "loss", "pareto"} <= set(heads)
    assert browser.console == []


def test_with_one_objective_there_is_no_such_plot(shown):
    browser = shown([row(1, 0.5), row(2, 0.4)], Metric())
    assert browser.ask("document.getElementById('pareto').hidden")
    assert browser.ask("document.querySelector('nav a[href=\"#pareto\"]').hidden")
    assert browser.console == []
