"""What cannot be done as asked is said in one line, with exit code 2."""

from __future__ import annotations

import pytest
from trainer_runs import DATA

from trainer import task

BAD_OPTIONS = [
    (("--batch_size=abc",), "--batch_size: expected a whole number of at least 1, got 'abc'"),
    (("--batch_size=0",), "--batch_size: expected a whole number of at least 1, got '0'"),
    (("--batch_size=32.5",), "--batch_size: expected a whole number"),
    (("--batch_size=.0",), "--batch_size: expected a whole number"),
    (("--batch_size=0.0",), "--batch_size: expected a whole number of at least 1, got '0.0'"),
    (("--hidden_units=64,x",), "--hidden_units: expected a whole number of at least 1, got 'x'"),
    (("--hidden_units=",), "--hidden_units: expected a comma-separated list, got ''"),
    (("--learning_rate=fast",), "--learning_rate: expected a number above 0, got 'fast'"),
    (("--learning_rate=0",), "--learning_rate: expected a number above 0, got '0'"),
    (("--learning_rate=nan",), "--learning_rate: expected a number above 0, got 'nan'"),
    (("--learning_rate=inf",), "--learning_rate: expected a number above 0, got 'inf'"),
    (("--epochs=0",), "--epochs: expected a whole number of at least 1, got '0'"),
    (("--optimizer=lion",), "--optimizer: expected adam or sgd, got 'lion'"),
    (("--momentum=1",), "--momentum: expected a number from 0 to below 1, got '1'"),
    (("--seed=-1",), "--seed: expected a whole number of at least 0 and at most 4294967295, got '-1'"),
    (("--seed=4294967296",), "--seed: expected a whole number of at least 0 and at most 4294967295"),
    (("--eval_data_paths=,",), "--eval_data_paths: expected a comma-separated list, got ','"),
    (("--eval_data_paths=missing/*.csv",), "missing/*.csv: no file matches"),
]
BAD_FILES = [
    ("", "its first line names no column 'label'"),
    ("a,b\n1,2\n", "its first line names no column 'label'"),
    ("label,a\n", "it has no rows"),
    ("label,a\n1,x\n", "could not convert string 'x'"),
    ("label,a\n1,2\n1\n", "number of columns changed from 2 to 1"),
    ("label,a\n1,2,3\n", "its first line names 2 columns, its rows have 3"),
    ("label,a\n1,nan\n", "not finite"),
    ("label,a\n0.5,1\n", "its labels are not all whole numbers"),
    ("label,a\n1,2\n1,3\n1,2\n1,3\n1,2\n", "two labels at least"),
    ("label,a\n1,2\n0,3\n", "examples to evaluate on, are needed"),
]


def refused(capsys, *argv):
    assert task.main(list(argv)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS)
def test_a_bad_value_is_named(capsys, tmp_path, options, message):
    data = DATA if not options[0].startswith("--eval") else DATA[:1]
    err = refused(capsys, *data, f"--output_dir={tmp_path}/out", *options)
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("content", "message"), BAD_FILES)
def test_a_bad_file_is_named(capsys, tmp_path, content, message):
    (tmp_path / "bad.csv").write_text(content)
    err = refused(capsys, f"--train_data_paths={tmp_path}/bad.csv", f"--output_dir={tmp_path}/out")
    assert message in err
    assert err.count("\n") == 1


def test_a_folder_instead_of_files_gets_a_hint(capsys, tmp_path):
    assert f"try {tmp_path}/*.csv" in refused(capsys, f"--train_data_paths={tmp_path}/")


def test_an_address_that_no_installed_package_reads_is_named(capsys):
    err = refused(capsys, "--train_data_paths=nonsense://bucket/digits.csv")
    assert err.startswith("task.py: nonsense://bucket/digits.csv: Protocol not known")


def test_evaluation_data_must_have_the_training_columns(capsys, tmp_path):
    (tmp_path / "narrow.csv").write_text("label,a\n1,2\n")
    err = refused(capsys, DATA[0], f"--eval_data_paths={tmp_path}/narrow.csv", f"--output_dir={tmp_path}/out")
    assert "--eval_data_paths: the columns are not those of the training data" in err


def test_files_with_other_columns_cannot_be_mixed(capsys, tmp_path):
    (tmp_path / "narrow.csv").write_text("label,a\n1,2\n")
    err = refused(capsys, f"{DATA[0]},{tmp_path}/narrow.csv")
    assert "narrow.csv: its columns are not those of" in err


def test_an_output_folder_that_is_a_file_is_named(capsys, tmp_path):
    (tmp_path / "out").write_text("")
    assert "cannot be made or used as a folder" in refused(capsys, *DATA, f"--output_dir={tmp_path}/out")


def test_a_metric_file_that_cannot_be_written_is_named(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLOUD_ML_HP_METRIC_FILE", f"{tmp_path}/file/metrics")
    assert "CLOUD_ML_HP_METRIC_FILE: " in refused(capsys, *DATA, f"--output_dir={tmp_path}/out")


@pytest.mark.parametrize("argv", [[], ["--train_data_paths=x", "--bogus=1"], ["--train_data_paths=x", "extra"]])
def test_a_command_line_that_does_not_fit_shows_the_usage(capsys, argv):
    assert "Usage:" in refused(capsys, *argv)


def test_training_that_diverges_fails_in_one_line(capsys, train, tmp_path):
    assert train("--learning_rate=1e300", "--epochs=1", f"--output_dir={tmp_path}/out") == 1
    assert "the training diverged" in capsys.readouterr().err
