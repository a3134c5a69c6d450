"""``sweeper init``: a starter config that loads, plans, and says what each option is."""

from __future__ import annotations

import shutil

import yaml
from command_lab import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from sweeper.commands.starting.starter import scalar
from sweeper.config import parse

ARGPARSE = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("data", help="Where the examples are.")
parser.add_argument("--lr", type=float, default=0.01, help="Step size.")
parser.add_argument("--layers", type=int, required=True)
parser.add_argument("--optimizer", choices=["sgd", "adam"], default="adam")
parser.add_argument("--nesterov", action="store_true")
parser.parse_args()
"""

COMMANDS = '''"""
Usage:
  task.py train <data> [--tag=<t>]... [--note=<text>] [--beta=<b>] [-q]
  task.py test <data>

Options:
  --tag=<t>      Labels [default: a b].
  --note=<text>  Free text [default: ].
  --beta=<b>     [default: 010]
  -q             Quiet.
"""
from docopt import docopt
docopt(__doc__)
'''


def test_the_bundled_trainer_gets_a_config_that_plans_as_it_is(lab):
    shutil.copytree(ROOT / "trainer", lab.folder / "trainer")
    found = lab.run("init")
    assert (found.code, found.out, found.err) == (0, "", "wrote sweep.yaml; edit it, then: sweeper plan sweep.yaml\n")
    text = (lab.folder / "sweep.yaml").read_text()
    lines = {line.split(":")[0].strip("# ") for line in text.splitlines() if ":" in line}
    assert {"train_data_paths", "eval_data_paths", "batch_size", "optimizer", "seed", "output_dir"} <= lines
    assert "train_data_paths: EDIT-ME                   # required: edit this" in text
    assert (
        "learning_rate: 0.003                        # as an axis: {min: 0.0003, max: 0.03, scale: log, num: 3}" in text
    )
    assert "# --job-dir is not set here" in text
    assert "# repeats: {count: 3, parameter: seed}" in text
    assert max(map(len, text.splitlines())) <= 120
    planned = lab.run("plan", "sweep.yaml", "--json").json
    assert (planned["trials"], planned["sweep"]) == (1, "trainer-task")
    assert "--train_data_paths=EDIT-ME" in planned["argv"][0]


def test_what_is_suggested_as_an_axis_is_one(lab):
    shutil.copytree(ROOT / "trainer", lab.folder / "trainer")
    lab.run("init")
    lines = (lab.folder / "sweep.yaml").read_text().splitlines()
    swept = [
        f"{line.split(':')[0]}: {line.split('as an axis: ')[1]}" if "as an axis: " in line else line for line in lines
    ]
    lab.write("swept.yaml", "\n".join(line.replace("# repeats", "repeats") for line in swept))
    assert lab.run("plan", "swept.yaml", "--json").json["trials"] == 3**5 * 3


def test_a_file_that_exists_is_left_alone(lab):
    lab.write("sweep.yaml", "mine")
    found = lab.run("init", "toy")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("sweep.yaml: it exists already\n")
    assert (lab.folder / "sweep.yaml").read_text() == "mine"


def test_a_dash_prints_and_writes_nothing(lab):
    found = lab.run("init", "toy", "--output=-")
    assert found.code == 0
    assert parse(found.out, path="x.yaml").trainer.module == "toy"
    assert sorted(path.name for path in lab.folder.iterdir()) == ["toy.py"]


def test_another_file_can_be_named(lab):
    assert lab.run("init", "toy", "--output=other.yaml").code == 0
    assert lab.run("plan", "other.yaml").code == 0
    missing = lab.run("init", "toy", "--output=no/such/x.yaml")
    assert missing.code == 2
    assert "there is no such folder" in missing.err


def test_an_argparse_trainer_is_noticed(lab):
    lab.write("task.py", ARGPARSE)
    assert lab.run("init", "task").code == 0
    text = (lab.folder / "sweep.yaml").read_text()
    assert "usage: argparse" in text
    loaded = yaml.safe_load(text)["parameters"]
    assert loaded == {"data": "EDIT-ME", "lr": 0.01, "layers": 1, "optimizer": "adam"}
    assert "one of sgd, adam; as an axis: [sgd, adam]" in text
    assert "# nesterov: true" in text
    assert lab.run("plan", "sweep.yaml").code == 0


def test_commands_lists_and_odd_defaults_are_written_as_yaml_that_means_them(lab):
    lab.write("task.py", COMMANDS)
    found = lab.run("init", "task")
    assert found.code == 0, found.err
    assert "note:" not in found.err
    (argv,) = lab.run("plan", "sweep.yaml", "--json").json["argv"]
    assert argv == ["--tag=a", "--tag=b", "--beta=010", "train", "EDIT-ME"]


def test_a_module_that_is_not_there_or_has_no_usage_is_said(lab):
    lab.write("plain.py", "print(1)\n")
    lab.write(
        "broken.py",
        "import argparse\nargparse.ArgumentParser().add_argument(3)\nargparse.ArgumentParser().parse_args()\n",
    )
    for module, said in [("tyo", "did you mean toy?"), ("plain", "no usage text"), ("broken", "broken.py")]:
        found = lab.run("init", module)
        assert (found.code, found.out) == (2, ""), module
        assert said in found.err, module
    assert not (lab.folder / "sweep.yaml").exists()


def test_json_has_the_file_and_its_text(lab):
    found = lab.run("init", "toy", "--json").json
    assert found == {"file": str(lab.folder / "sweep.yaml"), "text": (lab.folder / "sweep.yaml").read_text()}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029\ufeff"), max_size=8))
@example("010")
@example("1e5")
@example("1_0")
@example("no")
@example("~")
@example("- a")
@example("a: b")
@example("#")
@example("0x10")
@example("1.50")
@example("-0")
@example(".5")
@example("12345678901234567890")
def test_any_default_written_as_yaml_reads_back_as_its_text(text):
    sweep = parse(f"trainer: t\nparameters:\n  a: {scalar(text)}\n", path="x.yaml")
    (value,) = sweep.space.parameters[0].domain.values
    assert (value if isinstance(value, str) else repr(value)) == text
