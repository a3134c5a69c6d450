"""The text of a page: data stays data, and nothing can be loaded."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from sweeper.model import Metric
from sweeper.results.report.assets import Assets, assets
from sweeper.results.report.html import as_data, html
from sweeper.results.report.model import Facts, page

EVIL = "</script><script>alert(1)</script><!-- & \u2028\u2029"


def test_data_cannot_end_its_element_and_reads_as_it_was():
    text = as_data({EVIL: [EVIL, float("nan"), float("inf")]})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == {EVIL: [EVIL, None, None]}


def test_the_name_of_a_sweep_is_text_in_the_title():
    text = html(page(Facts(EVIL, Metric(name=EVIL)), []), Assets("", ("one",)))
    assert re.findall(r"<script[^>]*>", text) == ['<script type="application/json" id="data">', "<script>"]
    assert "<title>&lt;/script&gt;" in text


def test_the_policy_lets_no_network_and_only_these_scripts():
    text = html(page(Facts("s", Metric()), []), Assets("", ("one", "two")))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    hashes = [base64.b64encode(hashlib.sha256(code).digest()).decode() for code in (b"one", b"two")]
    assert policy.startswith(f"default-src 'none'; script-src 'sha256-{hashes[0]}' 'sha256-{hashes[1]}';")
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"\son\w+=", text)


def test_no_script_of_ours_or_of_the_library_ends_its_own_element():
    pytest.importorskip("plotly", reason="sweeper[report] is not installed")
    found = assets()
    assert not [one[:60] for one in found.scripts if re.search(r"</script|<!--", one, re.IGNORECASE)]
    assert "\r" not in "".join(found.scripts)  # a browser would read another text than was hashed
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", "".join(found.scripts[:-1]))
    assert "url(" not in found.style
