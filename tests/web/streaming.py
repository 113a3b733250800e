"""Applications and generators of blocks, for tests of streams."""

import time
from collections.abc import Callable, Iterator

from fastapi import FastAPI, Request, Response

from app.web.handlers import install_problem_handlers
from app.web.pool import StreamPool, pool_of
from app.web.streams import Block, BlockResponse

BLOCK = bytes(2**18)


def streaming(blocks: Callable[[], Iterator[Block]], max_streams: int = 4) -> FastAPI:
    """An application that streams the blocks at /stream, and answers small requests at /small."""
    app = FastAPI(openapi_url=None)
    app.state.pool = StreamPool(threads=2, max_streams=max_streams)
    install_problem_handlers(app)

    async def read_stream(request: Request) -> Response:
        headers = dict(request.query_params)
        return BlockResponse(pool_of(request), blocks, headers=headers, media_type="text/csv")

    async def read_small() -> Response:
        return Response("small")

    app.add_api_route("/stream", read_stream)
    app.add_api_route("/small", read_small)
    return app


class Endless:
    """Blocks without end, and how many of them were computed."""

    def __init__(self) -> None:
        self.computed = 0
        self.closed = False

    def blocks(self) -> Iterator[Block]:
        try:
            while True:
                self.computed += 1
                yield BLOCK
        finally:
            self.closed = True

    def settled(self) -> int:
        """How many blocks were computed once no more are."""
        before = -1
        while before != self.computed:
            before = self.computed
            time.sleep(0.2)
        return before
