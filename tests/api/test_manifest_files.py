"""Virtual files as HTTP has them: Range, If-Range, and sizes that cannot be."""

from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.calling import Service, faults


@pytest.fixture(scope="module")
def epoch(service: Service) -> str:
    return service.epoch(dataset_size=1_000, global_batch_size=64, epochs=1)


@settings(max_examples=50)
@given(
    name=st.sampled_from(["raw", "npy"]),
    bounds=st.tuples(st.integers(0, 5_000), st.integers(0, 9_000)).map(sorted),
)
def test_any_byte_range_is_that_part_of_the_whole_file(
    service: Service, epoch: str, name: str, bounds: list[int]
) -> None:
    first, last = bounds
    whole = service.get(f"{epoch}/manifest.{name}?dtype=uint32").content

    part = service.get(f"{epoch}/manifest.{name}?dtype=uint32", range=f"bytes={first}-{last}")

    if first >= len(whole):
        assert (part.status_code, part.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    else:
        assert part.status_code == 206
        assert part.content == whole[first : last + 1]
        assert part.headers["content-length"] == str(len(part.content))


@pytest.mark.parametrize("header", ["bytes=0-0,5-9", "bytes=8000-", "bytes=-0"])
def test_several_ranges_and_one_beyond_the_file_are_not_satisfiable(
    service: Service, epoch: str, header: str
) -> None:
    answer = service.get(f"{epoch}/manifest.raw", range=header)

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */8000"
    assert faults(answer)[0]["in"] == "header"


@pytest.mark.parametrize("header", ["bytes=9-1", "steps=0-1", "bytes=a-b", "0-1", ""])
def test_a_malformed_range_is_ignored(service: Service, epoch: str, header: str) -> None:
    answer = service.get(f"{epoch}/manifest.raw", range=header)

    assert (answer.status_code, len(answer.content)) == (200, 8_000)


@pytest.mark.parametrize("name", ["json", "ndjson", "csv", "arrow"])
def test_only_files_have_ranges(service: Service, epoch: str, name: str) -> None:
    answer = service.get(f"{epoch}/manifest?format={name}", range="bytes=0-1")

    assert answer.status_code == 200
    assert "accept-ranges" not in answer.headers


def test_a_range_of_another_version_is_the_whole_file(service: Service, epoch: str) -> None:
    url = f"{epoch}/manifest.raw"
    etag = service.ask("HEAD", url).headers["etag"]

    same = service.get(url, range="bytes=0-7", if_range=etag)
    other = service.get(url, range="bytes=0-7", if_range='"other"')

    assert (same.status_code, other.status_code) == (206, 200)


def test_what_the_client_holds_comes_before_its_range(service: Service, epoch: str) -> None:
    url = f"{epoch}/manifest.raw"
    etag = service.ask("HEAD", url).headers["etag"]

    answer = service.get(url, range="bytes=9999-", if_none_match=etag)

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_file_above_int64_is_refused_asking_for_a_slice(service: Service) -> None:
    url = service.epoch(dataset_size=2**62, global_batch_size=1_024, epochs=1)

    answer = service.get(f"{url}/manifest.raw")

    (fault,) = faults(answer)
    assert (answer.status_code, fault["pointer"]) == (422, "/stop_step")
    slice_ = service.ask("HEAD", f"{url}/manifest.raw?stop_step={fault['nearest'][0]}")
    assert int(slice_.headers["content-length"]) == 2**63 - 8 * 1_024


def test_a_file_is_the_same_beside_other_streams(service: Service) -> None:
    url = service.epoch(dataset_size=100_000, global_batch_size=64, epochs=1) + "/manifest.raw"
    alone = service.get(url).content

    with ExitStack() as others:
        for _ in range(31):
            service.app.state.pool.streams.take()
            others.callback(service.app.state.pool.streams.give_back)
        beside = service.get(url).content

    assert beside == alone
