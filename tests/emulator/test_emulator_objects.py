"""Objects of the emulated Cloud Storage: contents, names, generations, preconditions, copies."""

from __future__ import annotations

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.emulator.storage.checksums import Checksums, combine, extend_slowly, extender, in_base64

OBJECTS = "/storage/v1/b/bucket/o"
PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def bucket(emulator):
    emulator.make_bucket()
    return emulator


def put(server, name, data=b"x", headers=PLAIN, **query):
    asked = "".join(f"&{key}={value}" for key, value in query.items())
    path = f"/upload{OBJECTS}?uploadType=media&name={quote(name, safe='')}{asked}"
    return server.call("POST", path, data, headers)


def address(name):
    return f"{OBJECTS}/{quote(name, safe='')}"


def test_an_object_is_shown_with_all_that_clients_read(bucket):
    status, _, body = put(bucket, "a/b", b"hello")
    assert status == 200
    assert bucket.call("GET", address("a/b"))[2] == body
    assert (body["name"], body["bucket"], body["size"], body["contentType"]) == ("a/b", "bucket", "5", "text/plain")
    assert body["md5Hash"] == base64.b64encode(hashlib.md5(b"hello").digest()).decode()
    assert body["crc32c"] == "mnG7TA=="
    assert (body["metageneration"], body["id"]) == ("1", f"bucket/a/b/{body['generation']}")
    assert body["timeCreated"] == body["updated"]
    assert {"etag", "mediaLink", "selfLink", "storageClass"} <= body.keys()


def test_every_write_makes_a_greater_generation(bucket):
    first, second = (int(put(bucket, "a")[2]["generation"]) for _ in range(2))
    assert second > first


def test_a_content_that_was_replaced_or_deleted_is_gone_from_the_disk(bucket):
    for data in (b"1", b"2", b"3"):
        put(bucket, "a", data)
    (blob,) = contents(bucket)
    assert blob.read_bytes() == b"3"
    bucket.call("DELETE", f"{OBJECTS}/a")
    assert contents(bucket) == []


def contents(server):
    return [path for path in (server.dir / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        (None, 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=-30", 206, b"0123456789"),
        ("bytes=5-500", 206, b"56789"),
        ("bytes=0-0", 206, b"0"),
        ("lines=1-2", 200, b"0123456789"),  # a unit that nobody knows
        ("bytes=4-2", 200, b"0123456789"),  # no range at all
    ],
)
def test_a_range_gives_those_bytes(bucket, asked, status, content):
    put(bucket, "a", b"0123456789")
    for start in (OBJECTS, f"/download{OBJECTS}"):
        answer = bucket.call("GET", f"{start}/a?alt=media", headers={"Range": asked} if asked else {})
        assert (answer[0], answer[2]) == (status, content)


def test_a_range_behind_the_end_is_refused_with_the_size(bucket):
    put(bucket, "a", b"0123456789")
    status, headers, _ = bucket.call("GET", f"{OBJECTS}/a?alt=media", headers={"Range": "bytes=10-"})
    assert (status, headers["Content-Range"]) == (416, "bytes */10")


def test_a_large_object_comes_back_whole_and_in_part(bucket):
    data = bytes(range(256)) * 16_384  # 4 MB
    put(bucket, "a", data)
    assert bucket.call("GET", f"{OBJECTS}/a?alt=media")[2] == data
    part = bucket.call("GET", f"{OBJECTS}/a?alt=media", headers={"Range": "bytes=100-3000099"})
    assert part[2] == data[100:3_000_100]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a//b", "/a", "a/../b", "ü é/日本", "a%2Fb", "a b+c&d=e?f#g", "..a", "~"]
)
def test_a_name_is_only_a_name(bucket, name):
    assert put(bucket, name, name.encode())[2]["name"] == name
    assert bucket.call("GET", f"{address(name)}?alt=media")[2] == name.encode()
    assert [one["name"] for one in bucket.call("GET", OBJECTS)[2]["items"]] == [name]
    assert [path.name.isalnum() for path in contents(bucket)] == [True]
    assert bucket.call("DELETE", address(name))[0] == 204
    assert bucket.call("GET", address(name))[0] == 404


def test_slashes_that_were_not_encoded_are_understood(bucket):
    put(bucket, "a/b/c", b"x")
    assert bucket.call("GET", f"{OBJECTS}/a/b/c?alt=media")[2] == b"x"


@pytest.mark.parametrize("name", ["", "..", ".", "a\nb", "x" * 1025])
def test_a_name_that_cloud_storage_does_not_take_is_refused(bucket, name):
    assert put(bucket, name)[0] == 400
    assert contents(bucket) == []


def test_sixteen_racing_creates_have_one_winner(bucket):
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: put(bucket, "lock", b"%d" % n, ifGenerationMatch=0)[::2], range(16)))
    assert sorted(status for status, _ in found) == [200] + [412] * 15
    (winner,) = (n for n, (status, _) in enumerate(found) if status == 200)
    assert bucket.call("GET", f"{OBJECTS}/lock?alt=media")[2] == b"%d" % winner
    lost = next(body for status, body in found if status == 412)
    assert lost["error"]["errors"][0]["reason"] == "conditionNotMet"


# whether the object is there, the condition (g, m = its numbers), the status of a read, of a write
CONDITIONS = [
    (True, "ifGenerationMatch={g}", 200, 200),
    (True, "ifGenerationMatch=1", 412, 412),
    (True, "ifGenerationMatch=0", 412, 412),
    (False, "ifGenerationMatch=0", 404, 200),
    (False, "ifGenerationMatch=1", 404, 412),
    (True, "ifGenerationNotMatch={g}", 304, 412),
    (True, "ifGenerationNotMatch=1", 200, 200),
    (False, "ifGenerationNotMatch=0", 404, 412),
    (True, "ifMetagenerationMatch={m}", 200, 200),
    (True, "ifMetagenerationMatch=9", 412, 412),
    (True, "ifMetagenerationNotMatch={m}", 304, 412),
    (True, "ifGenerationMatch=soon", 400, 400),
]


@pytest.mark.parametrize(("there", "condition", "read", "write"), CONDITIONS)
def test_a_precondition_holds_or_nothing_happens(bucket, there, condition, read, write):
    old = put(bucket, "a", b"old")[2] if there else {"generation": 0, "metageneration": 0}
    query = condition.format(g=old["generation"], m=old["metageneration"])
    assert bucket.call("GET", f"{OBJECTS}/a?{query}")[0] == (read if there or write != 400 else 404)
    path = f"/upload{OBJECTS}?uploadType=media&name=a&{query}"
    assert bucket.call("POST", path, b"new", PLAIN)[0] == write
    content = bucket.call("GET", f"{OBJECTS}/a?alt=media")[2]
    assert content == b"new" if write == 200 else content == b"old" or not there


def test_a_delete_under_a_condition_that_does_not_hold_deletes_nothing(bucket):
    put(bucket, "a")
    assert bucket.call("DELETE", f"{OBJECTS}/a?ifGenerationMatch=1")[0] == 412
    assert bucket.call("GET", f"{OBJECTS}/a")[0] == 200


def test_a_generation_that_is_gone_is_not_found(bucket):
    old = put(bucket, "a")[2]["generation"]
    put(bucket, "a")
    assert bucket.call("GET", f"{OBJECTS}/a?generation={old}")[0] == 404


def test_a_patch_changes_what_it_names_and_raises_the_metageneration(bucket):
    put(bucket, "a")
    first = bucket.call("PATCH", f"{OBJECTS}/a", {"metadata": {"k": "1", "l": "2"}, "cacheControl": "no-store"})[2]
    assert (first["metadata"], first["metageneration"]) == ({"k": "1", "l": "2"}, "2")
    second = bucket.call("PATCH", f"{OBJECTS}/a", {"metadata": {"k": None}, "cacheControl": None})[2]
    assert second["metadata"] == {"l": "2"}
    assert "cacheControl" not in second
    assert second["contentType"] == "text/plain"
    assert second["generation"] == first["generation"]
    third = bucket.call("PUT", f"{OBJECTS}/a", {"contentType": "text/html"})[2]
    assert "metadata" not in third


def test_what_a_client_may_not_write_is_left_alone(bucket):
    put(bucket, "a", b"abc")
    assert bucket.call("PATCH", f"{OBJECTS}/a", {"size": "7", "name": "b"})[2]["size"] == "3"


def test_a_copy_has_the_content_and_its_own_life(bucket):
    put(bucket, "a/1", b"abc")
    copied = bucket.call("POST", f"{address('a/1')}/copyTo/b/bucket/o/{quote('b/1', safe='')}", {})[2]
    assert (copied["name"], copied["size"], copied["contentType"]) == ("b/1", "3", "text/plain")
    bucket.call("DELETE", address("a/1"))
    assert bucket.call("GET", f"{address('b/1')}?alt=media")[2] == b"abc"


def test_a_rewrite_is_done_at_once_and_takes_new_metadata(bucket):
    put(bucket, "a", b"abc")
    body = bucket.call("POST", f"{OBJECTS}/a/rewriteTo/b/bucket/o/b", {"contentType": "text/html"})[2]
    assert (body["done"], body["totalBytesRewritten"], body["resource"]["contentType"]) == (True, "3", "text/html")
    assert bucket.call("POST", f"{OBJECTS}/a/rewriteTo/b/bucket/o/b?ifGenerationMatch=0")[0] == 412
    assert bucket.call("POST", f"{OBJECTS}/a/rewriteTo/b/bucket/o/c?ifSourceGenerationMatch=1")[0] == 412
    assert bucket.call("POST", f"{OBJECTS}/a/rewriteTo/b/nosuch/o/c")[0] == 404


def test_an_object_moves(bucket):
    put(bucket, "a", b"abc")
    assert bucket.call("POST", f"{OBJECTS}/a/moveTo/o/b")[2]["name"] == "b"
    assert bucket.call("GET", f"{OBJECTS}/a")[0] == 404
    assert bucket.call("POST", f"{OBJECTS}/b/moveTo/o/b")[0] == 200
    assert bucket.call("GET", f"{OBJECTS}/b?alt=media")[2] == b"abc"


def test_composed_contents_stand_in_their_order_with_the_right_checksum(bucket):
    for name, data in (("a", b"first "), ("b", b""), ("c", b"second")):
        put(bucket, name, data)
    sources = [{"name": name} for name in "abca"]
    made = bucket.call("POST", f"{OBJECTS}/d/compose", {"sourceObjects": sources})[2]
    assert bucket.call("GET", f"{OBJECTS}/d?alt=media")[2] == b"first secondfirst "
    sums = Checksums()
    sums.update(b"first secondfirst ")
    assert (made["crc32c"], made["componentCount"]) == (sums.crc32c, 4)
    assert "md5Hash" not in made


def test_composing_needs_sources_that_are_there(bucket):
    put(bucket, "a")
    assert bucket.call("POST", f"{OBJECTS}/d/compose", {"sourceObjects": [{"name": "nosuch"}]})[0] == 404
    assert bucket.call("POST", f"{OBJECTS}/d/compose", {"sourceObjects": []})[0] == 400
    assert bucket.call("POST", f"{OBJECTS}/d/compose", {"sourceObjects": [{"name": "a"}] * 33})[0] == 400
    wrong = {"name": "a", "objectPreconditions": {"ifGenerationMatch": "1"}}
    assert bucket.call("POST", f"{OBJECTS}/d/compose", {"sourceObjects": [wrong]})[0] == 412


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_the_checksum_of_two_contents_follows_from_theirs(first, second):
    fast = extender()
    assert extend_slowly(extend_slowly(0, first), second) == fast(0, first + second)
    parts = [in_base64(fast(0, one)) for one in (first, second)]
    assert combine(*parts, len(second)) == in_base64(fast(0, first + second))


def test_buckets_are_made_listed_and_deleted_when_empty(emulator):
    emulator.make_bucket("one-bucket", "p")
    emulator.make_bucket("two-bucket", "p")
    emulator.make_bucket("of-another", "q")
    again = emulator.call("POST", "/storage/v1/b?project=p", {"name": "one-bucket"})
    assert (again[0], again[2]["error"]["errors"][0]["reason"]) == (409, "conflict")
    assert emulator.call("POST", "/storage/v1/b?project=p", {"name": "No_Such/Name"})[0] == 400
    assert emulator.call("POST", "/storage/v1/b", {"name": "no-project"})[0] == 400
    listed = emulator.call("GET", "/storage/v1/b?project=p")[2]["items"]
    assert [one["name"] for one in listed] == ["one-bucket", "two-bucket"]
    changed = emulator.call("PATCH", "/storage/v1/b/one-bucket", {"labels": {"a": "b"}})[2]
    assert (changed["labels"], changed["metageneration"]) == ({"a": "b"}, "2")
    emulator.call("POST", "/upload/storage/v1/b/one-bucket/o?uploadType=media&name=a", b"x", PLAIN)
    assert emulator.call("DELETE", "/storage/v1/b/one-bucket")[0] == 409
    assert emulator.call("DELETE", "/storage/v1/b/two-bucket")[0] == 204
    assert emulator.call("GET", "/storage/v1/b/two-bucket")[0] == 404


def test_a_bucket_is_never_made_by_writing_into_it(emulator):
    status, _, body = emulator.call("POST", f"/upload{OBJECTS}?uploadType=media&name=a", b"x", PLAIN)
    assert (status, body["error"]["message"]) == (404, "The specified bucket does not exist.")
    assert emulator.call("GET", OBJECTS)[0] == 404


@pytest.mark.parametrize(
    ("fields", "keys"),
    [("name", {"name"}), ("name,size", {"name", "size"}), ("metadata/k", {"metadata"}), ("name)(", None), ("*", None)],
)
def test_fields_choose_what_is_shown(bucket, fields, keys):
    put(bucket, "a")
    whole = bucket.call("PATCH", f"{OBJECTS}/a", {"metadata": {"k": "1", "l": "2"}})[2]
    shown = bucket.call("GET", f"{OBJECTS}/a?fields={quote(fields)}")[2]
    assert shown.keys() == (whole.keys() if keys is None else keys)
    assert shown.get("metadata", {}).keys() <= ({"k"} if fields == "metadata/k" else {"k", "l"})


def test_fields_reach_into_lists(bucket):
    for name in "ab":
        put(bucket, name)
    query = "fields=items(name),nextPageToken&maxResults=1"
    body = bucket.call("GET", f"{OBJECTS}?{query}")[2]
    assert body["items"] == [{"name": "a"}]
    assert body.keys() == {"items", "nextPageToken"}


def test_a_batch_is_many_calls_in_one_request(bucket):
    put(bucket, "a/1")
    put(bucket, "b")
    calls = [("DELETE", address("a/1")), ("DELETE", address("nosuch")), ("GET", f"{OBJECTS}/b?fields=name")]
    body = "".join(
        f"--X\r\nContent-Type: application/http\r\nContent-ID: <id+{n}>\r\n\r\n{method} {path} HTTP/1.1\r\n\r\n\r\n"
        for n, (method, path) in enumerate(calls)
    )
    status, headers, text = bucket.call(
        "POST", "/batch/storage/v1", (body + "--X--").encode(), {"Content-Type": "multipart/mixed; boundary=X"}
    )
    assert status == 200
    assert headers["Content-Type"].startswith("multipart/mixed; boundary=")
    lines = text.decode().splitlines()
    assert [line for line in lines if line.startswith("HTTP/")] == [
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 404 Not Found",
        "HTTP/1.1 200 OK",
    ]
    assert next(line for line in lines if line.startswith("Content-ID")) == "Content-ID: <response-id+0>"
    assert json.loads(next(line for line in lines if line.startswith('{"name"'))) == {"name": "b"}
    assert bucket.call("GET", address("a/1"))[0] == 404


def test_objects_survive_a_restart_and_leftovers_do_not(bucket):
    put(bucket, "a", b"abc")
    bucket.stop()
    stray = bucket.dir / "blobs" / "ab" / "abstray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half written")
    bucket.start()
    assert bucket.call("GET", f"{OBJECTS}/a?alt=media")[2] == b"abc"
    assert not stray.exists()
