"""Query strings, read strictly: every parameter known, given once, and plainly written."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from app.errors import Fault
from app.web.echo import clean
from app.web.problems import LocatedFault, RequestRefusedError

_PLAIN_INTEGER: Final = re.compile("0|[1-9][0-9]{0,39}")
_LONGEST_COMPARED: Final = 60
_MOST_PARAMETERS: Final = 100
_TOO_MANY: Final = Fault(
    code="too-many-parameters",
    pointer="",
    detail=f"there are more than {_MOST_PARAMETERS} parameters",
    given=None,
    allowed=f"at most {_MOST_PARAMETERS} parameters",
)


def plain_integer(text: str) -> int | None:
    """The integer that plain decimal digits spell, at most 40 of them; None for anything else.

    >>> [plain_integer(text) for text in ("0", "10", "010", "+1", "1_000", "1" * 41)]
    [0, 10, None, None, None, None]
    """
    return int(text) if _PLAIN_INTEGER.fullmatch(text) else None


def parameter_pointer(name: str) -> str:
    """Where a parameter stands in the spec.

    >>> parameter_pointer("sampling.seed")
    '/sampling/seed'
    """
    return "/" + name.replace("~", "~0").replace("/", "~1").replace(".", "/")


class QueryReader:
    """The query of one request; what is wrong with it gathers in `faults`.

    Only a query of far too many parameters is refused (422) without being read.

    Attributes:
        values: Parameters that are known and came exactly once, as they were written.
        faults: Everything that was found so far.
    """

    def __init__(self, request: Request, names: Collection[str] = ()) -> None:
        self.values: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._names = names
        query = request.scope["query_string"].decode("latin-1")
        if query.count("&") >= _MOST_PARAMETERS:
            self.add(_TOO_MANY)
            self.refuse_if_faulty()
        elif query:
            self._read(parse_qsl(query, keep_blank_values=True))

    def integer(self, name: str) -> int | None:
        """The value of a parameter in plain decimal digits; None where it is absent or faulty."""
        written = self.values.get(name)
        if written is None:
            return None
        value = plain_integer(written)
        if value is None:
            self.faults.append(
                Fault(
                    code="not-an-integer",
                    pointer=parameter_pointer(name),
                    detail=f"{name} is {clean(written)}, which is no integer in plain digits",
                    given=written,
                    allowed="an integer in plain decimal digits, without sign or leading zeros",
                )
            )
        return value

    def text(self, name: str, choices: Collection[str] | None = None) -> str | None:
        """The value of a parameter, one of `choices`; None where it is absent or faulty."""
        written = self.values.get(name)
        if written is None or choices is None or written in choices:
            return written
        self.faults.append(
            Fault(
                code="not-a-choice",
                pointer=parameter_pointer(name),
                detail=f"{name} is {clean(written)}, which is none of its values",
                given=written,
                allowed=_listed(choices),
                nearest=_nearest(written, choices),
            )
        )
        return None

    def add(self, fault: Fault) -> None:
        """Gather a fault that the caller found."""
        self.faults.append(fault)

    def located(self) -> tuple[LocatedFault, ...]:
        """The faults, as those of a query."""
        return tuple(LocatedFault("query", fault) for fault in self.faults)

    def refuse_if_faulty(self) -> None:
        """End the request here when anything was found.

        Raises:
            RequestRefusedError: 422 with every fault.
        """
        if self.faults:
            raise RequestRefusedError(
                status=422,
                code="invalid-query",
                title="The query is not valid",
                faults=self.located(),
            )

    def _read(self, pairs: Iterable[tuple[str, str]]) -> None:
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        for name, values in given.items():
            if name not in self._names:
                self.faults.append(_unknown(name, self._names))
            elif len(values) > 1:
                self.faults.append(_repeated(name, values))
            else:
                self.values[name] = values[0]


def refuse_any_query(request: Request) -> None:
    """Refuse parameters where a route has none.

    Raises:
        RequestRefusedError: 422 naming every parameter.
    """
    QueryReader(request).refuse_if_faulty()


def _unknown(name: str, names: Collection[str]) -> Fault:
    return Fault(
        code="unknown-parameter",
        pointer=parameter_pointer(name),
        detail=f"there is no parameter {clean(name)}",
        given=name,
        allowed=_listed(names) if names else "no parameters at all",
        nearest=_nearest(name, names),
    )


def _repeated(name: str, values: list[str]) -> Fault:
    return Fault(
        code="repeated-parameter",
        pointer=parameter_pointer(name),
        detail=f"{name} is given {len(values)} times",
        given=values,
        allowed="every parameter at most once",
    )


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _nearest(text: str, names: Collection[str]) -> tuple[str, ...]:
    return tuple(get_close_matches(text[:_LONGEST_COMPARED], names, n=1))
