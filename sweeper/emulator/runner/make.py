"""Makes the runner that the emulator's options ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sweeper.emulator.clock import Clock
from sweeper.emulator.runner import command
from sweeper.emulator.runner.attempt import Machine
from sweeper.emulator.runner.desk import Desk
from sweeper.emulator.runner.environments import Environments
from sweeper.emulator.runner.packages import Objects
from sweeper.emulator.runner.processes import Processes
from sweeper.emulator.runner.real import RealStage
from sweeper.emulator.runner.simulated import Simulation
from sweeper.emulator.runner.work import Event, JobFault, Runner


def make_runner(
    dir: Path,
    clock: Clock,
    objects: Objects,
    report: Callable[[Event], None],
    slots: int | None,
    base_url: str,
    simulate: float | None = None,
    *,
    job_fault: Callable[[str], JobFault | None] = lambda _: None,
) -> Runner:
    """A runner that keeps its things in ``dir``; what an earlier life left running there is ended first.

    ``slots``: how many jobs at once; None = as many as there are cores. ``simulate``: seconds that each job takes
    instead of being run. ``job_fault``: what befalls the job of that name.
    """
    cores = os.cpu_count() or 1
    slots = slots or cores
    processes = Processes(dir / "processes")
    processes.end_leftovers()
    if simulate is not None:
        simulation = Simulation(simulate, clock=clock, objects=objects)
        return Desk(simulation, clock=clock, slots=slots, report=report, job_fault=job_fault)
    environ = command.for_pip(os.environ)
    machine = Machine(
        clock=clock,
        objects=objects,
        environments=Environments(dir / "environments", processes=processes, environ=environ),
        processes=processes,
        base_url=base_url.rstrip("/"),
        threads=max(1, cores // slots),
        path=os.environ.get("PATH", os.defpath),
    )
    return Desk(RealStage(dir / "jobs", machine), clock=clock, slots=slots, report=report, job_fault=job_fault)
