from app.api.frameworks import FrameworksOut
from app.arithmetic.spec import Remainder, SamplingMethod
from app.frameworks.registry import FRAMEWORKS
from tests.api.calling import Service, pointers


def test_every_framework_is_listed_with_all_of_its_versions(service: Service) -> None:
    listed = service.read("/v1/frameworks")["frameworks"]

    assert {each["name"]: [v["version"] for v in each["versions"]] for each in listed} == {
        name: [*versions] for name, versions in FRAMEWORKS.items()
    }


def test_the_list_is_what_the_documentation_says(service: Service) -> None:
    answer = service.get("/v1/frameworks")

    assert FrameworksOut.model_validate_json(answer.content).model_dump() == answer.json()


def test_native_promises_every_method_and_names_its_option(service: Service) -> None:
    (native,) = service.read("/v1/frameworks")["frameworks"]

    assert native["sampling_methods"] == [*SamplingMethod]
    assert all(remainder in native["options"]["remainder"] for remainder in Remainder)
    assert native["versions"] == [{"version": "1", "order_algorithm": "epochplan-1"}]


def test_every_framework_that_is_listed_can_be_planned_with(service: Service) -> None:
    for each in service.read("/v1/frameworks")["frameworks"]:
        for version in each["versions"]:
            framework = {"name": each["name"], "version": version["version"]}

            plan = service.plan(dataset_size=9, global_batch_size=2, epochs=1, framework=framework)

            assert plan["order_algorithm"] == version["order_algorithm"]


def test_the_list_takes_no_parameters(service: Service) -> None:
    answer = service.get("/v1/frameworks?name=native")

    assert (answer.status_code, pointers(answer)) == (422, ["/name"])
