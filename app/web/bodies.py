"""A JSON body, read so strictly that what is accepted has one meaning."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.errors import Fault
from app.web.echo import clean
from app.web.json_reading import decode, diagnose
from app.web.problems import LocatedFault, RequestRefusedError

_LARGEST_READ_IN_THE_LOOP: Final = 16_384
_JSON_CONTENT_TYPE: Final = re.compile(
    r'application/(?:[\w.!#$&^+-]+\+)?json\s*(?:;\s*(?:charset="?utf-?8"?)?\s*)?', re.IGNORECASE
)


async def read_json_object(request: Request) -> dict[str, object]:
    """The object in the body of the request.

    A number with a fraction or an exponent comes as the Decimal of its written digits.

    Raises:
        RequestRefusedError: 415 for another content type; 400 for what is no JSON, or is JSON
            that readers disagree about (NaN, repeated keys, lone surrogates, endless digits or
            depth); 422 where the JSON is no object.
    """
    _check_content_type(request)
    body = await request.body()
    if len(body) > _LARGEST_READ_IN_THE_LOOP:
        return await run_in_threadpool(parse_json_object, body)
    return parse_json_object(body)


def parse_json_object(body: bytes) -> dict[str, object]:
    """The object that the bytes of a body spell; refuses as `read_json_object` does.

    >>> parse_json_object(b'{"dataset_size": 2000, "epochs": 2.50}')
    {'dataset_size': 2000, 'epochs': Decimal('2.50')}
    """
    text = _text(body)
    try:
        document = decode(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(diagnose(text)) from error
    if not isinstance(document, dict):
        raise _no_object(document)
    return cast("dict[str, object]", document)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        fault = Fault(
            code="not-utf-8",
            pointer="",
            detail=f"byte {error.start} of the body is not UTF-8",
            given=body[error.start : error.start + 4].hex(" "),
            allowed="UTF-8",
        )
        raise _unreadable([fault]) from error


def _check_content_type(request: Request) -> None:
    content_type = request.headers.get("content-type")
    # the comparison is there for speed alone
    if content_type != "application/json" and not _JSON_CONTENT_TYPE.fullmatch(content_type or ""):
        _refuse("content-type", content_type, "application/json, in UTF-8")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        _refuse("content-encoding", encoding, "identity")


def _refuse(header: str, given: str | None, allowed: str) -> NoReturn:
    came = "there is none" if given is None else f"not {clean(given)}"
    fault = Fault(
        code=f"unsupported-{header}",
        pointer=f"/{header}",
        detail=f"the {header} must be {allowed}; {came}",
        given=given,
        allowed=allowed,
    )
    raise RequestRefusedError(
        status=415,
        code="unsupported-media-type",
        title="The body must be JSON in UTF-8",
        faults=[LocatedFault("header", fault)],
    )


def _unreadable(faults: Sequence[Fault]) -> RequestRefusedError:
    return RequestRefusedError(
        status=400,
        code="unreadable-json",
        title="The body is not readable as JSON of one meaning",
        faults=[LocatedFault("body", fault) for fault in faults],
    )


def _no_object(document: object) -> RequestRefusedError:
    fault = Fault(
        code="not-an-object",
        pointer="",
        detail="the body is JSON, but not an object",
        given=document,
        allowed="a JSON object",
    )
    return RequestRefusedError(
        status=422,
        code="not-an-object",
        title="The body is not a JSON object",
        faults=[LocatedFault("body", fault)],
    )
