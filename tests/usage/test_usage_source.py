"""The usage text is found where the trainer keeps it, and nothing of the trainer runs."""

from __future__ import annotations

import sys

import pytest
from usage_texts import load, write_package

from sweeper.errors import UserError
from sweeper.model import Trainer
from sweeper.usage.find import find
from sweeper.usage.load import load_schema
from sweeper.usage.schema import describe

TEXT = "Usage: task [--x=<x>]"
TRAP = "raise SystemExit('it ran')\n"

FOUND = [
    # the docstring, with and without a call that can be seen
    f'"""{TEXT}"""\n',
    f'"""{TEXT}"""\nfrom docopt import docopt\ndocopt(__doc__)\n',
    f'"""{TEXT}"""\nimport docopt\nargs = docopt.docopt(__doc__, version="1")\n',
    f'"""{TEXT}"""\nimport docopt as d\ndef main():\n    args = d.docopt(__doc__)\n',
    f'"""{TEXT}"""\nfrom docopt import docopt as parse\ndef main(argv=None):\n    return parse(__doc__, argv)\n',
    # by keyword: docopt calls it doc, docopt-ng docstring
    f'from docopt import docopt\ndocopt(doc="{TEXT}")\n',
    f'from docopt import docopt\ndocopt(docstring="{TEXT}")\n',
    # constants
    f'from docopt import docopt\nUSAGE = "{TEXT}"\ndocopt(USAGE)\n',
    f'from docopt import docopt\nUSAGE: str = """\n{TEXT}\n""".strip()\ndocopt(USAGE)\n',
    'from docopt import docopt\ndocopt("Usage: task "\n    "[--x=<x>]")\n',
    'from docopt import docopt\nA = "Usage: "\nA += "task"\ndocopt(A + " [--x=<x>]")\n',
    f'from docopt import docopt\nfrom textwrap import dedent\ndocopt(dedent("""\n    {TEXT}\n    """))\n',
    f'from docopt import docopt\nimport inspect\ndocopt(inspect.cleandoc("""\n    {TEXT}\n    """))\n',
    'from docopt import docopt\nNAME = "x"\ndocopt(f"Usage: task [--{NAME}=<{NAME}>]")\n',
    '"""Usage: task [--{name}=<x>]"""\nfrom docopt import docopt\ndocopt(__doc__.format(name="x"))\n',
    f'from docopt import docopt\ndef main():\n    usage = "{TEXT}"\n    return docopt(usage)\n',
    f'from docopt import docopt\ndef main():\n    """{TEXT}"""\n    return docopt(main.__doc__)\n',
    f'from docopt import docopt\nif __name__ == "__main__":\n    USAGE = "{TEXT}"\n    docopt(USAGE)\n',
    # from another module of the trainer
    "from docopt import docopt\nfrom .texts import USAGE\ndocopt(USAGE)\n",
    "from docopt import docopt\nfrom trainer.texts import USAGE as U\ndocopt(U)\n",
    "from docopt import docopt\nfrom trainer import texts\ndocopt(texts.USAGE)\n",
    "from docopt import docopt\nimport trainer.texts as t\ndocopt(t.__doc__)\n",
    # the call itself is in another module of the trainer
    "from trainer.cli import main\nmain()\n",
    "from . import cli\ncli.main()\n",
]


@pytest.mark.parametrize("source", FOUND)
def test_the_text_is_found_without_importing(source, tmp_path):
    cli = f'"""{TEXT}"""\nimport docopt\ndef main():\n    docopt.docopt(__doc__)\n' + TRAP
    write_package(tmp_path, task=source + TRAP, texts=f'"""{TEXT}"""\nUSAGE = __doc__\n' + TRAP, cli=cli)
    schema = load(tmp_path)
    assert schema.text.strip() == TEXT
    assert [one.name for one in describe(schema)] == ["x"]


def test_the_message_names_the_line_of_the_text(tmp_path):
    write_package(tmp_path, task=f'import docopt\n\nUSAGE = """{TEXT}"""\ndocopt.docopt(USAGE)\n')
    assert load(tmp_path).where == "trainer/task.py:3"


def test_options_first_is_seen(tmp_path):
    write_package(tmp_path, task=f'import docopt\ndocopt.docopt("{TEXT}", options_first=True)\n')
    assert load(tmp_path).options_first


def test_usage_none_looks_at_nothing(tmp_path):
    assert load_schema(Trainer("no.such", usage="none"), cwd=tmp_path, python_path=[], python="/no/python") is None


USAGE = f'"""{TEXT}"""\n'


def test_a_package_is_run_by_its_main(tmp_path):
    write_package(tmp_path, __main__=USAGE)
    assert load(tmp_path, "trainer").where == "trainer/__main__.py:1"


def test_a_plain_module_a_namespace_package_and_a_nested_one_are_found(tmp_path):
    (tmp_path / "alone.py").write_text(USAGE)
    (tmp_path / "space" / "inner").mkdir(parents=True)
    (tmp_path / "space" / "inner" / "task.py").write_text(USAGE)
    assert load(tmp_path, "alone").where == "alone.py:1"
    assert load(tmp_path, "space.inner.task").where == "space/inner/task.py:1"


def test_the_working_directory_comes_before_the_python_path(tmp_path):
    here = write_package(tmp_path / "here", task=USAGE)
    there = write_package(tmp_path / "there", task=USAGE, other=USAGE)
    assert load(here, python_path=[str(there)]).where == "trainer/task.py:1"
    (tmp_path / "empty").mkdir()
    assert load(tmp_path / "empty", python_path=["../there"]).where.endswith("there/trainer/task.py:1")


def test_a_package_on_the_path_hides_a_bare_folder_of_its_name(tmp_path):
    (tmp_path / "here" / "trainer").mkdir(parents=True)
    there = write_package(tmp_path / "there", task=USAGE)
    assert load(tmp_path / "here", python_path=[str(there)]).where.endswith("there/trainer/task.py:1")


def test_what_is_installed_is_found_last(tmp_path):

    found = find(Trainer("json.tool"), cwd=tmp_path, python_path=[], python=sys.executable)
    assert found.file.parts[-2:] == ("json", "tool.py")


def test_a_package_folder_is_searched_first(tmp_path):
    write_package(tmp_path / "lib", task=USAGE)
    assert load(tmp_path, Trainer("trainer.task", package="lib")).where == "lib/trainer/task.py:1"


def test_two_different_modules_of_one_name_are_ambiguous(tmp_path):
    write_package(tmp_path / "lib", task=USAGE)
    write_package(tmp_path, task=USAGE)
    with pytest.raises(UserError, match=r"'trainer\.task' is ambiguous"):
        load(tmp_path, Trainer("trainer.task", package="lib"))
    assert load(tmp_path, Trainer("trainer.task", package=".")).where == "trainer/task.py:1"


def test_a_package_of_the_working_directory_that_would_hide_the_trainer_is_told(tmp_path):
    write_package(tmp_path / "lib", task=USAGE)
    write_package(tmp_path)
    with pytest.raises(UserError, match="is ambiguous"):
        load(tmp_path, Trainer("trainer.task", package="lib"))


def test_a_package_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="expected a folder, found none"):
        load(tmp_path, Trainer("trainer.task", package="lib"))
