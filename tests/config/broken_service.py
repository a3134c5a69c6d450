"""Configs for a tuning service with one thing wrong: as in broken_configs.py."""

from __future__ import annotations

P = "trainer: t\nparameters:\n"
S = P + "  a: 1\nmethod: service\n"

SERVICE = [
    (S, "4:9: trials: missing: how many trials the service runs", "write trials: 20"),
    (
        S + "trials: 3\nalgorithm: bayes\n",
        "6:12: algorithm: expected service, grid or random, got 'bayes'",
        "write service: it is Bayesian",
    ),
    (
        S + "trials: 3\nalgorithm: GRID_SEARCH\n",
        "6:12: algorithm: expected service, grid or random, got 'GRID_SEARCH'",
        "write grid",
    ),
    (
        P + "  a: {min: 1, max: 5}\nmethod: service\nalgorithm: grid\n",
        "3:6: parameters.a: a grid needs to know how many values to take from this range",
        "add num: 4, or step:, or write algorithm: random",
    ),
    (S + "trials: 3\norder: shuffled\n", "6:8: order: the service has an order of its own", "leave it out"),
    (
        S + "trials: 3\nrepeats: 2\n",
        "6:10: repeats: a tuning service runs each point once",
        "leave it out; method: random with backend: vertex or mlengine runs points several times",
    ),
    (
        S + "trials: 3\npoints: [{b: 1}]\n",
        "6:9: points: points belong to method: list, got method: service",
        "write method: list, or leave the points out",
    ),
    (
        S + "trials: 3\nbackend: vertex\nresume: digits_1\n",
        "7:9: resume: Vertex AI cannot go on from an earlier tuning job",
        "leave it out, or choose backend: mlengine",
    ),
    *(
        (
            P + f"  a: 1\n{rest}{key}\n",
            f"{column}{key.split(':')[0]} belongs to method: service, got method: {method}",
            "write method: service, or leave it out",
        )
        for method, rest, line in (("grid", "", 4), ("list", "method: list\npoints: [{b: 1}]\n", 6))
        for key, column in (
            ("algorithm: grid", f"{line}:12: algorithm: "),
            ("resume: digits_1", f"{line}:9: resume: "),
            ("early_stopping: service", f"{line}:17: early_stopping: "),
        )
    ),
    (
        P + "  a: 1\nmethod: random\ntrials: 4\nlimits: {max_failed: 2}\n",
        "6:22: limits.max_failed: max_failed belongs to method: service, got method: random",
        "write method: service, or leave it out",
    ),
    (
        P + "  a: 1\nmethod: list\npoints: [{b: 1}]\nlimits: {max_failed: 2}\n",
        "6:22: limits.max_failed: max_failed belongs to method: service, got method: list",
        "write method: service, or leave it out",
    ),
]
