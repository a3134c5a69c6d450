"""Trainers and usage texts that cannot be checked, each with the message that says so."""

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """A trainer's source, and what must be said about it."""

    why: str
    source: str
    message: str
    usage: str = "docopt"
    module: str = "trainer.task"


DOC = '"""Usage: task [--x=<x>]"""\n'
CALL = "from docopt import docopt\n"

BROKEN = [
    # the module
    Broken("no such module", "", "no module 'trainer.tsk'", module="trainer.tsk"),
    Broken("near name", "", "did you mean trainer.task?", module="trainer.tsk"),
    Broken("no such package", "", "no module 'trainr.task'", module="trainr.task"),
    Broken("a path", "", "got 'trainer/task.py'\n  write trainer.task", module="trainer/task.py"),
    Broken("a dash", "", "expected a module name, got 'my-trainer'", module="my-trainer"),
    Broken("empty", "", "expected a module name, got ''", module=""),
    Broken("a package", "", "'trainer' is a package without __main__.py", module="trainer"),
    Broken("inside a module", "", "no module 'trainer.task.main'", module="trainer.task.main"),
    Broken("not Python", "def f(:\n", "trainer/task.py:1: not Python: invalid syntax"),
    Broken("NUL in the source", "x = 1\0\n", "trainer/task.py:1: not Python"),
    # where the text is
    Broken("nothing", "print(1)\n", "no usage text: no call of docopt, and no 'usage:' in the docstring"),
    Broken("argparse", "import argparse\n", "it imports argparse: set trainer: {usage: argparse}"),
    Broken("click", "import click\n", "it imports click: set trainer: {usage: none}"),
    Broken("no docstring", CALL + "docopt(__doc__)\n", "'__doc__' is None, not a text"),
    Broken("formatted", DOC + CALL + "import os\ndocopt(__doc__.format(os.name))\n", "'os.name' comes from os"),
    Broken("f-string", CALL + "n = f()\ndocopt(f'Usage: {n}')\n", "'f()' is only known when the trainer runs"),
    Broken("from a function", CALL + "def text(): return ''\ndocopt(text())\n", "'text()' is only known when"),
    Broken("from an argument", CALL + "def main(doc):\n    docopt(doc)\n", "'doc' is an argument of main()"),
    Broken("in a branch", CALL + "if f():\n    U = 'Usage: a'\ndocopt(U)\n", "'U' is set in a branch or a loop"),
    Broken(
        "from elsewhere",
        CALL + "from numpy import U\ndocopt(U)\n",
        "'U' comes from numpy, which is not the trainer's own",
    ),
    Broken("no such constant", CALL + "from trainer import U\ndocopt(U)\n", "has no 'U'"),
    Broken("a number", CALL + "U = 1\ndocopt(U)\n", "'U' is 1, not a text"),
    Broken("unknown name", CALL + "docopt(U)\n", "trainer/task.py:2: the text passed to docopt is not known"),
    Broken("bad format", CALL + "docopt('Usage: {x}'.format(y=1))\n", ".format(...) fails: 'x'"),
    Broken("no argument", CALL + "docopt()\n", "the call passes none"),
    Broken("unpacked", CALL + "A, B = f()\ndocopt(A)\n", "'A' is unpacked"),
    Broken("two texts", CALL + "docopt('Usage: a')\ndocopt('Usage: b')\n", "different usage texts (lines 2, 3)"),
    # the text
    Broken("no usage:", CALL + "docopt('task [options]')\n", "trainer/task.py:2: the usage text has no 'usage:'"),
    Broken(
        "usage: twice",
        CALL + '"""x"""\nU = """Usage: task [--x=<x>]\n\nOptions:\n  --x=<x>  Memory usage: MB\n"""\ndocopt(U)\n',
        "docopt wants 'usage:' once, it is there 2 times (lines 3, 6)",
    ),
    Broken("empty usage", CALL + "docopt('Usage:')\n", "docopt cannot read the usage text"),
    Broken(
        "unclosed bracket",
        CALL + "docopt('Usage: task [--x=<x>')\n",
        "docopt cannot read the usage text: unmatched '['",
    ),
    Broken("stray bracket", CALL + "docopt('Usage: task --x=<x>]')\n", "docopt cannot read the usage text"),
    Broken(
        "flag and value",
        CALL + 'docopt("""Usage: task [--x=<x>]\n\nOptions:\n  --x  A flag.\n""")\n',
        "docopt cannot read the usage text: --x must not have an argument",
    ),
    # argparse
    Broken("never parses", "x = 1\n", "nothing in it or in its own modules calls parse_args", usage="argparse"),
    Broken("docopt instead", DOC + CALL + "docopt(__doc__)\n", "calls parse_args of argparse", usage="argparse"),
    Broken(
        "ends early",
        "import argparse\nif False:\n    argparse.ArgumentParser().parse_args()\n",
        "it ended without calling parse_args",
        usage="argparse",
    ),
    Broken(
        "crashes",
        "import argparse\n1 / 0\nargparse.ArgumentParser().parse_args()\n",
        "before it called parse_args: ZeroDivisionError: division by zero",
        usage="argparse",
    ),
    Broken(
        "missing import",
        "import argparse, nowhere_at_all\nargparse.ArgumentParser().parse_args()\n",
        "ModuleNotFoundError: No module named 'nowhere_at_all'",
        usage="argparse",
    ),
    Broken(
        "exits",
        "import argparse, sys\nsys.exit(3)\nargparse.ArgumentParser().parse_args()\n",
        "it ended with code 3 before it called parse_args",
        usage="argparse",
    ),
    Broken(
        "hangs",
        "import argparse, threading\nthreading.Event().wait()\nargparse.ArgumentParser().parse_args()\n",
        "it did not call parse_args within 1 seconds",
        usage="argparse",
    ),
    Broken(
        "subcommands",
        "import argparse\np = argparse.ArgumentParser()\np.add_subparsers().add_parser('a')\np.parse_args()\n",
        "its parser has subcommands, which cannot be checked",
        usage="argparse",
    ),
    Broken(
        "a broken parser",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x', type=3)\np.parse_args()\n",
        "3 is not callable",
        usage="argparse",
    ),
]
