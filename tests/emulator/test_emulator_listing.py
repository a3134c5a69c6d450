"""Listing a bucket: prefixes, delimiters, globs, offsets, pages."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.emulator.errors import ApiError
from sweeper.emulator.storage.globs import pattern
from sweeper.emulator.storage.listing import following

OBJECTS = "/storage/v1/b/bucket/o"
NAMES = ["a", "a/", "a/1", "a/2", "a/b/1", "a/b/2", "b/1", "c", "c/x.json", "ü/1", "日本"]


@pytest.fixture
def bucket(emulator):
    emulator.make_bucket()
    for name in NAMES:
        path = f"/upload{OBJECTS}?uploadType=media&name={quote(name, safe='')}"
        assert emulator.call("POST", path, b"x", {"Content-Type": "text/plain"})[0] == 200
    return emulator


def listed(server, **query):
    status, _, body = server.call("GET", f"{OBJECTS}?{urlencode(query)}")
    assert status == 200, body
    return [one["name"] for one in body.get("items", [])], body.get("prefixes", []), body.get("nextPageToken")


# query -> names, common prefixes
LISTINGS = [
    ({}, NAMES, []),
    ({"prefix": "a/"}, ["a/", "a/1", "a/2", "a/b/1", "a/b/2"], []),
    ({"prefix": "a/", "delimiter": "/"}, ["a/", "a/1", "a/2"], ["a/b/"]),
    ({"delimiter": "/"}, ["a", "c", "日本"], ["a/", "b/", "c/", "ü/"]),
    ({"delimiter": "/", "includeTrailingDelimiter": "true"}, ["a", "a/", "c", "日本"], ["a/", "b/", "c/", "ü/"]),
    ({"delimiter": "b/"}, ["a", "a/", "a/1", "a/2", "c", "c/x.json", "ü/1", "日本"], ["a/b/", "b/"]),
    ({"startOffset": "b", "endOffset": "c/"}, ["b/1", "c"], []),
    ({"prefix": "zzz"}, [], []),
    ({"matchGlob": "a/*"}, ["a/", "a/1", "a/2"], []),
    ({"matchGlob": "a/**"}, ["a/", "a/1", "a/2", "a/b/1", "a/b/2"], []),
    ({"matchGlob": "**/1"}, ["a/1", "a/b/1", "b/1", "ü/1"], []),
    ({"matchGlob": "{a,b}/[0-9]"}, ["a/1", "a/2", "b/1"], []),
    ({"matchGlob": "c/?.json"}, ["c/x.json"], []),
    ({"matchGlob": "a/[!1]"}, ["a/2"], []),
    ({"prefix": "b", "matchGlob": "**/1"}, ["b/1"], []),
]


@pytest.mark.parametrize(("query", "names", "prefixes"), LISTINGS)
def test_a_listing(bucket, query, names, prefixes):
    assert listed(bucket, **query) == (names, prefixes, None)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("query", [{}, {"delimiter": "/"}, {"prefix": "a"}, {"matchGlob": "**/1"}], ids=str)
def test_pages_hold_together_what_one_listing_shows(bucket, query, size):
    names, prefixes, token = [], [], ""
    while token is not None:
        more, groups, token = listed(bucket, **query, maxResults=size, **({"pageToken": token} if token else {}))
        assert 1 <= len(more) + len(groups) <= size
        names += more
        prefixes += groups
    assert (names, prefixes, None) == listed(bucket, **query)


def test_an_empty_listing_has_no_items(bucket):
    assert bucket.call("GET", f"{OBJECTS}?prefix=zzz")[2] == {"kind": "storage#objects"}


def test_a_token_that_nobody_gave_out_is_refused(bucket):
    assert bucket.call("GET", f"{OBJECTS}?pageToken=%FF%FE")[0] == 400


@given(st.text(alphabet="ab\U0010ffff\ud7ff/", max_size=4), st.text(alphabet="ab\U0010ffff\ud7ff/", max_size=4))
@settings(deadline=None)
def test_what_follows_a_prefix_is_after_everything_that_begins_with_it(prefix, other):
    end = following(prefix)
    if other.startswith(prefix):
        assert end is None or other < end
    elif other > prefix:
        assert end is not None
        assert other >= end


@given(st.text(alphabet="ab*?[]{},\\/!", max_size=8), st.text(alphabet="ab/", max_size=4))
@settings(deadline=None)
def test_any_glob_is_understood_or_refused(glob, name):
    with suppress(ApiError):
        pattern(glob)(name)
