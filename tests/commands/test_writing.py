"""Where an output is written: over a file, through a link, into what is no file, and never over a folder."""

from __future__ import annotations

import os

import pytest

from sweeper.commands.writing import write_whole
from sweeper.errors import UserError


def test_a_file_is_written_over_and_nothing_is_left_beside(tmp_path):
    for text in ("old", "new"):
        write_whole(tmp_path / "page", text, "page")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"page": "new"}


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)  # both ends, so that nobody waits for the other
    try:
        write_whole(pipe, "all of it", "pipe")
        assert pipe.is_fifo()
        assert os.read(held, 100) == b"all of it"
    finally:
        os.close(held)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_is_followed_also_to_what_is_not_there_yet(tmp_path):
    link, file = tmp_path / "link", tmp_path / "elsewhere" / "file"
    file.parent.mkdir()
    link.symlink_to(file)
    for text in ("old", "new"):
        write_whole(link, text, "link")
        assert (link.is_symlink(), file.is_symlink(), file.read_text()) == (True, False, text)


@pytest.mark.parametrize("name", [".", "/", "there"])
def test_a_folder_is_no_file(tmp_path, name):
    (tmp_path / "there").mkdir()
    with pytest.raises(UserError, match="it is a folder"):
        write_whole(tmp_path / name, "text", name)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
