"""Pages and streams as HTTP has them: paging, and validators that let a client keep them."""

import json
from typing import Any

import pytest

from app.api.manifest_schema import ManifestPageOut
from app.manifest.index_type import IndexType
from tests.api.calling import Json, Service, faults
from tests.manifest.reading import READERS

SPEC: Json = {
    "dataset_size": 1_000,
    "micro_batch_size": 8,
    "gradient_accumulation_steps": 2,
    "data_parallel_size": 4,
    "epochs": 1,
}
IMMUTABLE = "public, max-age=31536000, immutable"
FORMATS = ["json", "ndjson", "csv", "raw", "npy", "arrow"]
LASTING = FORMATS[1:]


@pytest.fixture(scope="module")
def epoch(service: Service) -> str:
    return service.epoch(**SPEC)


@pytest.fixture(scope="module")
def small_pages() -> Service:
    return Service(page_indices=100)


@pytest.mark.parametrize("group", ["step", "micro_step", "flat"])
@pytest.mark.parametrize(
    "query", ["", "&rank=2", "&start_step=1&stop_step=14", "&rank=3&start_step=3"]
)
def test_next_leads_through_everything_and_keeps_what_was_asked_for(
    service: Service, small_pages: Service, epoch: str, group: str, query: str
) -> None:
    whole = service.read(f"{epoch}/manifest?group={group}{query}")
    url: str | None = f"{epoch}/manifest?group={group}{query}"
    listed: list[Any] = []

    while url is not None:
        page = small_pages.read(url)
        assert page["rank"] == whole["rank"]
        assert page["sample_count"] <= 100
        listed += page["sample_indices"]
        url = page["next"]

    assert whole["next"] is None
    assert listed == whole["sample_indices"]


def test_the_bounds_of_a_page_are_its_own(small_pages: Service, epoch: str) -> None:
    page = small_pages.read(f"{epoch}/manifest?start_step=4")

    assert (page["start_step"], page["stop_step"], page["steps_in_epoch"]) == (4, 5, 16)
    assert page["next"].endswith("?start_step=5&stop_step=16&format=json")


@pytest.mark.parametrize("group", ["step", "micro_step", "flat"])
def test_a_page_is_what_the_documentation_says(service: Service, epoch: str, group: str) -> None:
    answer = service.get(f"{epoch}/manifest?group={group}")

    page = ManifestPageOut.model_validate_json(answer.content)

    assert page.model_dump() == answer.json()


def test_a_single_step_above_the_page_is_refused_pointing_to_raw(epoch: str) -> None:
    answer = Service(page_indices=63).get(f"{epoch}/manifest")

    (fault,) = faults(answer)
    assert answer.status_code == 422
    assert (fault["pointer"], fault["nearest"]) == ("/format", ["raw"])


@pytest.mark.parametrize("name", LASTING)
@pytest.mark.parametrize("slice_", ["start_step=0&stop_step=0", "rank=3&start_step=16"])
def test_no_steps_are_no_indices_in_every_format(
    service: Service, epoch: str, name: str, slice_: str
) -> None:
    answer = service.get(f"{epoch}/manifest?format={name}&{slice_}")

    assert answer.status_code == 200
    assert READERS[name](answer.content, IndexType.INT64) == []


def test_no_steps_are_an_empty_page(service: Service, epoch: str) -> None:
    page = service.read(f"{epoch}/manifest?start_step=16&stop_step=16")

    assert (page["sample_indices"], page["sample_count"], page["next"]) == ([], 0, None)


@pytest.mark.parametrize("name", LASTING)
def test_what_depends_on_the_url_alone_may_be_kept_for_ever(
    service: Service, small_pages: Service, epoch: str, name: str
) -> None:
    one, other = (each.get(f"{epoch}/manifest?format={name}") for each in (service, small_pages))

    assert one.headers["cache-control"] == IMMUTABLE
    assert one.headers["etag"] == other.headers["etag"]


def test_pages_depend_on_settings_and_are_revalidated(
    service: Service, small_pages: Service, epoch: str
) -> None:
    one, other = (each.get(f"{epoch}/manifest") for each in (service, small_pages))

    assert one.headers["cache-control"] == "no-cache"
    assert one.headers["etag"] != other.headers["etag"]


def test_every_rank_slice_format_and_type_has_an_etag_of_its_own(
    service: Service, epoch: str
) -> None:
    queries = [
        *(f"format={name}" for name in FORMATS),
        *(f"format={name}&dtype=uint32" for name in ("raw", "npy", "arrow")),
        *(
            f"format={name}&group={group}"
            for name in FORMATS[:2]
            for group in ("micro_step", "flat")
        ),
        *(f"format=raw&rank={rank}" for rank in range(4)),
        *(f"format=raw&start_step={step}" for step in range(1, 4)),
        *(f"format=raw&stop_step={step}" for step in range(1, 4)),
    ]

    etags = {service.ask("HEAD", f"{epoch}/manifest?{query}").headers["etag"] for query in queries}

    assert len(etags) == len(queries)
    assert not any(etag.startswith("W/") for etag in etags)


@pytest.mark.parametrize("name", FORMATS)
def test_defaults_that_are_spelt_out_change_nothing(
    service: Service, epoch: str, name: str
) -> None:
    plain = service.get(f"{epoch}/manifest?format={name}")

    spelt = service.get(f"{epoch}/manifest?stop_step=16&start_step=0&format={name}")

    assert (spelt.headers["etag"], spelt.content) == (plain.headers["etag"], plain.content)


@pytest.mark.parametrize("name", ["raw", "npy"])
def test_the_suffix_and_the_format_are_the_same_file(
    service: Service, epoch: str, name: str
) -> None:
    by_suffix = service.get(f"{epoch}/manifest.{name}")

    by_format = service.get(f"{epoch}/manifest?format={name}")

    assert by_suffix.content == by_format.content
    assert by_suffix.headers["etag"] == by_format.headers["etag"]
    assert by_suffix.headers["accept-ranges"] == by_format.headers["accept-ranges"] == "bytes"


def test_a_page_is_json_that_any_reader_takes(service: Service) -> None:
    url = service.epoch(dataset_size=2**63 - 1, global_batch_size=1, epochs=1)

    answer = service.get(f"{url}/manifest?start_step={2**63 - 3}")

    page = json.loads(answer.text)
    assert page["stop_step"] == 2**63 - 1
    assert all(0 <= index < 2**63 - 1 for (index,) in page["sample_indices"])
