from __future__ import annotations

import pytest

from tests.google.google_lab import google_at, scripted


@pytest.fixture
def server():
    with scripted() as found:
        yield found


@pytest.fixture
def google(server):
    found = google_at(server.url)
    yield found
    found.close()
