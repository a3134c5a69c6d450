"""A table of points: CSV or TSV with the parameters' names in its first line."""

from __future__ import annotations

import csv
import io
import re

from sweeper.config.nodes import Mark, Node
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.expand import as_list
from sweeper.formats.options import spelt
from sweeper.model import Value

TITLE = "a table"
_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


def is_mine(file: str, text: str, root: Node | None) -> bool:
    """By its name's ending."""
    return file.lower().endswith((".csv", ".tsv"))


def read(text: str, draft: Draft) -> None:
    """Each row is a point; an empty cell leaves the parameter out."""
    head = text.removeprefix("\ufeff").partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    points: list[dict[str, Value]] = []
    names: list[str] = []
    told: set[str] = set()
    try:
        for row in reader:
            mark = Mark(reader.line_num, 1)
            if not names:
                names = _names(row, mark, draft)
            elif any(cell.strip() for cell in row):
                if len(row) != len(names):
                    draft.wrong(mark, "", f"expected {len(names)} cells, one for each name, got {len(row)}")
                if delimiter != ",":
                    _decimal_commas(names, row, mark, draft, told)
                points.append(
                    {name: spelt(cell.strip()) for name, cell in zip(names, row, strict=False) if cell.strip()}
                )
    except csv.Error as error:
        draft.wrong(Mark(reader.line_num, 1), "", f"not a table: {error}")
    if not points and not draft.report:
        draft.wrong(Mark(1, 1), "", "the table has no rows: there is nothing to run")
    draft.notes.append("a table names no program and no metric: trainer.task and accuracy are guesses")
    as_list(draft, Mark(2, 1), "the table", points, once_anyway=False)


def _decimal_commas(names: list[str], row: list[str], mark: Mark, draft: Draft, told: set[str]) -> None:
    """Numbers as spreadsheets of half the world write them; told once for each column."""
    for name, cell in zip(names, row, strict=False):
        if _COMMA.fullmatch(cell.strip()) and name not in told:
            told.add(name)
            point = cell.strip().replace(",", ".")
            draft.warn(mark, name, f"{cell.strip()} has a decimal comma: it is passed as text; a number is {point}")


def _names(row: list[str], mark: Mark, draft: Draft) -> list[str]:
    names = [cell.strip() for cell in row]
    for name in names:
        if not name:
            draft.wrong(mark, "", "a column has no name")
        elif names.count(name) > 1:
            draft.wrong(mark, name, "two columns have this name")
    return names
