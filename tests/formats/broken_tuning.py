"""Tuning configs that a service would refuse, each with the line that is wrong and what is said of it."""

ONE = "goal: MAXIMIZE\nmaxTrials: 2\nparams:\n- parameterName: x\n  {}\n"
VONE = "studySpec:\n  metrics: [{{metricId: a, goal: MAXIMIZE}}]\n  parameters:\n  - parameterId: x\n    {}\n"
DOUBLE = "doubleValueSpec: {minValue: 1, maxValue: 2}"
CHILD = "parameterSpec: {{parameterId: y, categoricalValueSpec: {{values: [a]}}}}"
BELOW = f"categoricalValueSpec: {{{{values: [a, b]}}}}\n    conditionalParameterSpecs: [{{{{{{}}{CHILD}}}}}]"
FLOATS = ONE.format("type: DOUBLE\n  minValue: 0\n  maxValue: 1")
INT = "type: INTEGER, minValue: 1, maxValue: 2"
WHOLE = "goal: MAXIMIZE\n{}\nparams: [{{parameterName: x, " + INT + "}}]"

# the file, the line that is wrong, what is said of it, what is said to try
REFUSED = [
    # what people get wrong most
    (ONE.format("type: FLOAT"), 5, "expected DOUBLE, INTEGER, CATEGORICAL or DISCRETE, got 'FLOAT'", "DOUBLE?"),
    (ONE.format("type: INTEGER\n  minValue: 5\n  maxValue: 1"), 6, "minValue 5 is above maxValue 1", "swap"),
    (ONE.format("type: DOUBLE"), 4, "minValue: missing", ""),
    (ONE.format("minValue: 1"), 4, "type: missing", ""),
    (VONE.format("scaleType: UNIT_LOG_SCALE"), 4, "expected one of doubleValueSpec, integerValueSpec,", ""),
    # words and keys
    (
        ONE.format("type: INTEGER").replace("MAXIMIZE", "MAXIMISE"),
        1,
        "expected MAXIMIZE or MINIMIZE, got 'MAXIMISE'",
        "MAXIMIZE?",
    ),
    (ONE.format("typ: INTEGER"), 5, "unknown key 'typ'", "did you mean type?"),
    ("goal: MAXIMIZE\nmaxTrial: 2\nparams: []", 2, "unknown key 'maxTrial'", "did you mean maxTrials?"),
    ("goal: MAXIMIZE\nmaxTrials: 2\nmax_trials: 2\nparams: []", 3, "the same as maxTrials", "keep one"),
    ("maxTrials: 1\nparams: [{parameterName: x, " + INT + "}]", 1, "goal: missing", ""),
    ("goal: MAXIMIZE\nparams: []", 2, "expected at least one parameter", ""),
    (WHOLE.format("maxTrials: 0"), 2, "a whole number from 1, got 0", ""),
    (WHOLE.format("maxTrials: 4.5"), 2, "whole number from 1, got 4.5", ""),
    (WHOLE.format("algorithm: BAYESIAN"), 2, "expected GRID_SEARCH, RANDOM_SEARCH or ALGORITHM_UNSPECIFIED", ""),
    # values
    (ONE.format("type: CATEGORICAL"), 4, "categoricalValues: missing", ""),
    (
        ONE.format("type: CATEGORICAL\n  categoricalValues: [a, 1]"),
        6,
        "expected text, got the number 1",
        "quote it: '1'",
    ),
    (ONE.format("type: CATEGORICAL\n  categoricalValues: [a, no]"), 6, "gcloud reads no without quotes", "'no'"),
    (ONE.format("type: CATEGORICAL\n  categoricalValues: [a, a]"), 6, "each word once", ""),
    (ONE.format("type: CATEGORICAL\n  minValue: 1"), 6, "minValue does not go with type: CATEGORICAL", ""),
    (ONE.format("type: DISCRETE\n  discreteValues: [2, 1]"), 6, "ascending order", ""),
    (ONE.format("type: DISCRETE\n  discreteValues: [1, a]"), 6, "expected a number, got 'a'", ""),
    (ONE.format("type: DISCRETE\n  discreteValues: 1"), 6, "expected a list, got the number 1", ""),
    (ONE.format("type: INTEGER\n  minValue: 0.5\n  maxValue: 2"), 6, "expected a whole number, got 0.5", "DOUBLE"),
    (FLOATS + "  scaleType: UNIT_LOG_SCALE", 6, "starts above 0, got 0.0", ""),
    (ONE.format("type: DOUBLE\n  minValue: 0\n  maxValue: .inf"), 7, "expected a number, got .inf", ""),
    (FLOATS.replace("goal", "algorithm: GRID_SEARCH\ngoal"), 6, "GRID_SEARCH takes INTEGER", ""),
    (FLOATS.replace(": x", ": n"), 4, "gcloud reads n without quotes", "'n'"),
    # both
    (
        "goal: MAXIMIZE\nparams:\n- {parameterName: x, " + INT + "}\n- {parameterName: x, " + INT + "}",
        3,
        "x is there twice",
        "",
    ),
    ("trainingInput: {scaleTier: BASIC}", 1, "hyperparameters: missing: there is nothing to tune", ""),
    ("maxTrialCount: 3", 1, "studySpec: missing: there is nothing to tune", ""),
    ("trainer: a\nfoo: 1", 1, "this is no tuning config", "studySpec"),
    ("- a", 1, "this is no tuning config", ""),
    ("goal: a: b", 1, "not valid YAML", ""),
    ("goal: MAXIMIZE\ngoal: MINIMIZE\nparams: []", 2, "written twice", ""),
    # Vertex AI
    (VONE.format(f"{DOUBLE}\n    integerValueSpec: {{}}"), 4, "got doubleValueSpec and integerValueSpec", ""),
    (VONE.format(BELOW.format("")), 6, "expected one of parentCategoricalValues", ""),
    (VONE.format(BELOW.format("parentCategoricalValues: {values: [c]}, ")), 6, "never has the value 'c'", ""),
    (VONE.format(DOUBLE).replace("s: [{", "s: [{metricId: b, goal: MINIMIZE}, {"), 2, "expected one metric, got 2", ""),
]
