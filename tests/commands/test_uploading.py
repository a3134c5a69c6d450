"""The bar of an upload, and where it is drawn."""

from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.commands.launching.uploading import bar, shown_on
from sweeper.surroundings import Surroundings

BARS = [
    ((0, 27_000_000), "a.tar.gz [------------------------------]   0% of 27.0 MB"),
    ((13_500_000, 27_000_000), "a.tar.gz [###############---------------]  50% of 27.0 MB"),
    ((27_000_000, 27_000_000), "a.tar.gz [##############################] 100% of 27.0 MB"),
    ((0, 0), "a.tar.gz [##############################] 100% of 0.0 kB"),
]


@pytest.mark.parametrize(("progress", "drawn"), BARS)
def test_the_bar_shows_how_far_it_is(progress, drawn):
    assert bar("a.tar.gz", *progress) == drawn


@pytest.mark.parametrize("lively", [True, False])
def test_the_bar_is_for_terminals_and_the_beginning_is_said_everywhere(lively):
    said, drawn = [], []

    class Line:
        def say(self, text):
            drawn.append(text)

    here = Surroundings(Path(), {}, Path(), "python", said.append, print)
    show = shown_on(Line(), replace(here, lively=lively))
    show("gs://b/packages/a.tar.gz", 0, 20_000_000)
    show("gs://b/packages/a.tar.gz", 10_000_000, 20_000_000)
    assert said == ["uploading a.tar.gz (20.0 MB) to gs://b/packages/a.tar.gz"]
    assert len(drawn) == lively
