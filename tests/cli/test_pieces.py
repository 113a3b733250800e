import httpx
import pytest

from app.cli import pieces
from app.cli.pieces import fetched_pieces
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError
from tests.cli.serving import spoiled_link

SIZE = 8 * 1000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 3000)


def path_of(link: PlannerLink, dataset_size: int = 1000) -> str:
    spec = {"dataset_size": dataset_size, "global_batch_size": 10, "epochs": 1}
    plan = link.read("POST", "/v1/plans", body=spec, holding={})
    return f"/v1/plans/{plan['plan_id']}/epochs/0/manifest.raw"


def answered(answer: httpx.Response) -> PlannerLink:
    return PlannerLink("http://there", transport=httpx.MockTransport(lambda _request: answer))


def test_the_pieces_make_up_the_file() -> None:
    link, _ = spoiled_link()
    with link:
        path = path_of(link)
        whole = link.ask("GET", path).content

        found = list(fetched_pieces(link, path, {}))

    assert b"".join(piece.content for piece in found) == whole
    assert [(piece.start, piece.stop, piece.size) for piece in found] == [
        (0, 3000, SIZE),
        (3000, 6000, SIZE),
        (6000, 8000, SIZE),
    ]


def test_later_pieces_are_of_the_very_same_file() -> None:
    link, transport = spoiled_link()
    with link:
        list(fetched_pieces(link, path_of(link), {}))

    tags = [request.headers.get("if-range") for request in transport.requests[1:]]
    assert tags[0] is None
    assert len(set(tags[1:])) == 1


def test_a_file_goes_on_from_where_it_ended() -> None:
    link, _ = spoiled_link()
    with link:
        path = path_of(link)
        (first, *_) = fetched_pieces(link, path, {})

        found = list(fetched_pieces(link, path, {}, start=7000, etag=first.etag))

    assert [(piece.start, piece.stop) for piece in found] == [(7000, 8000)]


def test_a_file_that_is_there_already_is_one_empty_piece() -> None:
    link, _ = spoiled_link()
    with link:
        path = path_of(link)

        found = list(fetched_pieces(link, path, {}, start=SIZE))

    assert [(piece.start, piece.content, piece.size) for piece in found] == [(SIZE, b"", SIZE)]


def test_an_empty_file_is_one_empty_piece() -> None:
    link, _ = spoiled_link()
    with link:
        found = list(fetched_pieces(link, path_of(link), {"stop_step": "0"}))

    assert [(piece.content, piece.size) for piece in found] == [(b"", 0)]


def test_another_entity_tag_brings_the_whole_file() -> None:
    link, _ = spoiled_link()
    with link:
        found = list(fetched_pieces(link, path_of(link), {}, start=3000, etag='"another"'))

    assert [(piece.start, piece.stop) for piece in found] == [(0, SIZE)]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(206, content=b"abc", headers={"content-range": "bytes 0-3/9"}),
        httpx.Response(206, content=b"abc", headers={"content-range": "bytes 1-3/9"}),
        httpx.Response(206, content=b"abc", headers={"content-range": "bytes 0-2/2"}),
        httpx.Response(206, content=b"abcd", headers={"content-length": "3"}),
        httpx.Response(416, headers={"content-range": "bytes */9"}),
    ],
)
def test_a_piece_that_is_not_what_was_asked_for_is_refused(answer: httpx.Response) -> None:
    start = 10 if answer.status_code == 416 else 0

    with answered(answer) as link, pytest.raises(FailedError) as failure:
        list(fetched_pieces(link, "/file", {}, start=start))

    assert failure.value.problems[0].code == "answer-broken"


def test_a_whole_file_of_unknown_length_is_refused() -> None:
    answer = httpx.Response(200, content=b"abc")
    del answer.headers["content-length"]

    with answered(answer) as link, pytest.raises(FailedError, match="no bytes were announced"):
        list(fetched_pieces(link, "/file", {}))


def test_a_file_that_does_not_exist_is_refused_by_the_service() -> None:
    link, _ = spoiled_link()
    with link, pytest.raises(FailedError) as failure:
        list(fetched_pieces(link, path_of(link), {"rank": "7"}))

    assert failure.value.problems[0].field == "/rank"
