"""Every command line, config and session of the docs is one that works: parsed, validated, or followed as written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest
from test_docs import _env, _follow

from sweeper import cli
from sweeper.config.jsonschema import json_schema

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = re.compile(r"<!-- generated.*?<!-- end -->", re.DOTALL)
VERBS = "|".join(cli.COMMANDS)
WHOLE = re.compile(rf"^ *(?:\$ |eval \"\$\()?(sweeper (?:{VERBS})\b.*)$", re.MULTILINE)
NAMED = re.compile(rf"`(sweeper (?:{VERBS})\b[^`]*)`")


def written(page, pattern):
    """What the pattern finds in a page, without what is generated and what only shows how a verb is used."""
    text = GENERATED.sub("", page.read_text(encoding="utf-8"))
    for line in pattern.findall(text):
        line = re.sub(r"<(\w+)>", r"\1", line)
        if "[" not in line and "  {" not in line and "..." not in line:
            yield line


def words(line):
    """Of the first command on a line, as a shell parts them."""
    parts = shlex.shlex(line.replace(')"', " "), posix=True, punctuation_chars=";|&>")
    parts.whitespace_split, parts.commenters = True, "#"
    return list(takewhile(lambda word: word[0] not in ";|&>", parts))


def command_lines(page):
    """Lines of a terminal, and of indented blocks. A sentence that goes on with the name of a verb is none."""
    for block in re.findall(
        r"^```(?:console|sh)\n.*?^```|^(?:    .*\n)+", GENERATED.sub("", page.read_text()), re.DOTALL | re.MULTILINE
    ):
        for line in WHOLE.findall(block):
            if "..." not in line and "  {" not in line:
                yield line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_that_is_shown_can_be_typed(page):
    for line in command_lines(page):
        cli.parse(words(re.sub(r"<(\w+)>", r"\1", line))[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_named_has_the_options_that_it_is_named_with(page):
    for line in written(page, NAMED):
        verb, options = words(line)[1], [word.partition("=")[0] for word in words(line) if word.startswith("--")]
        known = cli.usage_of(verb)
        assert [
            option for option in options if not re.search(rf"{option}\b(?!-)", known) and option != "--words"
        ] == [], line


def test_there_are_many_of_them():
    assert sum(len(list(command_lines(page))) for page in PAGES) > 50
    assert sum(len(list(written(page, NAMED))) for page in PAGES) > 70


def configs(page):
    """The keys of each block of YAML, one by one: a page may show several ways to write one."""
    for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        for part in re.split(r"^(?=[a-z_]+:)", block, flags=re.MULTILINE):
            if re.match(r"[a-z_]+:", part):
                yield part


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_piece_of_a_config_that_is_shown_is_valid(page):
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    schema = {name: value for name, value in json_schema().items() if name != "required"}
    for part in configs(page):
        tree = yaml.safe_load(re.sub(r"\b(\d+)e-", r"\1.0e-", part))
        jsonschema.Draft7Validator(schema).validate(tree)


BIG = '''"""
Usage: big.py --batch_size=<n> --depth=<n> --optimizer=<name> [--job-dir=<dir>]

Options:
  --batch_size=<n>    Rows at a time.
  --depth=<n>         Layers.
  --optimizer=<name>  adam or lamb.
"""
import json, os, signal
from docopt import docopt

args = docopt(__doc__)
if int(args["--batch_size"]) == 4096:
    if args["--optimizer"] == "lamb":
        os.kill(os.getpid(), signal.SIGKILL)
    raise MemoryError("cannot allocate 4096 rows")
with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
    print(json.dumps({"accuracy": 0.31}), file=out)
'''
BIG_CONFIG = """name: big
trainer: big
parameters:
  batch_size: [32, 512, 4096]
  depth: [1, 2, 3]
  optimizer: [adam, lamb]
"""


@pytest.mark.slow
@pytest.mark.parametrize("page", ["early-stopping", "smoke-run"])
def test_a_session_of_a_how_to_can_be_followed_as_written(page, tmp_path):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "big.py").write_text(BIG)
    (tmp_path / "configs" / "big.yaml").write_text(BIG_CONFIG)
    _follow((ROOT / "docs" / "how-to" / f"{page}.md").read_text(), tmp_path)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_installs_a_completion_does(tmp_path, shell):
    page = (ROOT / "docs" / "how-to" / "shell-and-editor.md").read_text()
    (block,) = [one for one in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if f"completion {shell} >" in one]
    lines = "\n".join(line for line in block.splitlines() if not line.startswith("fpath"))
    subprocess.run(["bash", "-ec", lines], env={**_env(), "HOME": str(tmp_path)}, cwd=tmp_path, check=True)
    (made,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert f"Completion of sweeper for {shell}" in made.read_text()
    if shutil.which(shell):
        subprocess.run([shell, "-n", made], check=True, env=dict(os.environ))


STARTS = [
    line
    for page in PAGES
    for line in command_lines(page)
    if words(line)[1:3] == ["emulator", "start"] and len(words(line)) > 3
]


@pytest.mark.slow
@pytest.mark.parametrize("line", STARTS)
def test_the_emulator_starts_as_the_docs_start_it(line, tmp_path):
    argv = [*words(line), "--port=0"]
    with subprocess.Popen(argv, cwd=tmp_path, env=_env(), stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout.readline().startswith("listening on http://127.0.0.1:")
        finally:
            started.send_signal(signal.SIGINT)
            assert started.wait(60) == 0
