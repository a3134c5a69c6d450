"""What a generated package holds: the trainer's own package or module, whole, and nothing else."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
import yaml
from packing_lab import ENVIRON, TASK, content, members, own, why

from sweeper.errors import UserError
from sweeper.google.packaging.build import build
from sweeper.model import Trainer

ROOT = Path(__file__).parents[2]


def _setup(package):
    """The keywords of the generated setup()."""
    call = ast.parse(content(package, "setup.py")).body[-1].value
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


def test_sub_packages_and_data_go_in_and_the_rest_of_the_project_does_not(lab):
    lab.trainer(
        {
            "trainer/deep/__init__.py": "",
            "trainer/deep/er/net.py": "",
            "trainer/data/words.txt": "a",
            "trainer/deep/er/weights.bin": b"\0",
            "trainer/not-a-package/tool.py": "",
            "other/__init__.py": "",
            "notes.md": "",
            "setup.py": "raise SystemExit('not mine')",
        }
    )
    package = lab.build(requires=("numpy",))
    assert own(package) == [
        "trainer/__init__.py",
        "trainer/data/words.txt",
        "trainer/deep/__init__.py",
        "trainer/deep/er/net.py",
        "trainer/deep/er/weights.bin",
        "trainer/not-a-package/tool.py",
        "trainer/task.py",
    ]
    setup = _setup(package)
    assert setup["packages"] == ["trainer", "trainer.deep", "trainer.deep.er"]
    assert setup["package_data"] == {
        "trainer": ["data/words.txt", "not-a-package/tool.py"],
        "trainer.deep.er": ["weights.bin"],
    }


def test_requirements_are_passed_on_as_they_are_written(lab):
    requires = ("scikit-learn>=1.3", "docopt", "torch==2.*; python_version>'3'", "fsspec[gcs]")
    package = lab.trainer().build(requires=requires, cloud_requires=("gcsfs", "docopt"))
    assert _setup(package)["install_requires"] == [*requires, "gcsfs"]
    assert (package.name, package.version, package.filename) == ("trainer", "0.1", "trainer-0.1.tar.gz")


BAD = [
    ("numpy >=", "got 'numpy >='"),
    ("-r requirements.txt", "got '-r requirements.txt'"),
    ("./wheels/x.whl", "got './wheels/x.whl'"),
    ("git+https://me:hunter2@example.com/x.git", "got an address"),
    ("x @ file:///home/me/x", "'x' is at an address of this machine"),
    ("x @ https://me:hunter2@example.com/x.whl", "the address of 'x' holds a user's name or password"),
    ("", "got ''"),
]


def test_what_is_no_requirement_is_refused_by_name_and_all_at_once(lab):
    with pytest.raises(UserError) as caught:
        lab.trainer().build(requires=tuple(text for text, _ in BAD), cloud_requires=("gcsfs<",))
    problems = caught.value.problems
    assert len(problems) == len(BAD) + 1
    for problem, (_, said) in zip(problems, BAD, strict=False):
        assert said in problem.message
        assert problem.path == "trainer.requires"
    assert problems[-1].path == "trainer.cloud_requires"
    assert "hunter2" not in str(caught.value)


def test_an_address_that_needs_no_password_is_passed_on(lab):
    requires = ("x @ git+ssh://git@github.com/o/x.git", "y @ https://example.com/y.whl")
    assert _setup(lab.trainer().build(requires=requires))["install_requires"] == list(requires)


def test_a_single_module_is_packed_alone(lab):
    lab.write({"toy.py": TASK, "other.py": "", "data.csv": "1"})
    package = lab.build("toy")
    assert own(package) == ["toy.py"]
    assert _setup(package)["py_modules"] == ["toy"]
    assert _setup(package)["packages"] == []
    assert package.filename == "toy-0.1.tar.gz"


def test_a_package_that_is_run_by_its_main_file_is_packed(lab):
    lab.write({"trainer/__init__.py": "", "trainer/__main__.py": TASK})
    package = build(Trainer("trainer"), source=lab.root / "trainer" / "__main__.py", cwd=lab.root, environ=ENVIRON)
    assert own(package) == ["trainer/__init__.py", "trainer/__main__.py"]


def test_a_package_without_init_files_is_packed_as_python_runs_it(lab):
    lab.write({"trainer/deep/task.py": TASK})
    assert _setup(lab.build("trainer.deep.task"))["packages"] == ["trainer", "trainer.deep"]


NAMES = [("_trainer", "trainer", "trainer-0.1"), ("MyTrainer", "MyTrainer", "mytrainer-0.1"), ("тренер", "trainer", "")]


@pytest.mark.parametrize(("module", "name", "top"), NAMES)
def test_a_name_that_pip_would_not_take_is_made_one(lab, module, name, top):
    package = lab.write({f"{module}/__init__.py": "", f"{module}/task.py": TASK}).build(f"{module}.task")
    assert package.name == name
    assert package.filename == f"{top or 'trainer-0.1'}.tar.gz"


def test_a_trainer_called_setup_is_refused(lab):
    with pytest.raises(UserError, match="cannot be called setup"):
        lab.write({"setup.py": TASK}).build("setup", requires=("numpy",))


HOSTILE = ["new\nline.txt", "ünïcödé €.txt", "-rf", "a [b]*?.csv", "quo'te\".txt", "back\\slash", " blank "]


def test_names_that_could_be_taken_for_something_else_are_packed_as_they_are(lab):
    lab.trainer({f"trainer/{name}": name for name in HOSTILE})
    package = lab.build()
    assert set(own(package)) == {"trainer/__init__.py", "trainer/task.py", *(f"trainer/{name}" for name in HOSTILE)}
    for name in HOSTILE:
        assert content(package, f"trainer/{name}").decode() == name
    assert content(package, "setup.py").isascii()
    assert len(_setup(package)["package_data"]["trainer"]) == len(HOSTILE)


def test_a_name_that_is_not_utf8_stays_out_and_is_noted(lab):
    lab.trainer()
    try:
        (lab.root / "trainer" / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    package = lab.build()
    assert own(package) == ["trainer/__init__.py", "trainer/task.py"]
    assert "caf" in package.warnings[0]


def test_no_member_leaves_the_archive_and_all_are_plain_files(lab):
    lab.trainer({"trainer/..hidden": "x", "trainer/.../x": "y"})
    for path, member in members(lab.build()).items():
        assert member.isreg()
        assert not path.startswith("/")
        assert ".." not in path.split("/")


def test_links_bring_what_they_lead_to_unless_that_is_outside_or_unwanted(lab, tmp_path):
    (tmp_path / "outside.txt").write_text("mine")
    lab.trainer({"shared/words.txt": "a", ".env": "KEY=1", "secret/id_rsa": "x", ".git/config": "c"})
    links = {
        "words.txt": "../shared/words.txt",
        "shared": "../shared",
        "outside.txt": str(tmp_path / "outside.txt"),
        "outside": str(tmp_path),
        "settings.txt": "../.env",
        "config": "../.git",
        "loop": ".",
        "self": "self",
        "nowhere": "gone",
        "root": "..",
    }
    for name, target in links.items():
        (lab.root / "trainer" / name).symlink_to(target)
    package = lab.build()
    assert own(package) == [
        "trainer/__init__.py",
        "trainer/shared/words.txt",
        "trainer/task.py",
        "trainer/words.txt",
    ]
    assert all(member.isreg() for member in members(package).values())
    assert why(package.listing) == {
        "trainer/outside.txt": "a link that leads out of the folder",
        "trainer/outside/": "a link that leads out of the folder",
        "trainer/settings.txt": "credentials",
        "trainer/config/": "version control",
        "trainer/loop/": "a link that leads in a circle",
        "trainer/self": "a link that leads nowhere",
        "trainer/nowhere": "a link that leads nowhere",
        "trainer/root/": "a link that leads in a circle",
    }
    assert "trainer/outside.txt" in "".join(package.warnings)


def test_what_is_no_file_is_not_opened(lab):
    lab.trainer()
    os.mkfifo(lab.root / "trainer" / "pipe")
    assert why(lab.build().listing) == {"trainer/pipe": "not a regular file"}


def test_nothing_of_the_project_is_touched(lab):
    lab.trainer({".gitignore": "*.log", "trainer/x.log": ""})
    before = {path: path.stat().st_mtime_ns for path in lab.root.rglob("*")}
    lab.build()
    assert {path: path.stat().st_mtime_ns for path in lab.root.rglob("*")} == before


def test_the_bundled_trainer_is_packed_without_sweeper_and_pandas():
    settings = yaml.safe_load((ROOT / "configs" / "grid.yaml").read_text())["trainer"]
    trainer = Trainer(settings["module"], requires=tuple(settings["requires"]))
    package = build(trainer, source=ROOT / "trainer" / "task.py", cwd=ROOT, environ=ENVIRON)
    modules = [path for path in own(package) if path.endswith(".py")]
    assert modules == own(package) == sorted(f"trainer/{file.name}" for file in (ROOT / "trainer").glob("*.py"))
    imported = {
        alias.split(".")[0]
        for path in modules
        for node in ast.walk(ast.parse(content(package, path)))
        for alias in _imported(node)
    }
    assert not imported & {"sweeper", "pandas"}
    assert _setup(package)["install_requires"] == settings["requires"]
    assert not {"sweeper", "pandas"} & set(settings["requires"])


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
