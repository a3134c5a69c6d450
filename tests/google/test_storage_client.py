"""Objects in buckets, as sweeper uses them, against the emulated Cloud Storage and a server that drops replies."""

from __future__ import annotations

import base64
import hashlib
import os
import threading

import pytest

from sweeper.google.failures import CallFailed, Kind
from sweeper.google.objects import glob_escaped, split
from sweeper.google.upload import PART
from tests.google.google_lab import CUT, Reply, error, google_at

URL = "gs://bucket/a folder/ünï?#%.json"


@pytest.fixture
def storage_of():
    made = []

    def make(url, **options):
        made.append(google_at(url, **options))
        return made[-1].storage()

    yield make
    for google in made:
        google.close()


@pytest.fixture
def storage(emulator, storage_of):
    emulator.make_bucket()
    return storage_of(emulator.url)


def kind_of(act) -> Kind:
    with pytest.raises(CallFailed) as failed:
        act()
    return failed.value.kind


@pytest.mark.parametrize("data", [b"", b"x", b"From here\r\n\x00\xff", os.urandom(300_000)], ids=len)
def test_what_is_written_is_read_again(data, storage):
    generation = storage.write(URL, data, content_type="text/plain")
    assert storage.read(URL) == data
    found = storage.stat(URL)
    assert (found.url, found.size, found.generation) == (URL, len(data), generation)
    assert found.md5 == base64.b64encode(hashlib.md5(data).digest()).decode()
    assert found.updated > 1.7e9
    assert found.crc32c


def test_a_range_begins_where_it_is_asked_to(storage):
    storage.write(URL, b"0123456789")
    assert storage.read(URL, start=7) == b"789"
    assert storage.read(URL, start=10) == b""
    assert storage.read(URL, start=99) == b""


def test_what_is_not_there_is_told_apart_from_trouble(storage):
    assert storage.stat(URL) is None
    assert kind_of(lambda: storage.read(URL)) is Kind.NOT_FOUND
    assert kind_of(lambda: storage.write("gs://no-such-bucket/x", b"")) is Kind.NOT_FOUND
    assert kind_of(lambda: list(storage.list("gs://no-such-bucket/"))) is Kind.NOT_FOUND
    storage.delete(URL)


def test_deleted_is_gone(storage):
    storage.write(URL, b"x")
    storage.delete(URL)
    assert storage.stat(URL) is None


def test_a_generation_is_replaced_only_by_whoever_knows_it(storage):
    first = storage.write(URL, b"1", generation=0)
    assert kind_of(lambda: storage.write(URL, b"2", generation=0)) is Kind.PRECONDITION
    assert kind_of(lambda: storage.write(URL, b"1", generation=0)) is Kind.PRECONDITION
    second = storage.write(URL, b"2", generation=first)
    assert second > first
    assert kind_of(lambda: storage.write(URL, b"3", generation=first)) is Kind.PRECONDITION
    assert storage.read(URL) == b"2"


def test_of_sixteen_that_race_for_a_name_one_wins(storage):
    won, lost = [], []

    def race(n):
        try:
            won.append(storage.write(URL, str(n).encode(), generation=0))
        except CallFailed as failed:
            lost.append(failed.kind)

    threads = [threading.Thread(target=race, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == [Kind.PRECONDITION] * 15


def test_lists_go_over_all_pages_in_order(storage, emulator):
    for n in range(25):
        storage.write(f"gs://bucket/p/{n:04}/m.jsonl" if n % 2 else f"gs://bucket/p/{n:04}/x/y.bin", b"")
    before = len(emulator.requests(part="storage.*"))
    names = [one.url for one in storage.list("gs://bucket/p/", page_size=10)]
    assert names == sorted(names)
    assert len(names) == 25
    assert len(emulator.requests(part="storage.*")) == before + 3
    assert len(list(storage.list("gs://bucket/p/", glob="*/m.jsonl"))) == 12
    assert len(list(storage.list("gs://bucket/p/", glob="*/*.bin"))) == 0
    assert len(list(storage.list("gs://bucket/p/", glob="**/*.bin"))) == 13
    assert list(storage.list("gs://bucket/q")) == []


def test_a_prefix_is_taken_by_the_letter_even_beside_a_glob(storage):
    storage.write("gs://bucket/a[1]*{b}/m", b"")
    storage.write("gs://bucket/a1xb/m", b"")
    assert [one.url for one in storage.list("gs://bucket/a[1]*{b}/", glob="*")] == ["gs://bucket/a[1]*{b}/m"]
    assert glob_escaped("a*b") == r"a\*b"


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 3 * PART - 5])
def test_files_of_any_size_arrive_whole(size, storage, tmp_path):
    path = tmp_path / "f.tar.gz"
    path.write_bytes(os.urandom(size))
    heard: list[tuple[int, int]] = []
    generation = storage.upload_file(URL, path, generation=0, progress=lambda *now: heard.append(now))
    found = storage.stat(URL)
    assert (found.size, found.generation) == (size, generation)
    assert found.md5 == base64.b64encode(hashlib.md5(path.read_bytes()).digest()).decode()
    assert heard[-1] == (size, size)
    assert heard == sorted(heard)
    assert kind_of(lambda: storage.upload_file(URL, path, generation=0)) is Kind.PRECONDITION


@pytest.mark.parametrize("seed", range(2))
def test_uploads_and_writes_survive_a_bad_line(seed, make_emulator, storage_of, tmp_path):
    faults = "error503=0.1;error503_after=0.1;cut_before=0.1;cut_after=0.1;rate429=0.05;error500=0.05"
    emulator = make_emulator()
    emulator.make_bucket()
    emulator.set_faults(faults, seed=seed)
    storage = storage_of(emulator.url, tries=12)
    path = tmp_path / "big"
    path.write_bytes(os.urandom(3 * PART + 17))
    storage.upload_file("gs://bucket/big", path, generation=0)
    assert hashlib.md5(storage.read("gs://bucket/big")).digest() == hashlib.md5(path.read_bytes()).digest()
    for n in range(20):
        generation = storage.write(f"gs://bucket/{n}", b"%d" % n, generation=0)
        assert storage.write(f"gs://bucket/{n}", b"again", generation=generation) > generation
        assert storage.read(f"gs://bucket/{n}") == b"again"
    assert len(list(storage.list("gs://bucket/"))) == 21


def there(data: bytes, generation: int) -> Reply:
    md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
    return Reply(body={"name": "o", "size": "1", "generation": str(generation), "md5Hash": md5})


def test_a_lost_reply_to_a_first_write_is_settled_by_looking(server, storage_of):
    server.then(CUT, there(b"ours", 7))
    assert storage_of(server.url).write("gs://b-k/o", b"ours", generation=0) == 7
    assert [request.method for request in server.requests] == ["POST", "GET"]


def test_a_lost_reply_whose_name_somebody_else_has_is_a_no(server, storage_of):
    server.then(CUT, there(b"theirs", 7), error(412, "", reason="conditionNotMet"), there(b"theirs", 7))
    assert kind_of(lambda: storage_of(server.url).write("gs://b-k/o", b"ours", generation=0)) is Kind.PRECONDITION
    assert [request.method for request in server.requests] == ["POST", "GET", "POST", "GET"]


def test_a_lost_reply_to_a_write_that_was_not_done_is_sent_again(server, storage_of):
    server.then(Reply(503), there(b"before", 3), Reply(body={"generation": "4"}))
    assert storage_of(server.url).write("gs://b-k/o", b"ours", generation=3) == 4
    assert [request.method for request in server.requests] == ["POST", "GET", "POST"]


def test_the_same_contents_at_the_old_generation_are_not_taken_for_the_new_ones(server, storage_of):
    server.then(CUT, there(b"same", 3), Reply(body={"generation": "4"}))
    assert storage_of(server.url).write("gs://b-k/o", b"same", generation=3) == 4


def test_a_write_that_was_late_is_recognised_after_the_second_one_was_refused(server, storage_of):
    server.then(CUT, error(404, "", reason="notFound"), error(412, "", reason="x"), there(b"ours", 9))
    assert storage_of(server.url).write("gs://b-k/o", b"ours", generation=0) == 9


def test_an_upload_whose_own_address_has_expired_begins_again(server, storage_of, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(bytes(PART + 1))
    begun = Reply(headers={"Location": f"{server.url}/session"})
    more = Reply(308, b"", {"Range": f"bytes=0-{PART - 1}"})
    server.then(begun, more, Reply(410, b""), begun, more, Reply(body={"generation": "5"}))
    assert storage_of(server.url).upload_file("gs://b-k/o", path) == 5
    assert [len(request.body) for request in server.requests] == [0, PART, 1, 0, PART, 1]


def test_buckets_are_made_and_found(emulator, storage_of):
    storage = storage_of(emulator.url)
    assert storage.bucket_exists("new-bucket") is False
    storage.make_bucket("new-bucket", "proj", "us-central1")
    assert storage.bucket_exists("new-bucket") is True
    assert kind_of(lambda: storage.make_bucket("new-bucket", "proj", "us-central1")) is Kind.EXISTS


def test_a_bucket_whose_objects_we_may_use_exists_though_we_may_not_look_at_it(server, storage_of):
    denied = error(403, "no storage.buckets.get", reason="forbidden")
    server.then(denied, Reply(body={}))
    assert storage_of(server.url).bucket_exists("b-k") is True
    server.then(denied, denied)
    assert kind_of(lambda: storage_of(server.url).bucket_exists("b-k")) is Kind.DENIED


@pytest.mark.parametrize("url", ["/a/b", "s3://b/x", "gs:/b/x", "gs://", "", "gs:///x"])
def test_what_is_no_address_is_refused_without_a_call(url, server, storage_of):
    storage = storage_of(server.url)
    for act in (
        lambda: storage.read(url),
        lambda: storage.write(url, b""),
        lambda: list(storage.list(url)),
        lambda: storage.delete(url),
    ):
        assert kind_of(act) is Kind.INVALID
    assert server.requests == []


def test_addresses_are_split_at_the_first_slash():
    assert split("gs://b/x/y") == ("b", "x/y")
    assert split("gs://b") == ("b", "")
    assert split("gs://b/x\ny") == ("b", "x\ny")
