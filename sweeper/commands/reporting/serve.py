"""``sweeper report --serve``: the page of a sweep at a local address, drawn anew where the ledger has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sweeper.backends.protocol import Barred
from sweeper.commands.reporting.page import Reader
from sweeper.commands.reporting.server import Answer, port_of, serving
from sweeper.commands.shared import chosen, existing
from sweeper.commands.status import look
from sweeper.driver.refresh import Kept
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.report.assets import assets
from sweeper.results.report.html import as_data, html, policy
from sweeper.surroundings import Surroundings

PORT = 8766
SOONEST, SHARE = 0.5, 4.0
"""Seconds between two looks at the least, and how many times longer it rests than a look took."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Listen, say where, answer until ^C; the sweep goes on as if nobody had looked."""
    port = port_of(parsed, PORT)
    with existing(here) as ledger, Kept() as kept:
        row = chosen(ledger, parsed["<sweep>"], here)
        page = Page(ledger, row, here, kept)
        with suppress(KeyboardInterrupt), serving(port) as server:
            if parsed["--json"]:
                here.show(json.dumps({"sweep": row.id, "url": server.url}))
            here.say(f"{row.id} at {server.url}\n  it follows the sweep and changes nothing; ^C ends it")
            server.answer(page.answer)
    return 0


class Page:
    """The newest page; however many ask, it is made once for each state of the ledger."""

    def __init__(self, ledger: Ledger, row: SweepRow, here: Surroundings, kept: Kept) -> None:
        self._ledger = ledger
        self._row = row
        self._here = here
        self._kept: Kept | None = kept
        self._parts = assets(live=True)
        self._reader = Reader(ledger, here)
        self._revision: tuple[int, int] | None = None
        self._model: dict[str, Any] = {}
        self._found: dict[str, Answer] = {}
        self._rests_until = 0.0
        self.made = 0
        """How many times it was read from the ledger."""

    def answer(self, path: str) -> Answer | None:
        """What is at a path; None where nothing is."""
        if path not in ("/", "/data"):
            return None
        began = time.monotonic()
        if began >= self._rests_until:
            self._renew()
            ended = time.monotonic()
            self._rests_until = ended + max(SOONEST, SHARE * (ended - began))
        if path == "/" and path not in self._found:
            text = html(self._model, self._parts, tag=self._found["/data"].tag)
            headers = {"Content-Security-Policy": f"{policy(self._parts)}; frame-ancestors 'none'"}
            self._found[path] = Answer(text.encode("utf-8"), "text/html; charset=utf-8", headers=headers)
        return self._found[path]

    def _renew(self) -> None:
        self._look()
        revision = self._ledger.revision()
        if revision == self._revision:
            return
        self._row = self._ledger.sweep(self._row.id) or self._row
        self._model = self._reader.model(self._row)
        self._revision = revision
        self.made += 1
        data = as_data(self._model).encode("utf-8")
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        self._found = {"/data": Answer(data, "application/json", tag=tag)}

    def _look(self) -> None:
        """Where no launch runs, see what became of the trials; as long as the backend may be asked."""
        if self._kept is None:
            return
        try:
            look(self._ledger, self._row, self._here, kept=self._kept)
        except Barred as error:
            self._here.say(f"what follows is as it was last seen: {error}")
            self._kept = None
