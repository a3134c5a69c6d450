"""Whatever is wrong with a trainer is said in words, with its file."""

from __future__ import annotations

import pytest
from broken_trainers import BROKEN
from usage_texts import load, write_package

from sweeper.errors import UserError
from sweeper.model import Trainer
from sweeper.usage.load import load_schema


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.why)
def test_a_broken_trainer_is_told(broken, tmp_path):
    write_package(tmp_path, task=broken.source)
    trainer = Trainer(broken.module, usage=broken.usage)
    with pytest.raises(UserError) as caught:
        load(tmp_path, trainer, timeout=1.0 if broken.why == "hangs" else 20.0)
    assert broken.message in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_table_has_not_shrunk():
    assert len(BROKEN) == 42
    assert len({broken.why for broken in BROKEN}) == len(BROKEN)


def test_an_interpreter_that_cannot_start_is_told(tmp_path):
    for usage, module in (("docopt", "nowhere"), ("argparse", "trainer.task")):
        write_package(tmp_path, task="import argparse\nargparse.ArgumentParser().parse_args()\n")
        with pytest.raises(UserError, match="cannot start /no/python"):
            load_schema(Trainer(module, usage=usage), cwd=tmp_path, python_path=[], python="/no/python")
