"""Train a small neural network to recognise handwritten digits.

Usage:
  task.py --train_data_paths=<paths> [options]
  task.py (-h | --help)

The run leaves model.joblib, evaluation.json and metrics.jsonl (one line per epoch) in its
output folder. Started again with the same folder, it goes on after the last finished epoch.

Options:
  -h --help                   Show this text.
  --train_data_paths=<paths>  CSV files to train on: paths, globs or gs:// addresses, separated
                              by commas. The first line names the columns; one is "label".
  --eval_data_paths=<paths>   CSV files to evaluate on, written likewise. Without it, every fifth
                              training example is held out for evaluation.
  --batch_size=<n>            Examples per step of the optimizer [default: 32].
  --hidden_units=<list>       Units of each hidden layer, separated by commas [default: 64].
  --learning_rate=<x>         Size of the optimizer's steps [default: 0.003].
  --epochs=<n>                Passes over the training data [default: 10].
  --optimizer=<name>          How the weights are updated: adam or sgd [default: adam].
  --momentum=<x>              Part of the last update that sgd carries on, from 0 to below 1;
                              adam ignores it [default: 0.9].
  --seed=<n>                  Seed of the first weights and of the order of the examples. The same
                              seed gives the same model, bit for bit, on one machine [default: 0].
  --output_dir=<dir>          Folder for everything the run leaves: a path or a gs:// address.
                              Without it, that of --job-dir; without that, AIP_MODEL_DIR of the
                              environment, which Vertex AI sets; else the folder "output".
  --job-dir=<dir>             Folder that a training service assigns to the job.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from docopt import DocoptExit, docopt

from trainer import values
from trainer.errors import Diverged, UserError
from trainer.model import Hyperparameters
from trainer.run import Settings, run

MODEL_DIR = "AIP_MODEL_DIR"
LARGEST_SEED = 2**32 - 1


def main(argv: Sequence[str] | None = None) -> int:
    """Train as the command line says; the exit code is 0 (done), 1 (it failed) or 2 (it cannot be done as asked)."""
    try:
        run(settings(docopt(__doc__, argv)))
    except DocoptExit as error:
        print(error, file=sys.stderr)
        return 2
    except UserError as error:
        print(f"task.py: {error}", file=sys.stderr)
        return 2
    except (Diverged, OSError, MemoryError) as error:
        print(f"task.py: {error}", file=sys.stderr)
        return 1
    return 0


def settings(options: Mapping[str, Any]) -> Settings:
    """The checked values of a parsed command line."""
    evaluation = options["--eval_data_paths"]
    return Settings(
        train_data_paths=values.listed("--train_data_paths", options["--train_data_paths"]),
        eval_data_paths=values.listed("--eval_data_paths", evaluation) if evaluation is not None else (),
        output_dir=options["--output_dir"] or options["--job-dir"] or os.environ.get(MODEL_DIR) or "output",
        epochs=values.whole("--epochs", options["--epochs"], minimum=1),
        hyper=_hyperparameters(options),
    )


def _hyperparameters(options: Mapping[str, Any]) -> Hyperparameters:
    units = values.listed("--hidden_units", options["--hidden_units"])
    return Hyperparameters(
        batch_size=values.whole("--batch_size", options["--batch_size"], minimum=1),
        hidden_units=tuple(values.whole("--hidden_units", unit, minimum=1) for unit in units),
        learning_rate=values.positive("--learning_rate", options["--learning_rate"]),
        optimizer=values.one_of("--optimizer", options["--optimizer"], ("adam", "sgd")),
        momentum=values.fraction("--momentum", options["--momentum"]),
        seed=values.whole("--seed", options["--seed"], minimum=0, maximum=LARGEST_SEED),
    )


if __name__ == "__main__":
    sys.exit(main())
