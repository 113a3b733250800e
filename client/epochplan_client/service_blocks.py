"""Sample indices of whole steps, downloaded in one piece and compared with their digest."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import httpx
import numpy as np

from epochplan_client.clock import Span
from epochplan_client.connection import Connection, Request
from epochplan_client.digest_limit import DigestLimit
from epochplan_client.errors import (
    DamagedBlockError,
    RequestRefusedError,
    UnsupportedPlanError,
)
from epochplan_client.persistence import (
    Deadline,
    Pause,
    Persistence,
    TemporaryError,
    backoff,
    persist,
)
from epochplan_client.rank_epoch import Indices
from epochplan_client.shapes import Shapes

_TYPES: Final[Mapping[str, np.dtype[np.int64 | np.uint32]]] = {
    "int64": np.dtype("<i8"),
    "uint32": np.dtype("<u4"),
}
_UINT32_SAMPLES: Final = 2**32
_DAMAGED_MOST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBlocks:
    """Blocks of one rank, from the service.

    Attributes:
        connection: The way to it.
        plan_id: Names the plan.
        rank: In [0, data_parallel_size).
        shapes: Tells how many samples a block must have.
        persistence: How long a block is waited for.
        index_type: `int64` or `uint32`, in which the indices travel.
        digest_limit: How many steps are asked for together.
    """

    connection: Connection
    plan_id: str
    rank: int
    shapes: Shapes
    persistence: Persistence
    index_type: str = "int64"
    digest_limit: DigestLimit = field(default_factory=DigestLimit, repr=False)

    @property
    def index_bytes(self) -> int:
        """Bytes of one sample index."""
        return _TYPES[self.index_type].itemsize

    def indices(self, span: Span, *, pause: Pause = time.sleep) -> Indices:
        """The sample indices of the rank in some steps of an epoch.

        Returns:
            int64 or uint32, shape (samples of the rank in the span,).

        Raises:
            DamagedBlockError: What arrives is not what the plan says.
            UnsupportedPlanError: There are places without a sample.
            ServiceUnavailableError: The service does not answer in time.
            RequestRefusedError: The service refuses it.
            UnexpectedAnswerError: The service is older than this package.
        """
        deadline, content, rest = Deadline.after(self.persistence.seconds), bytearray(), span
        while rest.start_step < rest.stop_step:
            part = self.digest_limit.part(rest)
            try:
                content += self._undamaged(part, deadline, pause)
            except RequestRefusedError as refusal:
                self.digest_limit.learn(part, refusal)
            else:
                rest = rest._replace(start_step=part.stop_step)
        indices: Indices = np.frombuffer(content, _TYPES[self.index_type])
        if len(indices) and indices.min() < 0:
            message = f"plan {self.plan_id} has places without a sample; plan it as native"
            raise UnsupportedPlanError(message)
        return indices

    def _undamaged(self, span: Span, deadline: Deadline, pause: Pause) -> bytearray:
        shape = self.shapes.epoch(span.epoch, deadline=deadline, pause=pause)
        size = shape.samples(span) * self.index_bytes
        if not size:
            return bytearray()
        for attempt in range(_DAMAGED_MOST - 1):
            try:
                return self._block(span, size, deadline, pause)
            except DamagedBlockError:
                pause(backoff(attempt))
        return self._block(span, size, deadline, pause)

    def _block(self, span: Span, size: int, deadline: Deadline, pause: Pause) -> bytearray:
        # the digest comes first: what is too long for it is not downloaded in vain
        digest, persistence = self._request(span, "digest"), self.persistence.until(deadline)
        told = self.connection.answer(digest, persistence, pause=pause)
        download = Download(self.connection, self._request(span, "manifest.raw"), size)
        content = persist(download.go_on, self.persistence.until(deadline), pause=pause)
        found = sha256(content).hexdigest()
        if (told.get("sha256"), told.get("bytes")) != (found, size):
            message = (
                f"the sample indices of {_named(span)} do not have the digest that the service "
                f"tells ({found} instead of {told.get('sha256')}); what stands between this job "
                "and the service changes or mixes up answers"
            )
            raise DamagedBlockError(message)
        return content

    def _request(self, span: Span, file: str) -> Request:
        return Request(
            path=f"/v1/plans/{self.plan_id}/epochs/{span.epoch}/{file}",
            query={
                "rank": self.rank,
                "start_step": span.start_step,
                "stop_step": span.stop_step,
                "dtype": self.index_type,
            },
            is_known=True,
        )


def index_type_of(dataset_size: int, *, native: bool) -> str:
    """The shorter integers where they hold every index, and surely no -1.

    >>> index_type_of(2**32, native=True), index_type_of(2**32 + 1, native=True)
    ('uint32', 'int64')
    """
    return "uint32" if native and dataset_size <= _UINT32_SAMPLES else "int64"


class Download:
    """A body of known size, which goes on where it was cut off.

    Args:
        connection: The way to the service.
        request: A virtual file.
        size: Its bytes, at least 1.
    """

    def __init__(self, connection: Connection, request: Request, size: int) -> None:
        self._connection = connection
        self._request = request
        self._size = size
        self._content = bytearray()
        self._etag = ""

    def go_on(self, deadline: Deadline) -> bytearray:
        """The whole body.

        Raises:
            TemporaryError: It was cut off; what has arrived is kept.
            DamagedBlockError: Something else is sent than what was asked for.
        """
        with self._connection.opened(self._ranged(), deadline) as response:
            self._check(response)
            for chunk in response.iter_raw():
                self._content += chunk
                deadline.check()
                if len(self._content) > self._size:
                    raise self._damaged(what=f"more than {self._size} bytes")
        if len(self._content) < self._size:
            message = f"{len(self._content)} of {self._size} bytes arrived"
            raise TemporaryError(message)
        return self._content

    def _ranged(self) -> Request:
        headers = {"range": f"bytes={len(self._content)}-{self._size - 1}"}
        if self._etag:
            headers["if-range"] = self._etag
        return replace(self._request, headers=headers)

    def _check(self, response: httpx.Response) -> None:
        etag = response.headers.get("etag", "")
        if response.status_code == HTTPStatus.OK:
            # the range was not understood on the way, or the file is another one: from its start
            self._content.clear()
            expected = partial(str, self._size)
            found = response.headers.get("content-length", expected())
        else:
            found = response.headers.get("content-range", "")
            expected = partial(
                "bytes {}-{}/{}".format, len(self._content), self._size - 1, self._size
            )
            if self._etag and etag != self._etag:
                raise self._damaged(what=f"another version, {etag} instead of {self._etag}")
        if found != expected():
            raise self._damaged(what=f"{found or 'no Content-Range'} instead of {expected()}")
        self._etag = etag if etag.startswith('"') else ""

    def _damaged(self, *, what: str) -> DamagedBlockError:
        path = self._request.path
        return DamagedBlockError(
            f"the answer of {self._connection.url}{path} holds {what}; what stands between this "
            "job and the service changes or mixes up answers"
        )


def _named(span: Span) -> str:
    return f"steps [{span.start_step}, {span.stop_step}) of epoch {span.epoch}"
