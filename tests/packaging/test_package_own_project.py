"""A project's own setup.py or pyproject.toml says what its package is, where the config lists no requirements."""

from __future__ import annotations

import zipfile

import pytest
from packing_lab import ENVIRON, KEY, TASK, content, own, why
from tiny_backend import TINY_BACKEND, tiny

from sweeper.errors import UserError
from sweeper.google.packaging.build import build
from sweeper.model import Trainer

SETUP = """
from setuptools import find_packages, setup
setup(name="My.Trainer", version="1.2.0rc1", packages=find_packages(), install_requires=["docopt", "gcsfs>=2024"],
      package_data={"trainer": ["*.txt"]}, description=open("README.md").read())
"""
MORE = {
    "setup.py": SETUP,
    "README.md": "words",
    "trainer/words.txt": "w",
    "trainer/other.bin": "o",
    "helper/__init__.py": "",
}


def test_the_projects_own_setup_makes_the_package(lab):
    package = lab.trainer(MORE).build(cloud_requires=("gcsfs",))
    assert own(package) == [
        "README.md",
        "helper/__init__.py",
        "trainer/__init__.py",
        "trainer/task.py",
        "trainer/words.txt",
    ]
    assert (package.name, package.version, package.filename) == ("My.Trainer", "1.2.0rc1", "my_trainer-1.2.0rc1.tar.gz")
    assert content(package, "setup.py").decode() == SETUP
    assert content(package, "PKG-INFO") == b"Metadata-Version: 2.1\nName: My.Trainer\nVersion: 1.2.0rc1\n"
    assert package.warnings == ()
    assert package.listing.made_by == "setup.py"
    assert why(package.listing)["trainer/other.bin"] == "not taken by setup.py"
    assert not (lab.root / "My.Trainer.egg-info").exists()


def test_what_the_setup_does_not_require_is_noted(lab):
    package = lab.trainer(MORE).build(cloud_requires=("GCSFS", "Google_Cloud.storage>=2"))
    assert "setup.py does not require Google_Cloud.storage>=2" in package.warnings[0]


def test_requirements_in_the_config_leave_the_own_setup_aside(lab):
    package = lab.trainer(MORE).build(requires=("docopt",))
    assert package.filename == "trainer-0.1.tar.gz"
    assert own(package) == ["trainer/__init__.py", "trainer/other.bin", "trainer/task.py", "trainer/words.txt"]


def test_a_setup_of_a_folder_further_up_is_not_the_trainers(tmp_path, lab):
    (tmp_path / "setup.py").write_text(SETUP)
    assert lab.trainer().build().listing.made_by == ""


def test_what_is_ignored_or_secret_is_hidden_from_the_own_setup(lab):
    look = "import os\nassert not {'.env', 'x.log', '.git', 'build'} & set(os.listdir('.')), os.listdir('.')\n"
    lab.trainer(
        {**MORE, "setup.py": look + SETUP, ".gitignore": "*.log", "x.log": "", ".env": "", ".git/x": "", "build/x": ""}
    )
    assert "trainer/task.py" in own(lab.build())


def test_a_key_that_the_own_setup_would_take_stops_it(lab):
    with pytest.raises(UserError, match=r"trainer/words.txt: this file looks like a private key"):
        lab.trainer({**MORE, "trainer/words.txt": KEY.format("", "")}).build()


def test_a_key_that_the_own_setup_does_not_take_stops_nothing(lab):
    assert lab.trainer({**MORE, "tests/data/some.txt": KEY.format("", "")}).build()


def test_a_pyproject_with_a_backend_in_its_tree_needs_no_network(lab):
    package = lab.trainer(tiny()).build()
    assert (package.filename, package.listing.made_by) == ("own-3.0.tar.gz", "pyproject.toml")
    assert "tools/tiny.py" in own(package)
    assert b"Summary" not in content(package, "PKG-INFO")


def test_a_pyproject_of_setuptools_makes_the_package(lab):
    text = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    text += '[project]\nname = "own"\nversion = "2"\n[tool.setuptools]\npackages = ["trainer"]\n'
    package = lab.trainer({"pyproject.toml": text}).build()
    assert package.filename == "own-2.tar.gz"
    assert "trainer/task.py" in own(package)


def test_a_pyproject_with_other_tools_settings_alone_is_no_project(lab):
    package = lab.trainer({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}).build()
    assert package.listing.made_by == ""


def test_a_single_module_of_a_project_is_packed_by_it(lab):
    lab.write(
        {
            "toy.py": TASK,
            "setup.py": "from setuptools import setup\nsetup(name='toys', py_modules=['toy'], version='4')",
        }
    )
    assert lab.build("toy").filename == "toys-4.tar.gz"


def test_a_backend_that_is_not_installed_is_installed_for_the_build_alone(lab, tmp_path):
    wheel = tmp_path / "wheels" / "tinybackend-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tinybackend.py", TINY_BACKEND)
        file.writestr("tinybackend-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinybackend\nVersion: 1.0\n")
        file.writestr(
            "tinybackend-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr("tinybackend-1.0.dist-info/RECORD", "")
    lab.trainer({"pyproject.toml": '[build-system]\nrequires = ["tinybackend>=1"]\nbuild-backend = "tinybackend"\n'})
    environ = {**ENVIRON, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)}
    package = build(Trainer("trainer.task"), source=lab.source("trainer.task"), cwd=lab.root, environ=environ)
    assert package.filename == "own-3.0.tar.gz"


def test_a_backend_that_cannot_be_had_is_told(lab):
    lab.trainer({"pyproject.toml": '[build-system]\nrequires = ["no-such-backend"]\nbuild-backend = "x"\n'})
    with pytest.raises(UserError) as caught:
        build(
            Trainer("trainer.task"),
            source=lab.source("trainer.task"),
            cwd=lab.root,
            environ={**ENVIRON, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""},
        )
    assert "pyproject.toml: needs no-such-backend to build: pip could not install" in str(caught.value)


def test_a_setup_that_fails_is_told_with_its_last_lines_and_no_secrets(lab):
    lab.trainer({"setup.py": "import os, sys\nprint(dict(os.environ))\nsys.exit('cannot find token hunter2hunter2')\n"})
    environ = {**ENVIRON, "MY_TOKEN": "hunter2hunter2", "HARMLESS": "not-passed-on"}
    with pytest.raises(UserError) as caught:
        build(Trainer("trainer.task"), source=lab.source("trainer.task"), cwd=lab.root, environ=environ)
    said = str(caught.value)
    assert "setup.py: cannot be built into a source distribution" in said
    assert "cannot find token [hidden]" in said
    assert "trainer.requires" in said
    assert "hunter2" not in said
    assert "not-passed-on" not in said


def test_a_project_that_does_not_take_the_trainer_is_told(lab):
    lab.trainer(
        {"setup.py": "from setuptools import setup\nsetup(name='x', packages=['helper'])", "helper/__init__.py": ""}
    )
    with pytest.raises(
        UserError, match=r"trainer/task.py would not be in its package: not taken by setup.py"
    ) as caught:
        lab.build()
    assert "trainer.requires" in str(caught.value)


BROKEN = ["[build-system", "[build-system]\nrequires = [1]\n", "[build-system]\nbuild-backend = 3\n"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_pyproject_that_cannot_be_read_is_told(lab, text):
    with pytest.raises(UserError, match=r"pyproject.toml"):
        lab.trainer({"pyproject.toml": text}).build()


LINKED = """
def build_sdist(folder, config_settings=None):
    with tarfile.open(os.path.join(folder, "own-3.0.tar.gz"), "w:gz") as tar:
        member = tarfile.TarInfo("own-3.0/{path}")
        member.type, member.linkname = tarfile.{kind}, "/etc/passwd"
        tar.addfile(member)
    return "own-3.0.tar.gz"
"""


@pytest.mark.parametrize(("path", "kind"), [("x", "SYMTYPE"), ("x", "LNKTYPE"), ("../../x", "REGTYPE")])
def test_an_archive_of_a_backend_that_leads_elsewhere_is_refused(lab, path, kind):
    with pytest.raises(UserError, match="made an archive that cannot be used"):
        lab.trainer(tiny(more=LINKED.format(path=path, kind=kind))).build()
