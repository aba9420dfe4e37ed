"""One answer as server-sent events: what was found, the words as they come, each citation, then the whole body."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import StreamingResponse

from byline.bot.http.bodies import AnswerBody, HitBody
from byline.retrieval.answers.answer import Answer, Marker
from byline.retrieval.search import Hit

KEEP_ALIVE_S = 10.0  # proxies commonly cut a silent response after 30 to 60 s (nginx: proxy_read_timeout 60s)
PIECE_CHARS = 24  # about what the eye takes in at once; a sentence arrives in a few pieces


def stream_answer(
    hits: Sequence[Hit],
    read: Callable[[], Awaitable[Answer]],
    fault: Callable[[Exception], Mapping[str, Any]],
) -> StreamingResponse:
    """Answer a question as a stream of events.

    The events are `hits` (`{"hits": […]}`), then for each sentence `token`s (`{"text", "short"}`) followed by the
    `citation` it rests on and the `token` that is its marker (`{"text": "[1]", "citation": 1}`), the citations
    no sentence names, and `done` with the whole JSON body. The `text` of all tokens together is the body's `answer`.
    After an exception the last event is `error`, with a problem document.

    Args:
        hits: what was found; found before the response begins, so that a question that cannot be asked is
            refused with its proper status.
        read: reads these hits and answers, off the event loop. Cancelled when the client goes away.
        fault: turns an exception of `read` into a problem document.
    """
    return StreamingResponse(
        _events(hits, read, fault),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def answer_events(answer: Answer) -> Iterator[bytes]:
    """Give the events after `hits`, for an answer that is there."""
    body = AnswerBody.of(answer).model_dump(mode="json")
    citations = {citation["number"]: citation for citation in body["citations"]}
    for part in answer.parts:
        if isinstance(part, Marker):
            if part.number in citations:
                yield event("citation", citations.pop(part.number))
            yield event("token", {"text": part.text, "citation": part.number})
            continue
        for at in range(0, len(part.text), PIECE_CHARS):
            yield event("token", {"text": part.text[at : at + PIECE_CHARS], "short": part.short})
    for citation in citations.values():
        yield event("citation", citation)
    yield event("done", body)


def event(name: str, content: Mapping[str, Any]) -> bytes:
    """Write one event; JSON escapes every line end, so that its data is always one line."""
    return f"event: {name}\ndata: {json.dumps(content)}\n\n".encode("ascii")


async def _events(
    hits: Sequence[Hit],
    read: Callable[[], Awaitable[Answer]],
    fault: Callable[[Exception], Mapping[str, Any]],
) -> AsyncIterator[bytes]:
    yield event("hits", {"hits": [HitBody.of(hit).model_dump(mode="json") for hit in hits]})
    reading = asyncio.ensure_future(read())
    try:
        while not (await asyncio.wait({reading}, timeout=KEEP_ALIVE_S))[0]:
            yield b": reading\n\n"
        try:
            answer = await reading
        except Exception as error:  # the status line is sent; the stream itself has to say what went wrong
            yield event("error", fault(error))
            return
        for piece in answer_events(answer):
            yield piece
    finally:
        reading.cancel()
