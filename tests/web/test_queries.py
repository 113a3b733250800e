import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Fault
from app.web.problems import RequestRefusedError
from app.web.queries import QueryReader, parameter_pointer, plain_integer, refuse_any_query
from tests.web.asking import request_to

NAMES = ("rank", "start_step", "stop_step", "sampling.seed")


def reader(query: str) -> QueryReader:
    return QueryReader(request_to(query=query), NAMES)


@given(st.integers(0, 10**40 - 1))
def test_an_integer_in_plain_digits_is_read(value: int) -> None:
    assert plain_integer(str(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "-1", "01", "00", "1_000", "1.0", "1e3", "0x1", "٣", "²", "1\n"],
)
def test_an_integer_written_otherwise_is_none(text: str) -> None:
    assert plain_integer(text) is None


@pytest.mark.parametrize("digits", [41, 5_000])
def test_an_integer_of_endless_digits_is_none(digits: int) -> None:
    assert plain_integer("9" * digits) is None


def test_parameters_are_read_by_name() -> None:
    query = reader("rank=3&sampling.seed=7")

    assert (query.integer("rank"), query.text("sampling.seed")) == (3, "7")


def test_a_parameter_that_is_absent_is_none_and_no_fault() -> None:
    query = reader("")

    assert (query.integer("rank"), query.text("rank"), query.faults) == (None, None, [])


def test_a_parameter_without_a_value_is_there() -> None:
    assert reader("rank=").values == {"rank": ""}


@pytest.mark.parametrize(
    ("query", "given", "nearest"),
    [
        ("start_stop=1", "start_stop", ("start_step",)),
        ("Rank=1", "Rank", ("rank",)),
        ("=1", "", ()),
        ("%00=1", "\x00", ()),
        ("x" * 10_000 + "=1", "x" * 10_000, ()),
    ],
)
def test_an_unknown_parameter_is_a_fault_that_knows_the_nearest(
    query: str, given: str, nearest: tuple[str, ...]
) -> None:
    (fault,) = reader(query).faults

    assert (fault.code, fault.given, fault.nearest) == ("unknown-parameter", given, nearest)


def test_parameters_without_end_are_not_read() -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        reader("&".join(f"p{number}=1" for number in range(101)))

    assert [each.fault.code for each in refusal.value.faults] == ["too-many-parameters"]


def test_a_hundred_parameters_are_read() -> None:
    assert len(reader("&".join(f"p{number}=1" for number in range(100))).faults) == 100


def test_a_repeated_parameter_is_a_fault_and_has_no_value() -> None:
    query = reader("rank=1&rank=2")

    assert query.integer("rank") is None
    assert [(fault.code, fault.given) for fault in query.faults] == [
        ("repeated-parameter", ["1", "2"])
    ]


def test_an_integer_that_is_none_is_a_fault() -> None:
    query = reader("rank=1e3")

    assert query.integer("rank") is None
    assert [(fault.code, fault.pointer) for fault in query.faults] == [("not-an-integer", "/rank")]


def test_a_choice_among_others_is_read() -> None:
    assert reader("rank=all").text("rank", ("all", "none")) == "all"


def test_a_choice_that_is_none_of_the_others_is_a_fault() -> None:
    query = reader("rank=al")

    assert query.text("rank", ("all", "none")) is None
    assert [(fault.allowed, fault.nearest) for fault in query.faults] == [("all, none", ("all",))]


def test_all_faults_are_refused_together() -> None:
    query = reader("rank=x&rnk=1&stop_step=1&stop_step=2")
    query.integer("rank")
    query.add(Fault(code="own", pointer="/rank", detail="so", given=1, allowed="other"))

    with pytest.raises(RequestRefusedError) as refusal:
        query.refuse_if_faulty()

    assert refusal.value.status == 422
    assert [each.location for each in refusal.value.faults] == ["query"] * 4


def test_a_query_without_faults_is_not_refused() -> None:
    reader("rank=1").refuse_if_faulty()


def test_a_route_without_parameters_refuses_all() -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        refuse_any_query(request_to(query="a=1&b=2"))

    assert [each.fault.allowed for each in refusal.value.faults] == ["no parameters at all"] * 2


def test_a_route_without_parameters_takes_an_empty_query() -> None:
    refuse_any_query(request_to(query=""))


@pytest.mark.parametrize(
    ("name", "pointer"),
    [("rank", "/rank"), ("sampling.seed", "/sampling/seed"), ("a/b~c", "/a~1b~0c")],
)
def test_a_dotted_name_points_into_the_spec(name: str, pointer: str) -> None:
    assert parameter_pointer(name) == pointer


@given(st.binary(max_size=40))
def test_no_query_is_too_odd_to_be_read(query: bytes) -> None:
    read = reader(query.decode("latin-1"))

    assert set(read.values) <= set(NAMES)
