import pytest

from app.api.frameworks import FrameworksOut
from app.arithmetic.spec import FrameworkChoice, SamplingMethod
from app.frameworks.registry import FRAMEWORKS, find_framework
from tests.api.calling import Json, Service, pointers
from tests.frameworks.choices import EVERY_CHOICE


def test_every_framework_is_listed_with_all_of_its_versions(service: Service) -> None:
    listed = service.read("/v1/frameworks")["frameworks"]

    assert {each["name"]: [v["version"] for v in each["versions"]] for each in listed} == {
        name: [*versions] for name, versions in FRAMEWORKS.items()
    }


def test_the_list_is_what_the_documentation_says(service: Service) -> None:
    answer = service.get("/v1/frameworks")

    assert FrameworksOut.model_validate_json(answer.content).model_dump() == answer.json()


def versions_of(service: Service, name: str) -> list[Json]:
    listed = service.read("/v1/frameworks")["frameworks"]
    (versions,) = (each["versions"] for each in listed if each["name"] == name)
    found: list[Json] = versions
    return found


def test_native_promises_every_method_and_has_no_options(service: Service) -> None:
    (native,) = versions_of(service, "native")

    assert (native["version"], native["order_algorithm"]) == ("1", "epochplan-1")
    assert native["sampling_methods"] == [*SamplingMethod]
    assert (native["options"], native["verified"]) == ([], [])
    assert {*native["exact"]} == {"arithmetic", "order"}
    assert "2^63-1" in native["limits"]["dataset_size"]


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_a_version_is_listed_with_what_it_promises(
    service: Service, choice: FrameworkChoice
) -> None:
    framework = find_framework(choice)

    (listed,) = (
        each for each in versions_of(service, choice.name) if each["version"] == choice.version
    )

    assert listed["verified"] == [*framework.promise.verified]
    assert listed["exact"] == framework.promise.exact
    assert listed["limits"] == framework.promise.limits
    assert listed["sampling_methods"] == [*framework.sampling_methods]


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_every_option_is_listed_and_described(service: Service, choice: FrameworkChoice) -> None:
    framework = find_framework(choice)

    (listed,) = (
        each for each in versions_of(service, choice.name) if each["version"] == choice.version
    )

    assert [option["name"] for option in listed["options"]] == [
        option.name for option in framework.options
    ]
    assert all(option["allowed"] and option["description"] for option in listed["options"])


def test_an_option_is_listed_with_its_default_and_what_else_it_may_be(service: Service) -> None:
    newest = versions_of(service, "pytorch")[-1]

    options = {option["name"]: option for option in newest["options"]}

    assert options["drop_last"]["default"] is False
    assert options["num_samples"]["default"] is None
    assert options["num_samples"]["allowed"] == "an integer in [1, 9223372036854775807], or null"
    assert "RandomSampler" in options["sampler"]["allowed"]


def test_every_framework_that_is_listed_can_be_planned_with(service: Service) -> None:
    for each in service.read("/v1/frameworks")["frameworks"]:
        for version in each["versions"]:
            framework = {"name": each["name"], "version": version["version"]}

            plan = service.plan(dataset_size=9, global_batch_size=2, epochs=1, framework=framework)

            assert plan["order_algorithm"] == version["order_algorithm"]


def test_the_list_takes_no_parameters(service: Service) -> None:
    answer = service.get("/v1/frameworks?name=native")

    assert (answer.status_code, pointers(answer)) == (422, ["/name"])


def test_the_list_is_compressed_where_gzip_is_accepted(service: Service) -> None:
    plain, compressed = (
        service.get("/v1/frameworks", accept_encoding=coding) for coding in ("", "gzip")
    )

    assert (plain.headers.get("content-encoding"), compressed.headers["content-encoding"]) == (
        None,
        "gzip",
    )
    assert compressed.json() == plain.json()
