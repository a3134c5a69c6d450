"""Other tools' own expanders beside what is made of their files; each is skipped where its library is missing."""

from __future__ import annotations

import itertools

import pytest

from sweeper.commands.importing.tool import carried
from sweeper.config import parse
from sweeper.search import registry as searches
from tests.formats.foreign.golden import HERE


def points(text, tool):
    sweep = parse(carried(text, tool=tool, file="f", lossy=True).text, path="sweep.yaml")
    search = searches.make(sweep)
    return [dict(search.propose(i)) for i in range(search.count)]


def as_set(found):
    return {tuple(sorted((name, str(value)) for name, value in one.items())) for one in found}


CALIBAN = [
    *(path.read_text() for path in sorted((HERE / "caliban").glob("*.json"))),
    '{"a": [1, 2.0, "x"], "b": true}',
    '{"[a, b]": [[1, true], [2, false]], "c": [true, false]}',
    '[{"a": [1, 2]}, {"a": 3, "[b,c]": [1, 2]}]',
]


@pytest.mark.parametrize("text", CALIBAN)
def test_an_experiment_json_is_expanded_as_caliban_does(text):
    commentjson = pytest.importorskip("commentjson")
    theirs = pytest.importorskip("caliban.config.experiment").expand_experiment_config(commentjson.loads(text))
    assert as_set(points(text, "caliban")) == as_set(theirs)


HYDRA = [
    "lr=0.1,1e-2 model=a,b",
    "x=range(1,4) y=range(5)",
    "x=range(0,1,0.1)",
    "x=range(0,0.3,0.1)",
    "x=range(5,0,-2)",
    "x=range(start=1,stop=9,step=3)",
    "x=choice(a,b,c) +y=3",
    "x=sort(3,1,2) z=sort(range(1,4),reverse=true)",
    "x=tag(t1,t2,choice(1,2))",
    "x=int(2.0),3",
    "\"x='a,b','c d'\" y=1",
    "x=[1,2],[3] y={a:1},{b:2}",
    r'"x=a\,b,c"',
    "x=float(range(1,3))",
    "x=str(1) y=-1,.5,1_000",
]


def hydras(text):
    parser = pytest.importorskip("hydra.core.override_parser.overrides_parser").OverridesParser.create()
    sweeper = pytest.importorskip("hydra._internal.core_plugins.basic_sweeper").BasicSweeper
    import shlex

    overrides = parser.parse_overrides(shlex.split(text))
    (jobs,) = sweeper.split_arguments(overrides, None)
    return [[parser.parse_override(one) for one in job] for job in jobs]


def plain(value):
    """Hydra's value as a command line shows it."""
    if isinstance(value, (list, dict)):
        return str(value).replace("'", "").replace(" ", "")
    return str(number(getattr(value, "text", value)))


@pytest.mark.parametrize("text", HYDRA)
def test_overrides_are_expanded_as_the_basic_sweeper_does(text):
    theirs = [{one.key_or_group: plain(one._value) for one in job} for job in hydras(text)]
    ours = [{name: plain(value) for name, value in one.items()} for one in points(text, "hydra")]
    assert len(ours) == len(theirs)
    assert as_set(ours) == as_set(theirs)


def test_what_the_basic_sweeper_refuses_is_a_loss():
    text = "x=interval(0,1) y=glob(*)"
    with pytest.raises(Exception, match="does not support sweep type"):
        hydras(text)
    made = carried(text, tool="hydra", file="f", lossy=True)
    assert [one.path for one in made.losses] == ["x", "y"]


SEML = [
    (HERE / "seml" / "grid.yaml").read_text(),
    "grid: {a: {type: range, min: 0, max: 1, step: 0.3}, b: {type: choice, options: [1, 1, 2]}}",
    "grid: {a: {type: loguniform, min: 1e-4, max: 1, num: 3}}\nsub: {fixed: {b: 1}}\nother: {grid: {b: {type: choice, "
    "options: [2, 3]}}, deep: {fixed: {c: 4}}, deeper: {fixed: {a: 5}}}",
    "grid: {a: {type: parameter_collection, params: {x: {type: choice, options: [1, 2]}}}}",
    "fixed: {a: 1}\ngrid: {z: {type: choice, options: [a, b], zip_id: q}, "
    "y: {type: choice, options: [no, 1e-5], zip_id: q}}",
]


@pytest.mark.parametrize("text", SEML)
def test_a_grid_is_expanded_as_seml_does(text):
    yaml = pytest.importorskip("yaml")
    config = pytest.importorskip("seml.experiment.config")
    utils = pytest.importorskip("seml.utils")
    document = config.convert_values(yaml.safe_load(text))
    document.pop("seml", None)
    document.pop("slurm", None)
    theirs = [utils.flatten(one) for one in config.generate_configs(document)]
    theirs = [{name: number(value) for name, value in one.items()} for one in theirs]
    assert as_set(points(text, "seml")) == as_set(theirs)


def number(value):
    """To twelve digits, as a sweep rounds what is spaced."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def test_samples_for_each_point_of_a_grid_are_as_many_as_semls():
    yaml, config = pytest.importorskip("yaml"), pytest.importorskip("seml.experiment.config")
    text = (HERE / "seml" / "sub.yaml").read_text()
    document = yaml.safe_load(text)
    document.pop("seml")
    theirs = config.generate_configs(document)
    ours = points(text, "seml")
    assert len(ours) == len(theirs) == 2 + 3 * 3
    assert len({one.get("noise") for one in ours}) == len({one.get("noise") for one in theirs}) == 4


def test_the_counts_of_the_others_are_what_their_sources_say():
    grid = points((HERE / "determined" / "grid.yaml").read_text(), "determined")
    assert len(grid) == len(list(itertools.product(range(3), range(3), range(2), range(4), range(2))))
    assert len(points((HERE / "katib" / "grid.yaml").read_text(), "katib")) == 3 * 2 * 2
    assert len(points((HERE / "nni" / "grid.yml").read_text(), "nni")) == 2 * 3 * 3
