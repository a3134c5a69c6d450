"""What the repository promises as a whole: metadata listed once, small files, licence, changelog, decisions, links."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
from pathlib import Path

import pytest
import yaml

import sweeper

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LONGEST_FILE = 300


def _setup_value(name: str) -> list[str]:
    for node in ast.parse((ROOT / "setup.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"setup.py does not set {name}")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_a_config_of_the_bundled_trainer_requires_what_the_extra_lists(path):
    trainer = yaml.safe_load(path.read_text())["trainer"]
    if isinstance(trainer, dict) and trainer["module"].startswith("trainer."):
        assert trainer.get("requires") == _setup_value("TRAINER")
    else:
        assert trainer != "trainer.task", "the short form does not say what the trainer requires"


def test_the_tools_that_checks_depend_on_are_pinned():
    assert [one for one in _setup_value("DEV") if "==" not in one] == []


def test_the_installed_version_is_the_one_in_the_source_and_in_the_changelog():
    assert importlib.metadata.version("sweeper") == sweeper.__version__
    assert re.search(rf"^## {re.escape(sweeper.__version__)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_no_file_is_too_long_to_read():
    files = [*(ROOT / "sweeper").rglob("*.py"), *(ROOT / "trainer").rglob("*.py")]
    assert [str(f.relative_to(ROOT)) for f in files if len(f.read_text().splitlines()) > LONGEST_FILE] == []


def test_every_module_says_in_its_first_line_what_it_is():
    files = [*(ROOT / "sweeper").rglob("*.py"), *(ROOT / "trainer").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    assert [str(f.relative_to(ROOT)) for f in files if not ast.get_docstring(ast.parse(f.read_text()))] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_context_decision_consequence_and_when_to_undo_it(path):
    parts = re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", path.read_text(), re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequence", "Undo when"]


def test_decisions_are_numbered_without_gaps_and_all_are_in_the_index():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [path.name for path in DECISIONS if path.name not in index] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_page_of_the_docs_can_be_reached_from_the_index():
    reached, pending = set(), [ROOT / "docs" / "README.md"]
    while pending:
        page = pending.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        pending += [(page.parent / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())]
    assert [str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if page not in reached] == []


def test_what_the_ci_calls_is_executable_and_calls_make_check():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "make check" in (ROOT / ".ci" / "run").read_text()
