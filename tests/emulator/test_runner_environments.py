from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

import pytest
from runner_lab import PACKAGE, TASK, Bucket, lab, objects, play, sdist, wheel

WHERE = "import trainer; print(trainer.__file__)"


def test_jobs_with_the_same_package_share_one_environment_made_once(tmp_path):
    async def scenario():
        async with lab(tmp_path, own_environments=True) as it:
            for number in range(4):
                it.start(f"job{number}", WHERE)
            for number in range(4):
                await it.end(f"job{number}")
            files = {it.printed(f"job{number}")[0] for number in range(4)}
            (environment,) = (tmp_path / "environments").iterdir()
            assert len(files) == 1
            assert files.pop().startswith(str(environment))
            assert (environment / "pip.log").read_text().count("Successfully installed") == 1

    play(scenario())


def test_another_content_at_the_same_address_is_another_environment(tmp_path):
    async def scenario():
        bucket = objects()
        async with lab(tmp_path, bucket=bucket) as it:
            await it.run(WHERE, "before")
            bucket.put(PACKAGE, wheel({"trainer/task.py": "print('changed')"}))
            await it.run(WHERE, "after")
            assert it.printed("after") == ["changed"]

    play(scenario())


def test_a_source_distribution_is_built_and_installed_on_top_of_what_the_emulator_has(tmp_path):
    async def scenario():
        bucket = Bucket()
        package = "gs://b/p/trainer-0.1.tar.gz"
        bucket.put(package, sdist({"trainer/task.py": "import numpy; print(__file__)"}, requires=["numpy"]))
        async with lab(tmp_path, bucket=bucket, own_environments=True) as it:
            assert (await it.run(packages=(package,))).state == "succeeded"
            (environment,) = (tmp_path / "environments").iterdir()
            assert it.printed()[0].startswith(str(environment))
            assert "Requirement already satisfied: numpy" in (environment / "pip.log").read_text()

    play(scenario())


def test_one_package_may_need_another_that_is_given_with_it(tmp_path):
    async def scenario():
        bucket = objects()
        bucket.put(
            "gs://b/x/needs_lib-1-py3-none-any.whl", wheel({}, name="needs_lib", version="1", requires=["own-lib"])
        )
        bucket.put("gs://b/y/own_lib-2-py3-none-any.whl", wheel({"own_lib/a.py": ""}, name="own_lib", version="2"))
        packages = ("gs://b/x/needs_lib-1-py3-none-any.whl", "gs://b/y/own_lib-2-py3-none-any.whl", PACKAGE)
        async with lab(tmp_path, bucket=bucket) as it:
            assert (await it.run("import own_lib.a", packages=packages)).state == "succeeded"

    play(scenario())


def test_scripts_of_a_package_are_on_the_path(tmp_path):
    async def scenario():
        bucket = Bucket()
        script = {"trainer-0.1.dist-info/entry_points.txt": "[console_scripts]\nhello-there = trainer.task:hello\n"}
        bucket.put(PACKAGE, wheel({"trainer/task.py": "def hello(): print('hello')", **script}))
        async with lab(tmp_path, bucket=bucket) as it:
            await it.run(module=None, command=("hello-there",))
            assert it.printed() == ["hello"]

    play(scenario())


def test_the_current_directory_of_the_emulator_is_not_on_the_import_path(tmp_path, monkeypatch):
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)

    async def scenario():
        async with lab(tmp_path / "dir") as it:
            assert (await it.run(WHERE)).state == "succeeded"

    play(scenario())


def test_what_the_emulator_has_installed_under_the_same_name_is_not_taken_for_the_package(tmp_path, monkeypatch):
    """Neither an editable install, whose finder would bring in the checkout, nor a copy of the same version."""
    site = tmp_path / "site-packages"
    checkout = tmp_path / "checkout" / "trainer"
    for folder in (site / "trainer", site / "trainer-0.1.dist-info", checkout):
        folder.mkdir(parents=True)
    for package in (site / "trainer", checkout):
        (package / "__init__.py").write_text("raise SystemExit('the wrong one')")
    (site / "trainer-0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: trainer\nVersion: 0.1\n")
    (site / "__editable__.trainer-0.1.pth").write_text(
        f"{checkout.parent}\nimport sys; sys.path.insert(0, {str(checkout.parent)!r})\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])

    async def scenario():
        async with lab(tmp_path / "dir", own_environments=True) as it:
            end = await it.run(WHERE)
            assert (end.state, end.message) == ("succeeded", "")
            assert str(checkout.parent) not in (await _path_of(it))

    play(scenario())


def test_a_build_that_fails_is_told_to_each_waiting_job_and_tried_anew_for_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    async def scenario():
        bucket = Bucket()
        bucket.put(PACKAGE, wheel({"trainer/task.py": TASK}, requires=["late-lib"]))
        async with lab(tmp_path / "dir", bucket=bucket, own_environments=True) as it:
            for name in ("one", "two"):
                it.start(name, WHERE)
            for name in ("one", "two"):
                end = await it.end(name)
                assert (end.state, end.code) == ("failed", None)
                first, *_, last = end.message.splitlines()
                assert first == "the packages could not be installed: No matching distribution found for late-lib"
                assert last == "ERROR: No matching distribution found for late-lib"
                assert it.states(name) == ["preparing", "failed"]
                assert it.printed(name)[-1] == "ERROR: No matching distribution found for late-lib"
            (tmp_path / "late_lib-1-py3-none-any.whl").write_bytes(wheel({}, name="late_lib", version="1"))
            assert (await it.run(WHERE, "three")).state == "succeeded"

    play(scenario())


def test_what_is_no_package_at_all_fails_with_the_last_words_of_pip(tmp_path):
    async def scenario():
        bucket = objects()
        bucket.put("gs://b/broken.whl", b"no archive at all")
        async with lab(tmp_path, bucket=bucket, own_environments=True) as it:
            end = await it.run(packages=("gs://b/broken.whl",))
            assert "broken.whl is not a valid wheel filename" in end.message

    play(scenario())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("gs://b/none.tar.gz", "the package gs://b/none.tar.gz does not exist"),
        ("https://example.com/a.tar.gz", "expected gs://bucket/name"),
        ("gs://b", "expected gs://bucket/name"),
        ("gs://b/..", "no name that a package could have"),
        ("gs://b/a/", "no name that a package could have"),
        ("gs://b/--index-url=x", "no name that a package could have"),
    ],
)
def test_a_package_that_cannot_be_had_fails_the_job(tmp_path, address, told):
    async def scenario():
        bucket = objects()
        for name in ("..", "a/", "--index-url=x"):
            bucket.put(f"gs://b/{name}", b"")
        async with lab(tmp_path, bucket=bucket) as it:
            end = await it.run(packages=(address,))
            assert end.state == "failed"
            assert told in end.message

    play(scenario())


OUT = "/tmp/elsewhere"
ESCAPES = {
    "a path upwards": [("trainer-0.1/../../up.txt", None)],
    "an absolute path": [(f"{OUT}/file.txt", None)],
    "a link, and a file behind it": [("trainer-0.1/way", OUT), ("trainer-0.1/way/file.txt", None)],
    "a link that is all": [("trainer-0.1/trainer/words.txt", "/etc/passwd")],
    "a link upwards": [("trainer-0.1/trainer/up", "../../..")],
    "a link within, and a file behind it": [("trainer-0.1/way", "trainer"), ("trainer-0.1/./way/file.txt", None)],
}


def with_members(data, members):
    """The same archive with more in it; a member with a target is a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=buffer, mode="w:gz") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
        for name, target in members:
            info = tarfile.TarInfo(name)
            if target is not None:
                info.type, info.linkname = tarfile.SYMTYPE, target
            new.addfile(info)
    return buffer.getvalue()


@pytest.mark.parametrize("members", ESCAPES.values(), ids=ESCAPES)
def test_a_package_cannot_write_or_link_outside_of_its_folder(tmp_path, members):
    inside = [(name, target and target.replace(OUT, str(tmp_path / "out"))) for name, target in members]
    inside = [(name.replace(OUT, str(tmp_path / "out")), target) for name, target in inside]

    async def scenario():
        bucket = objects()
        data = with_members(sdist({"trainer/task.py": TASK}), inside)
        bucket.put("gs://b/trainer-0.1.tar.gz", data)
        (tmp_path / "out").mkdir()
        async with lab(tmp_path / "dir", bucket=bucket, own_environments=True) as it:
            end = await it.run(packages=("gs://b/trainer-0.1.tar.gz",))
            assert end.state == "failed"
            assert "trainer-0.1.tar.gz is refused" in end.message
            assert "leads out of its folder" in end.message
        assert list((tmp_path / "out").iterdir()) == []

    play(scenario())


def test_a_link_to_a_file_beside_it_is_fine(tmp_path):
    async def scenario():
        bucket = objects()
        data = with_members(sdist({"trainer/task.py": TASK}), [("trainer-0.1/trainer/same.py", "task.py")])
        bucket.put("gs://b/trainer-0.1.tar.gz", data)
        async with lab(tmp_path / "dir", bucket=bucket, own_environments=True) as it:
            assert (await it.run("print(1)", packages=("gs://b/trainer-0.1.tar.gz",))).state == "succeeded"

    play(scenario())


def test_half_an_environment_of_an_earlier_life_is_made_anew(tmp_path):
    async def scenario():
        async with lab(tmp_path, own_environments=True) as it:
            await it.run(WHERE)
        (environment,) = (tmp_path / "environments").iterdir()
        (environment / "ready").unlink()
        site = next(environment.glob("lib/*/site-packages"))
        (site / "trainer" / "task.py").write_text("raise SystemExit('half')")
        async with lab(tmp_path, own_environments=True) as it:
            assert (await it.run(WHERE)).state == "succeeded"

    play(scenario())


def test_a_job_that_is_cancelled_while_its_environment_is_made_leaves_the_others_theirs(tmp_path):
    async def scenario():
        async with lab(tmp_path, own_environments=True) as it:
            it.start("one", WHERE)
            it.start("two", WHERE)
            await it.state("one", "preparing")
            it.runner.cancel("one")
            assert (await it.end("one")).state == "cancelled"
            assert (await it.end("two")).state == "succeeded"
            assert it.states("one") == ["preparing", "cancelled"]

    play(scenario())


async def _path_of(it) -> list[str]:
    await it.run("print('\\n'.join(sys.path))", "path")
    return [str(Path(line)) for line in it.printed("path")]
