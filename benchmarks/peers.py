"""What a trial costs with others: Optuna, Hydra and the standard library's forkserver over the same trainer as ours.

Prints one JSON line for each way: milliseconds per trial, whole commands, and the ratio to `sweeper launch`, warm. The
peers live in an environment of their own: ``--python`` is its interpreter (pip install optuna hydra-core
hydra-joblib-launcher docopt); what it does not have is left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from launch import CONFIG, HEAVY, TRAINER, seconds  # type: ignore[import-not-found]

OPTUNA = """
import subprocess, sys
import optuna
def objective(trial):
    x = trial.suggest_int("x", 1, {trials})
    done = subprocess.run([sys.executable, "-m", "{module}", f"--x={{x}}"], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[1])
study = optuna.create_study(storage="sqlite:///optuna-{round}.db", direction="maximize")
study.optimize(objective, n_trials={trials}, n_jobs=4)
"""
HYDRA = """
import sys
import hydra
@hydra.main(version_base=None, config_name=None)
def main(config):
    import subprocess
    subprocess.run([sys.executable, "-m", "{module}", f"--x={{config.x}}"], check=True)
main()
"""
FORKSERVER = """
import multiprocessing, runpy, sys
from multiprocessing.connection import wait
def trial(x):
    sys.argv[1:] = [f"--x={{x}}"]
    runpy.run_module("{module}", run_name="__main__", alter_sys=True)
if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["docopt", "{preload}"])
    running = {{}}
    for x in range({trials}):
        if len(running) == 4:
            for ended in wait(list(running)):
                running.pop(ended).join()
        process = context.Process(target=trial, args=(x,))
        process.start()
        running[process.sentinel] = process
    for process in running.values():
        process.join()
"""


def ways(
    folder: Path, module: str, preload: str, python: str, trials: int, peer: int
) -> dict[str, Callable[[int], float]]:
    """Each way, by name: what times it in a round, in milliseconds per trial."""

    def script(name: str, text: str) -> str:
        path = folder / f"{name}-{module}.py"
        path.write_text(text)
        return str(path)

    def sweeper(warm: str) -> Callable[[int], float]:
        config = folder / f"{module}-{warm}.yaml"
        config.write_text(CONFIG.format(module=module, trials=trials, warm=warm))
        command = [sys.executable, "-m", "sweeper", "launch", config.name, "--fresh", "--home", f"state-{warm}"]
        return lambda number: seconds(command, folder) / trials * 1000

    def optuna(number: int) -> float:
        text = OPTUNA.format(module=module, trials=peer, round=f"{module}-{number}")
        return float(seconds([python, script("by_optuna", text)], folder)) / peer * 1000

    def hydra(number: int) -> float:
        values = ",".join(map(str, range(peer)))
        joblib = ["hydra/launcher=joblib", "hydra.launcher.n_jobs=4"]
        command = [python, script("by_hydra", HYDRA.format(module=module)), "-m", f"+x={values}", *joblib]
        return float(seconds(command, folder)) / peer * 1000

    def forkserver(number: int) -> float:
        text = FORKSERVER.format(module=module, preload=preload, trials=trials)
        return float(seconds([sys.executable, script("by_forkserver", text)], folder)) / trials * 1000

    xargs = f"seq {peer} | xargs -P4 -I% {sys.executable} -m {module} --x=%"
    found: dict[str, Callable[[int], float]] = {"sweeper warm": sweeper("always")}
    found |= {"sweeper cold": sweeper("never")} if trials == peer else {}
    found |= {"xargs": lambda number: seconds(["sh", "-c", xargs], folder) / peer * 1000, "forkserver": forkserver}
    found |= {"optuna": optuna} if _has(python, f"optuna, {preload}") else {}
    found |= {"hydra joblib": hydra} if _has(python, f"hydra_plugins.hydra_joblib_launcher, {preload}") else {}
    return found


def _has(python: str, modules: str) -> bool:
    return subprocess.run([python, "-c", f"import {modules}"], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Run all in turn, round after round; print a line for each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--python", default=sys.executable)
    options.add_argument("--trials", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for module, imports, preload, share in (("plain", "", "docopt", 1), ("heavy", HEAVY, HEAVY.split()[1], 5)):
            (folder / f"{module}.py").write_text(TRAINER.format(imports=imports))
            found = ways(folder, module, preload, given.python, given.trials, given.trials // share)
            taken: dict[str, list[float]] = {way: [] for way in found}
            for number in range(given.rounds):
                for way, run in found.items():
                    taken[way].append(run(number))
            ours = statistics.median(taken["sweeper warm"])
            for way, times in taken.items():
                ms = statistics.median(times)
                line = {
                    "benchmark": "peers",
                    "trainer": module,
                    "way": way,
                    "ms": round(ms, 2),
                    "to_ours": round(ms / ours, 1),
                }
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
