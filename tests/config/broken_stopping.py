"""Configs whose early_stopping is wrong, what is said of it and what to try."""

P = "trainer: t\nparameters:\n  a: 1\n"
E = "early_stopping"

BROKEN_STOPPING = [
    (
        P + f"{E}: ashe\n",
        f"4:17: {E}: expected asha, median, hyperband, patience, threshold, none or service",
        "did you",
    ),
    (P + f"{E}: medianstop\n", f"4:17: {E}: expected asha", "write median"),
    (P + f"{E}: {{rule: shaa}}\n", f"4:24: {E}.rule: expected asha", "did you mean asha?"),
    (P + f"{E}: {{grace_period: 2}}\n", f"4:18: {E}.grace_period: unknown key", "write min_steps"),
    # keys that a rule has no use for
    (
        P + f"{E}: {{rule: median, reduction: 3}}\n",
        f"4:43: {E}.reduction: reduction belongs to rule asha or hyperband, got rule: median",
        "leave it out",
    ),
    (P + f"{E}: {{patience: 3}}\n", f"4:28: {E}.patience: patience belongs to rule patience, got rule: asha", ""),
    (P + f"{E}: {{rule: none, min_steps: 3}}\n", f"4:41: {E}.min_steps: min_steps belongs to rule asha or", ""),
    # keys that a rule cannot do without
    (P + f"{E}: patience\n", f"4:17: {E}.patience: missing: rule patience needs patience", "write {rule: patience, "),
    (P + f"{E}: {{rule: threshold}}\n", f"4:24: {E}.threshold: missing: rule threshold needs threshold", "write"),
    (P + f"{E}: hyperband\n", f"4:17: {E}.max_steps: missing: rule hyperband needs max_steps", "write"),
    # numbers that make no sense
    (P + f"{E}: {{min_steps: 0}}\n", f"4:29: {E}.min_steps: expected a whole number from 1 up", ""),
    (P + f"{E}: {{reduction: 1}}\n", f"4:29: {E}.reduction: expected a whole number from 2 to 100", ""),
    (P + f"{E}: {{max_steps: 2}}\n", f"4:29: {E}.max_steps: expected more than min_steps, which is 2, got 2", ""),
    (
        P + f"{E}: {{rule: patience, patience: 3, min_delta: -0.1}}\n",
        f"4:58: {E}.min_delta: expected 0 or more, got -0.1",
        "",
    ),
    (P + f"{E}: {{stall: soon}}\n", f"4:25: {E}.stall: expected a length of time", "90s, 30m"),
    # whose trials they are
    (
        P + f"{E}: {{rule: service}}\n",
        f"4:24: {E}.rule: rule service belongs to method: service, got method: grid",
        "write method: service, or leave it out",
    ),
    (
        "trainer: t\nmethod: service\ntrials: 3\nbackend: vertex\nparameters:\n  a: {min: 0.0, max: 1.0}\n"
        f"{E}: asha\n",
        f"7:17: {E}: a tuning service stops its trials by its own rule, got asha",
        "write service; method: random runs each trial as a job of its own",
    ),
    (
        P + f"method: service\ntrials: 3\n{E}: {{rule: service, stall: 5m}}\n",
        f"6:40: {E}.stall: stall belongs to sweeper's own rules, got rule: service",
        "leave it out",
    ),
]
