"""The page of a sweep that runs, in a real browser: what is new appears, and what the reader has set stays."""

from __future__ import annotations

import json

import pytest
from browser import Browser, chromium

from tests.commands.command_lab import Lab, interrupt, until

pytest.importorskip("plotly", reason="sweeper[report] is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]
ROWS = "[...document.querySelectorAll('tbody tr[data-row]')].map((row) => row.cells[2].textContent)"
SAID = "document.getElementById('said').textContent"


@pytest.fixture
def lab(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SWEEPER_HOME", raising=False)
    made = Lab(tmp_path, capsys)
    yield made
    made.leave()


@pytest.fixture
def browser(tmp_path):
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()


def test_what_ends_appears_and_what_the_reader_has_set_stays(lab, browser, tmp_path):
    lab.config(x="[1, 2, 3, 4, 5, 6]", mode="[fine, wait]", more="limits: {parallel: 12}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 12, "the start of all")
    until(lambda: lab.states().get("succeeded") == 6, "the end of half of them")
    served = lab.start("report", "toy", "--serve", "--port=0", "--json")
    url = json.loads(served.stdout.readline())["url"]
    browser.send("Page.navigate", url=url)
    browser.until("document.documentElement?.dataset.drawn")
    assert browser.ask(SAID) == "12 rows"

    number = browser.ask("[...document.querySelectorAll('th')].findIndex((th) => th.textContent.startsWith('x')) + 1")
    browser.click(f"th:nth-child({number}) button")
    browser.click(f"th:nth-child({number}) button")  # the largest first
    browser.click("#filter")
    browser.type("x>2")
    browser.click("#table tbody tr[data-row] button")
    opened = browser.ask("document.querySelector('tr.detail pre').textContent")
    browser.ask("document.getElementById('filter').focus()")
    browser.ask("scrollTo(0, 120)")
    before = browser.ask("[scrollY, document.documentElement.dataset.tag ?? '']")

    (lab.folder / "go").touch()
    assert lab.end(launch).code == 0
    browser.until("[...document.querySelectorAll('.tile')].some((one) => one.textContent === 'succeeded12')")
    assert browser.ask("document.documentElement.dataset.tag") not in ("", before[1])
    assert browser.ask("scrollY") == before[0]
    assert browser.ask(SAID) == "8 of 12 rows"
    assert browser.ask("document.activeElement.id") == "filter"
    assert browser.ask("document.getElementById('filter').value") == "x>2"
    assert browser.ask(f"document.querySelector('th:nth-child({number})').ariaSort") == "descending"
    assert browser.ask("document.querySelector('tr.detail pre').textContent") == opened
    assert browser.ask("document.querySelectorAll('tr.detail').length") == 1
    assert browser.ask("document.getElementById('live').textContent").startswith("Live, changed at ")
    browser.until("document.getElementById('progress-plot').data?.[0].x.length === 12")
    browser.picture(tmp_path / "live.png", whole=False)

    interrupt(served)
    assert lab.end(served).code == 0
    browser.until("document.getElementById('live').textContent.startsWith('Not live any more')")
    asked = {one for one in browser.requests if not one.startswith(("about:", "data:"))}
    assert asked == {url, f"{url}data"}
    assert [one for one in browser.console if "ERR_CONNECTION_REFUSED" not in json.dumps(one)] == []


def test_a_brush_and_its_limits_stay_where_they_were_as_the_axis_grows(lab, browser):
    lab.config(x="[1, 2, 3, 40]", mode="odd", more="limits: {parallel: 4}\n")
    lab.run("launch", "sweep.yaml")
    served = lab.start("report", "toy", "--serve", "--port=0", "--json")
    browser.send("Page.navigate", url=json.loads(served.stdout.readline())["url"])
    browser.until("document.documentElement?.dataset.drawn")
    browser.click("#parallel summary")
    browser.ask("document.querySelector('#limits input[aria-label=\"x: to\"]').focus()")
    browser.type("10")
    browser.press("Enter", "Enter", 13)
    browser.ask("document.activeElement.blur()")
    assert browser.ask(SAID).startswith("3 of 4 rows (brushed: x ")
    lab.config(x="[1, 2, 3, 40, 8, 80]", mode="odd", more="limits: {parallel: 4}\n")
    lab.run("launch", "sweep.yaml")
    browser.until(f"{SAID}.startsWith('4 of 6 rows (brushed: x ')")
    assert browser.ask("document.querySelector('#limits input[aria-label=\"x: to\"]').value") == "10"
    assert browser.console == []
