"""A package is proven before it costs money: installed into a clean environment and asked for help."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest
import yaml
from packing_lab import ENVIRON, TASK, USAGE
from test_package_contents import HOSTILE
from tiny_backend import tiny

from sweeper.errors import UserError
from sweeper.google.packaging.build import build
from sweeper.google.packaging.environments import make
from sweeper.google.packaging.verify import verify
from sweeper.model import Trainer

ROOT = Path(__file__).parents[2]
OFFLINE = {**ENVIRON, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}


class Prover:
    """Proves a trainer of a project that builds itself, so that no index is asked."""

    def __init__(self, lab, cache):
        self.lab, self.cache, self.said = lab, cache, []

    def __call__(self, task, *, more="", environ=OFFLINE, python=sys.executable, **about):
        self.lab.trainer({**tiny(more=more), "trainer/task.py": task})
        limits = {name: about.pop(name) for name in ("installing", "answering") if name in about}
        trainer = Trainer("trainer.task", **about)
        package = build(trainer, source=self.lab.source("trainer.task"), cwd=self.lab.root, environ=environ)
        options = {"python": python, "cache": self.cache, "environ": environ, "say": self.said.append, **limits}
        verify(package, trainer, **options)
        return package

    def fails(self, *args, **options):
        with pytest.raises(UserError) as caught:
            self(*args, **options)
        assert not self.cache.exists()
        return str(caught.value)


@pytest.fixture
def prove(lab, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield Prover(lab, tmp_path / "home" / "verified")
    assert list(scratch.iterdir()) == []  # nothing is left behind, whatever became of it


def test_a_good_package_is_proven_once_for_each_digest(prove):
    package = prove(TASK)
    (line,) = prove.said
    assert package.filename in line
    assert "--no-verify" in line
    (file,) = prove.cache.iterdir()
    assert file.name.startswith(package.digest)
    assert json.loads(file.read_text())["digest"] == package.digest
    prove(TASK)
    assert len(prove.said) == 1


def test_the_checkout_is_not_what_is_asked(prove):
    said = prove.fails("import helper\n" + TASK, env={"PYTHONPATH": str(prove.lab.write({"helper.py": ""}).root)})
    assert "the package installs, but python -m trainer.task --help failed (exit code 1)" in said
    assert "No module named 'helper'" in said
    assert "list what brings 'helper' in trainer.requires" in said


def test_a_module_of_its_own_that_stayed_out_is_told_as_such(prove):
    prove.lab.write({".gitignore": "net.py\n", "trainer/net.py": ""})
    said = prove.fails("import trainer.net\n" + TASK)
    assert "trainer.net is not in the package: `sweeper plan --files` says" in said


def test_a_trainer_that_refuses_help_but_shows_its_usage_has_answered(prove):
    prove(USAGE + "import sys\nsys.exit(__doc__)\n")


def test_a_trainer_without_a_usage_is_only_looked_for(prove):
    package = prove("raise SystemExit('not to be run')\n", usage="none")
    gone = Trainer("trainer.gone", usage="none")
    with pytest.raises(UserError, match=r"finding the module trainer\.gone failed \(exit code 1\)"):
        verify(package, gone, python=sys.executable, cache=prove.cache, environ=OFFLINE, say=prove.said.append)
    assert len(list(prove.cache.iterdir())) == 1


def test_a_trainer_that_hangs_is_ended(prove):
    said = prove.fails("import time\nwhile True: time.sleep(60)\n", answering=0.5)
    assert "--help took longer than 0.5 s" in said


def test_a_requirement_that_cannot_be_had_is_told_with_pips_last_lines(prove):
    said = prove.fails(TASK, more="REQUIRES = ('no-such-thing-at-all',)\n")
    assert "pip cannot install the package (exit code 1)" in said
    assert "no-such-thing-at-all" in said
    assert "check trainer.requires; --no-verify" in said


def test_an_index_that_cannot_be_reached_is_told_without_its_password(prove):
    index = "http://me:hunter2hunter2@127.0.0.1:9/simple"
    environ = {
        **ENVIRON,
        "PIP_INDEX_URL": index,
        "PIP_RETRIES": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
    }
    said = prove.fails(TASK, more="REQUIRES = ('no-such-thing-at-all',)\n", environ=environ)
    assert "pip could not reach the package index" in said
    assert "hunter2" not in said


def test_secrets_of_the_environment_are_neither_passed_on_nor_shown(prove):
    task = "import os\nprint(sorted(os.environ.items()))\nraise ValueError('it is ' + os.environ['API_KEY'])\n"
    environ = {**OFFLINE, "AWS_SECRET_ACCESS_KEY": "hunter2hunter2", "GH_PLAIN": "also-not-passed"}
    said = prove.fails(task, environ=environ, env={"API_KEY": "hunter3hunter3"})
    assert "ValueError: it is [hidden]" in said
    assert "hunter" not in said
    assert "also-not-passed" not in said


def test_an_interpreter_that_is_none_is_told(prove):
    assert "/bin/false cannot make a virtual environment" in prove.fails(TASK, python="/bin/false")


def test_a_generated_package_installs_as_pip_installs_it(lab, tmp_path):
    check = "import trainer.deep.net, os, sys; print(sorted(os.listdir(os.path.dirname(trainer.__file__))))"
    lab.trainer(
        {"trainer/deep/net.py": "", "trainer/deep/words.txt": "", **{f"trainer/{name}": "" for name in HOSTILE}}
    )
    package = lab.build()
    environment = make(tmp_path / "venv", python=sys.executable, environ=ENVIRON)
    (tmp_path / package.filename).write_bytes(package.data)
    done = environment.install(str(tmp_path / package.filename))
    assert done.code == 0, done.output
    found = environment.run(["-c", check], cwd=tmp_path, more={}, patience=60)
    assert found.output.strip() == str(sorted([*HOSTILE, "__init__.py", "deep", "task.py"]))


@pytest.mark.slow
def test_the_bundled_trainer_starts_in_an_environment_with_its_requirements_alone(tmp_path):
    settings = yaml.safe_load((ROOT / "configs" / "grid.yaml").read_text())["trainer"]
    trainer = Trainer(settings["module"], requires=tuple(settings["requires"]))
    package = build(trainer, source=ROOT / "trainer" / "task.py", cwd=ROOT, environ=ENVIRON)
    verify(package, trainer, python=sys.executable, cache=tmp_path, environ=ENVIRON, say=print)
    assert len(list(tmp_path.iterdir())) == 1
