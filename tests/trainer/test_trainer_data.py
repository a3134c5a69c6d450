"""Where examples come from and where results go: paths, globs, addresses, the shipped files."""

from __future__ import annotations

import importlib.util
import json

import fsspec
import numpy as np
from trainer_runs import ROOT

from trainer import data, storage, task


def test_globs_and_lists_read_each_file_once_in_order(tmp_path):
    for name, label in (("b", 2), ("a", 1), ("c", 3)):
        (tmp_path / f"{name}.csv").write_text(f"label,x\n{label},0\n")
    found = data.read([f"{tmp_path}/c.csv", f"{tmp_path}/[abc].csv"])
    assert found.labels.tolist() == [3, 1, 2]


def test_a_path_that_looks_like_a_glob_is_taken_as_it_is(tmp_path):
    (tmp_path / "x[1].csv").write_text("label,x\n7,0\n")
    assert data.read([f"{tmp_path}/x[1].csv"]).labels.tolist() == [7]


def test_the_label_may_be_any_column(tmp_path):
    (tmp_path / "x.csv").write_text("x,label,y\n0.5,3,1.5\n")
    found = data.read([f"{tmp_path}/x.csv"])
    assert (found.features.tolist(), found.labels.tolist()) == ([[0.5, 1.5]], [3])


def test_without_evaluation_data_every_fifth_example_is_held_out():
    examples = data.Examples(np.zeros((11, 1)), np.arange(11))
    train, held = data.hold_out(examples)
    assert held.labels.tolist() == [4, 9]
    assert sorted([*train.labels, *held.labels]) == list(range(11))


def test_data_and_results_may_live_in_a_store(train, tmp_path):
    store = fsspec.filesystem("memory")
    for name in ("digits", "digits_eval"):
        store.pipe_file(f"/bucket/{name}.csv", (ROOT / f"data/{name}.csv").read_bytes())
    paths = ("--train_data_paths=memory://bucket/digits.c*", "--eval_data_paths=memory://bucket/digits_eval.csv")
    options = ("--epochs=2", "--batch_size=256")
    assert task.main([*paths, *options, "--job-dir=memory://bucket/out/"]) == 0
    assert train(*options, f"--output_dir={tmp_path}/out") == 0
    stored = json.loads(store.cat_file("/bucket/out/evaluation.json"))
    assert stored == json.loads((tmp_path / "out/evaluation.json").read_text())
    assert {path.rpartition("/")[2] for path in store.ls("/bucket/out", detail=False)} == {
        "checkpoint.joblib",
        "evaluation.json",
        "metrics.jsonl",
        "model.joblib",
    }


def test_a_file_is_replaced_whole_under_its_readers(tmp_path):
    folder = storage.folder(f"{tmp_path}/new/out")
    storage.save(folder, "x", b"old")
    with (tmp_path / "new/out/x").open("rb") as reader:
        storage.save(folder, "x", b"something new")
        assert reader.read() == b"old"
    assert storage.load(folder, "x") == b"something new"


def test_output_dir_comes_before_job_dir_and_a_folder_of_its_own_is_the_default(train, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ("--epochs=1", "--batch_size=512")
    assert train(*options, "--output_dir=mine", "--job-dir=theirs") == 0
    assert train(*options) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "output", "hypertune"}


def test_without_a_folder_on_the_command_line_it_is_the_one_that_vertex_names(train, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIP_MODEL_DIR", f"{tmp_path}/model")
    options = ("--epochs=1", "--batch_size=512")
    assert train(*options, "--job-dir=theirs") == 0
    assert train(*options) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"theirs", "model", "hypertune"}
    monkeypatch.setenv("AIP_MODEL_DIR", "")
    assert train(*options) == 0
    assert (tmp_path / "output" / "model.joblib").is_file()


def test_a_whole_number_may_come_as_a_service_writes_it(train, tmp_path):
    assert train("--epochs=1", "--batch_size=256", f"--output_dir={tmp_path}/one") == 0
    assert train("--epochs=1.0", "--batch_size=256.00", "--seed=0.0", f"--output_dir={tmp_path}/two") == 0
    one, two = ((tmp_path / name / "model.joblib").read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_shipped_files_are_what_their_script_makes(tmp_path):
    script = tmp_path / "make_digits.py"
    script.write_text((ROOT / "data/make_digits.py").read_text())
    spec = importlib.util.spec_from_file_location("make_digits", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main()
    for name, examples in (("digits.csv", 1437), ("digits_eval.csv", 360)):
        shipped = (ROOT / "data" / name).read_bytes()
        assert shipped == (tmp_path / name).read_bytes()
        assert shipped.count(b"\n") == examples + 1
