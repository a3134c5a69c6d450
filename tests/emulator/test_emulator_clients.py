"""Google's own clients and gcsfs, which know nothing of sweeper, against the emulated Cloud Storage."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from sweeper.emulator.env import variables

pytestmark = pytest.mark.filterwarnings("ignore")  # other people's deprecations


@pytest.fixture
def bucket(emulator, monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator.url)
    monkeypatch.setenv("FSSPEC_GCS_TOKEN", "anon")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    emulator.make_bucket()
    return emulator


@pytest.fixture
def service(bucket):
    """googleapiclient's storage v1, as GOOGLE's own description of the API makes it."""
    import json

    from google.auth.credentials import AnonymousCredentials
    from googleapiclient import discovery, discovery_cache

    document = json.loads(discovery_cache.get_static_doc("storage", "v1"))
    document["rootUrl"] = f"{bucket.url}/"
    with discovery.build_from_document(document, credentials=AnonymousCredentials()) as made:
        yield made


def test_googleapiclient_uploads_in_every_way_and_reads(service):
    from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload

    objects, data = service.objects(), os.urandom(700_000)
    for name, resumable, body in (("m/1", False, {}), ("m/2", True, {}), ("m/3", False, None)):
        media = MediaIoBaseUpload(io.BytesIO(data), "a/b", chunksize=262_144, resumable=resumable)
        made = objects.insert(bucket="bucket", name=name, body=body, media_body=media, ifGenerationMatch=0).execute()
        assert (made["name"], made["size"], made["contentType"]) == (name, "700000", "a/b")
    assert objects.get_media(bucket="bucket", object="m/2").execute() == data
    into = io.BytesIO()
    download = MediaIoBaseDownload(into, objects.get_media(bucket="bucket", object="m/1"), chunksize=300_000)
    done = False
    while not done:
        _, done = download.next_chunk()
    assert into.getvalue() == data


def test_googleapiclient_pages_through_a_list(service):
    from googleapiclient.http import MediaInMemoryUpload

    objects = service.objects()
    for n in range(5):
        objects.insert(bucket="bucket", name=f"n/{n}", media_body=MediaInMemoryUpload(b"x")).execute()
    names, request = [], objects.list(bucket="bucket", prefix="n/", maxResults=2)
    while request is not None:
        page = request.execute()
        names += [one["name"] for one in page["items"]]
        request = objects.list_next(request, page)
    assert names == [f"n/{n}" for n in range(5)]


def test_googleapiclient_may_ask_a_very_long_question(service, bucket):
    # Above 2048 characters it sends a POST that says it is a GET.
    assert "items" not in service.objects().list(bucket="bucket", prefix="x" * 3000).execute()
    assert [(r["method"], r["part"], len(r["query"]["prefix"])) for r in bucket.requests(part="storage.list")] == [
        ("GET", "storage.list", 3000)
    ]


def test_googleapiclient_hears_of_a_precondition_that_does_not_hold(service):
    from googleapiclient.errors import HttpError
    from googleapiclient.http import MediaInMemoryUpload

    insert = service.objects().insert(
        bucket="bucket", name="a", media_body=MediaInMemoryUpload(b"x"), ifGenerationMatch=0
    )
    insert.execute()
    with pytest.raises(HttpError) as caught:
        insert.execute()
    assert caught.value.status_code == 412


def test_googleapiclient_sends_a_batch(service):
    from googleapiclient.http import MediaInMemoryUpload

    objects = service.objects()
    objects.insert(bucket="bucket", name="a/1", media_body=MediaInMemoryUpload(b"x")).execute()
    answers = {}
    batch = service.new_batch_http_request(lambda key, answer, error: answers.__setitem__(key, error or answer))
    batch.add(objects.get(bucket="bucket", object="a/1"), request_id="one")
    batch.add(objects.get(bucket="bucket", object="nosuch"), request_id="two")
    batch.execute()
    assert answers["one"]["name"] == "a/1"
    assert answers["two"].status_code == 404


def test_google_cloud_storage_does_what_it_does(bucket):
    storage = pytest.importorskip("google.cloud.storage")
    from google.api_core.exceptions import NotFound, PreconditionFailed
    from google.auth.credentials import AnonymousCredentials

    client = storage.Client(project="proj", credentials=AnonymousCredentials())
    home = client.create_bucket("its-own")
    data = os.urandom(700_000)
    blob = home.blob("f/a", chunk_size=262_144)
    blob.upload_from_file(io.BytesIO(data), content_type="a/b")
    home.blob("f/ü b").upload_from_string("text", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        home.blob("f/ü b").upload_from_string("more", if_generation_match=0)
    assert home.blob("f/a").download_as_bytes() == data
    assert home.blob("f/a").download_as_bytes(start=10, end=19) == data[10:20]
    assert [one.name for one in client.list_blobs("its-own", prefix="f/", page_size=1)] == ["f/a", "f/ü b"]
    assert home.get_blob("f/nosuch") is None
    blob.reload()
    blob.metadata = {"k": "v"}
    blob.patch()
    assert home.get_blob("f/a").metadata == {"k": "v"}
    assert home.copy_blob(blob, home, "g").size == 700_000
    both = home.blob("both")
    both.compose([home.blob("f/ü b"), home.blob("f/ü b")])
    assert both.download_as_text() == "texttext"
    with client.batch():
        for name in ("g", "both"):
            home.blob(name).delete()
    with pytest.raises(NotFound):
        home.blob("g").delete()
    with home.blob("stream").open("wb", chunk_size=262_144) as out:
        out.write(data)
    assert home.blob("stream").download_as_bytes() == data
    home.delete(force=True)
    assert client.lookup_bucket("its-own") is None
    client.close()


@pytest.fixture
def files(bucket):
    core = pytest.importorskip("gcsfs.core")
    return core.GCSFileSystem(endpoint_url=bucket.url, token="anon", project="proj", skip_instance_cache=True)


def test_gcsfs_writes_reads_and_finds(files):
    data = os.urandom(700_000)
    with files.open("bucket/t/small.txt", "wb") as out:
        out.write(b"hello")
    with files.open("gs://bucket/t/u/large", "wb", block_size=262_144) as out:
        out.write(data)
    assert files.cat("bucket/t/small.txt") == b"hello"
    with files.open("bucket/t/u/large", "rb", block_size=100_000) as source:
        source.seek(650_000)
        assert source.read() == data[650_000:]
    assert files.exists("bucket/t/small.txt")
    assert not files.exists("bucket/t/nosuch")
    assert files.isdir("bucket/t")
    assert sorted(files.ls("bucket/t", detail=False)) == ["bucket/t/small.txt", "bucket/t/u"]
    assert files.glob("bucket/t/*.txt") == ["bucket/t/small.txt"]
    assert files.find("bucket/t") == ["bucket/t/small.txt", "bucket/t/u/large"]
    assert files.info("bucket/t/u/large")["size"] == 700_000
    files.cp("bucket/t/small.txt", "bucket/copy.txt")
    files.mv("bucket/copy.txt", "bucket/moved.txt")
    assert files.cat("bucket/moved.txt") == b"hello"
    files.rm("bucket/t", recursive=True)
    assert files.find("bucket") == ["bucket/moved.txt"]


def test_fsspec_finds_the_emulator_by_what_env_prints(bucket, tmp_path):
    pytest.importorskip("gcsfs")
    code = "import fsspec\nwith fsspec.open('gs://bucket/model.txt', 'w') as out: out.write('hello')"
    environ = {**os.environ, **variables(bucket.url, tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=60)
    assert bucket.call("GET", "/storage/v1/b/bucket/o/model.txt?alt=media")[2] == b"hello"
