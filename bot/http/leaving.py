"""Work for a client, as long as the client is there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from byline.bot.places import Busy

T = TypeVar("T")


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do work, and drop it when the client closes the connection; the body must have been read.

    Raises:
        Busy: the client left; nobody reads what is answered.
    """
    doing = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Busy("the client left", retry_after_s=0)
    finally:
        leaving.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait({doing})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
