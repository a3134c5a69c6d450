"""Runs docs/notebook.ipynb and keeps what its cells print; with --check, only compares.

The cells run in order in one fresh interpreter and an empty folder, as Jupyter would run them: the last expression of a
cell is shown. No Jupyter is needed.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parent / "notebook.ipynb"
Cell = dict[str, Any]


def main(args: list[str]) -> int:
    """0 where the outputs are what the cells print, or were made so; 1 where --check found another."""
    if args == ["--cells"]:
        print(json.dumps(_run(json.load(sys.stdin))))
        return 0
    before = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = _in_a_process(before["cells"])
    wrong = [now for now, was in zip(cells, before["cells"], strict=True) if _texts(now) != _texts(was)]
    if "--check" not in args:
        text = json.dumps({**before, "cells": cells}, indent=1, ensure_ascii=False)
        NOTEBOOK.write_text(f"{text}\n", encoding="utf-8")
        return 0
    for cell in wrong:
        print(f"notebook.ipynb is out of date: run make docs\n{_source(cell)}\nprints\n{_texts(cell)}")
    return 1 if wrong else 0


def _in_a_process(cells: list[Cell]) -> list[Cell]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--cells"],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("SWEEPER")},
            input=json.dumps(cells),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: list[Cell] = json.loads(done.stdout)
    return found


def _run(cells: list[Cell]) -> list[Cell]:
    names: dict[str, Any] = {"__name__": "__main__"}
    sys.path.insert(0, "")
    count, found = 0, []
    for cell in cells:
        if cell["cell_type"] == "code":
            count += 1
            cell = {**cell, "execution_count": count, "outputs": _outputs(_source(cell), names, count)}
        found.append(cell)
    return found


def _outputs(source: str, names: dict[str, Any], count: int) -> list[Cell]:
    *body, last = ast.parse(source).body or [ast.Pass()]
    said, value = io.StringIO(), None
    with contextlib.redirect_stdout(said):
        exec(compile(ast.Module(body, []), f"cell {count}", "exec"), names)
        if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
            value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names)
        else:
            exec(compile(ast.Module([last], []), f"cell {count}", "exec"), names)
    outputs: list[Cell] = []
    if said.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": _lines(said.getvalue())})
    if value is not None:
        data = {"text/plain": _lines(repr(value))}
        if hasattr(value, "_repr_html_") and (html := value._repr_html_()):
            data["text/html"] = _lines(html)
        outputs.append({"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}})
    return outputs


def _source(cell: Cell) -> str:
    return "".join(cell["source"])


def _texts(cell: Cell) -> list[str]:
    """What a person sees of it as text; how a table is drawn as HTML is pandas's own business."""
    return ["".join(one.get("text") or one["data"]["text/plain"]) for one in cell.get("outputs", [])]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
