"""What of a manifest can be asked for: formats, Accept, groups, types, slices."""

import pytest

from tests.api.calling import Json, Service, faults, pointers

SPEC: Json = {"dataset_size": 100, "global_batch_size": 10, "data_parallel_size": 2, "epochs": 3}
MEDIA_TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "raw": "application/octet-stream",
    "npy": "application/octet-stream",
    "arrow": "application/vnd.apache.arrow.stream",
}


@pytest.fixture(scope="module")
def manifest(service: Service) -> str:
    return f"{service.epoch(**SPEC)}/manifest"


@pytest.mark.parametrize(("name", "media_type"), MEDIA_TYPES.items())
def test_every_format_comes_with_its_media_type(
    service: Service, manifest: str, name: str, media_type: str
) -> None:
    answer = service.get(f"{manifest}?format={name}")

    assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/x-ndjson", MEDIA_TYPES["ndjson"]),
        ("text/csv", MEDIA_TYPES["csv"]),
        ("application/octet-stream", MEDIA_TYPES["raw"]),
        ("application/vnd.apache.arrow.stream", MEDIA_TYPES["arrow"]),
        ("application/json;q=0.1, text/*;q=0.2", MEDIA_TYPES["csv"]),
        ("TEXT/CSV", MEDIA_TYPES["csv"]),
        ("*/*", MEDIA_TYPES["json"]),
        ("", MEDIA_TYPES["json"]),
        ("text/html, */*;q=0.1", MEDIA_TYPES["json"]),
        ("application/json;q=0, */*;q=0.1", MEDIA_TYPES["ndjson"]),
    ],
)
def test_accept_chooses_the_format(
    service: Service, manifest: str, accept: str, media_type: str
) -> None:
    answer = service.get(manifest, accept=accept)

    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


def test_octet_stream_means_raw(service: Service, manifest: str) -> None:
    answer = service.get(manifest, accept="application/octet-stream")

    assert answer.content == service.get(f"{manifest}.raw").content


@pytest.mark.parametrize(
    "accept", ["text/html", "image/*", "application/json;q=0", "text/csv;q=0.000"]
)
def test_nothing_acceptable_is_a_406_that_lists_what_there_is(
    service: Service, manifest: str, accept: str
) -> None:
    answer = service.get(manifest, accept=accept)

    (fault,) = faults(answer)
    assert (answer.status_code, fault["in"], fault["pointer"]) == (406, "header", "/accept")
    assert "application/json" in fault["nearest"]
    assert answer.headers["vary"] == "Accept"


def test_the_format_wins_over_accept(service: Service, manifest: str) -> None:
    answer = service.get(f"{manifest}?format=csv", accept="image/png")

    assert answer.headers["content-type"] == MEDIA_TYPES["csv"]


def test_accept_does_not_matter_for_a_file_with_a_suffix(service: Service, manifest: str) -> None:
    answer = service.get(f"{manifest}.npy", accept="text/csv")

    assert answer.headers["content-type"] == MEDIA_TYPES["npy"]


@pytest.mark.parametrize(
    ("suffix", "query", "expected"),
    [
        ("", "format=nyp", {"/format": ["npy"]}),
        ("", "format=nyp&dtype=uint32&group=flat", {"/format": ["npy"]}),
        ("", "format=csv&format=raw&dtype=uint32", {"/format": []}),
        (".raw", "format=raw", {"/format": []}),
        (".npy", "format=raw&group=step", {"/format": [], "/group": []}),
        ("", "format=raw&group=flat", {"/group": []}),
        ("", "format=csv&group=step&dtype=int64", {"/group": [], "/dtype": []}),
        ("", "dtype=uint32", {"/dtype": []}),
        ("", "format=ndjson&dtype=int64", {"/dtype": []}),
        (".raw", "dtype=int32", {"/dtype": ["uint32"]}),
        ("", "group=steps", {"/group": ["step"]}),
        (
            "",
            "rank=2&start_step=11&stop_step=99",
            {"/rank": [1], "/start_step": [10], "/stop_step": [10]},
        ),
        ("", "start_step=5&stop_step=4", {"/stop_step": [5]}),
        (
            "",
            "rank=-1&start_step=1.0&stop_step=",
            {"/rank": [], "/start_step": [], "/stop_step": []},
        ),
        (
            "",
            "rank=+1&stop_step=1_0&start_step=00",
            {"/rank": [], "/start_step": [], "/stop_step": []},
        ),
        ("", "ranks=1&rank=0&rank=1", {"/ranks": ["rank"], "/rank": []}),
        ("", f"stop_step={2**70}&rank=9", {"/stop_step": [10], "/rank": [1]}),
    ],
)
def test_every_fault_is_named_at_once_and_no_other(
    service: Service, manifest: str, suffix: str, query: str, expected: dict[str, list[object]]
) -> None:
    answer = service.get(f"{manifest}{suffix}?{query}")

    assert answer.status_code == 422
    assert {fault["in"] for fault in faults(answer)} == {"query"}
    assert {fault["pointer"]: fault["nearest"] for fault in faults(answer)} == expected
    assert len(faults(answer)) == len(expected)


@pytest.mark.parametrize("path", ["manifest.raw", "digest", "manifest.npy"])
def test_uint32_is_refused_where_the_dataset_does_not_fit(service: Service, path: str) -> None:
    url = service.epoch(dataset_size=2**32 + 1, global_batch_size=2**20, epochs=1)

    answer = service.get(f"{url}/{path}?dtype=uint32&rank=1")

    assert answer.status_code == 422
    assert {fault["pointer"]: fault["nearest"] for fault in faults(answer)} == {
        "/dtype": ["int64"],
        "/rank": [0],
    }


def test_uint32_is_given_up_to_its_last_value(service: Service) -> None:
    url = service.epoch(dataset_size=2**32, global_batch_size=2**20, epochs=1)

    answer = service.ask("HEAD", f"{url}/manifest.raw?dtype=uint32")

    assert answer.headers["content-length"] == str(2**34)


@pytest.mark.parametrize("path", ["manifest", "manifest.raw", "digest"])
@pytest.mark.parametrize(
    ("epoch", "nearest"),
    [
        ("3", [2]),
        ("-1", []),
        ("1.0", []),
        ("01", []),
        ("x", []),
        ("%00", []),
        ("9" * 40, [2]),
        ("9" * 41, []),
    ],
)
def test_an_epoch_that_there_is_not_is_a_404(
    service: Service, manifest: str, path: str, epoch: str, nearest: list[int]
) -> None:
    base = manifest.removesuffix("/0/manifest")

    answer = service.get(f"{base}/{epoch}/{path}")

    (fault,) = faults(answer)
    assert answer.status_code == 404
    assert (fault["in"], fault["pointer"], fault["nearest"]) == ("path", "/epoch", nearest)


@pytest.mark.parametrize("suffix", [".json", ".csv", ".arrow", ".npz", ".raw/"])
def test_other_suffixes_lead_nowhere(service: Service, manifest: str, suffix: str) -> None:
    answer = service.get(manifest + suffix)

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-path")


def test_a_digest_takes_neither_group_nor_format(service: Service, manifest: str) -> None:
    answer = service.get(f"{manifest.removesuffix('manifest')}digest?group=flat&format=raw")

    assert (answer.status_code, pointers(answer)) == (422, ["/group", "/format"])
