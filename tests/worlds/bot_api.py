"""A Bot API on this machine, for tests: what is sent to it is checked and kept, what people do becomes updates.

It refuses what Telegram refuses (`bot_api_rules`, and below) and misbehaves on demand (`fail_next`).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from tests.worlds.bot_api_rules import Refused, check_cards, check_commands, check_keyboard, check_text

TOKEN = "4242:test-token-of-the-local-bot-api"
BOT = {"id": 4242, "is_bot": True, "first_name": "Byline", "username": "byline_bot", "supports_inline_queries": True}
NESTED = {"entities", "reply_markup", "reply_parameters", "commands", "results", "button", "allowed_updates"}
DROP = "drop"  # close the connection in the middle of the answer, the request not carried out
Json = dict[str, Any]


@dataclass
class Call:
    """One request as the bot made it, and what came of it."""

    method: str
    given: Json
    result: Any = None
    refused: str | None = None
    at: float = field(default_factory=time.monotonic)


class TelegramApi:
    """The server; all public attributes may be read from the test's thread."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.messages: dict[tuple[int, int], Json] = {}
        self.chats: dict[int, Json] = {}
        self.topics: set[tuple[int, int]] = set()
        self.blocked_by: set[int] = set()
        self.open_queries: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.webhook: Json = {}
        self.retry_after_s = 1
        self.accepted_tokens = {TOKEN}
        self.delivered: defaultdict[int, int] = defaultdict(int)
        self._pending: deque[Json] = deque()
        self._faults: defaultdict[str, deque[int | str]] = defaultdict(deque)
        self._poller = 0
        self._ids = itertools.count(1)
        self._updates = itertools.count(int(time.time()))  # never those of an earlier server
        app = FastAPI()
        app.post("/bot{token}/{method}")(self._method)
        app.get("/file/bot{token}/{path:path}")(self._file)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> str:
        """Listen on a free port; returns the address to put into BYLINE_TELEGRAM_API."""
        self._thread.start()
        self.wait(lambda: self._server.started)
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    # What people do.

    def chat(self, chat_id: int, kind: str = "private", *, topics: tuple[int, ...] = ()) -> Json:
        self.chats[chat_id] = {"id": chat_id, "type": kind, "title": "A group"}
        self.topics.update((chat_id, topic) for topic in topics)
        return self.chats[chat_id]

    def message(self, text: str | None, *, user: int, chat: int | None = None, **more: Any) -> Json:
        """Somebody writes; commands, and mentions of the bot, get their entities as Telegram's apps give them."""
        if (chat or user) not in self.chats:
            self.chat(chat or user)
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": self.chats[chat or user],
            "from": {
                "id": user,
                "is_bot": False,
                "first_name": f"User {user}",
                "language_code": more.pop("language", "zh"),
            },
            **({"text": text, "entities": entities_of(text)} if text is not None else {}),
            **more,
        }
        self.messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def say(self, text: str | None, *, user: int = 1, chat: int | None = None, **more: Any) -> Json:
        message = self.message(text, user=user, chat=chat, **more)
        self.push({"message": message})
        return message

    def edit(self, message: Json, text: str) -> None:
        self.push(
            {"edited_message": {**message, "text": text, "entities": entities_of(text), "edit_date": int(time.time())}}
        )

    def press(self, message: Json, data: str, *, user: int = 1, language: str = "zh", stale: bool = False) -> str:
        query_id = f"q{next(self._ids)}"
        if not stale:
            self.open_queries.add(query_id)
        person = {"id": user, "is_bot": False, "first_name": f"User {user}", "language_code": language}
        self.push(
            {"callback_query": {"id": query_id, "from": person, "message": message, "chat_instance": "1", "data": data}}
        )
        return query_id

    def inline(self, text: str, *, user: int = 1, language: str = "zh") -> str:
        query_id = f"i{next(self._ids)}"
        self.open_queries.add(query_id)
        person = {"id": user, "is_bot": False, "first_name": f"User {user}", "language_code": language}
        self.push({"inline_query": {"id": query_id, "from": person, "query": text, "offset": ""}})
        return query_id

    def upload(self, name: str, content: bytes, *, user: int = 1, size: int | None = None, **more: Any) -> Json:
        file_id = f"file{next(self._ids)}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": size or len(content)}
        return self.say(None, user=user, document=document, **more)

    def push(self, update: Json, update_id: int | None = None) -> None:
        self._pending.append({"update_id": next(self._updates) if update_id is None else update_id, **update})

    # What tests look at.

    def fail_next(self, method: str, *faults: int | str) -> None:
        """Answer the next calls of a method with these HTTP statuses, or `DROP` the connection."""
        self._faults[method].extend(faults)

    def sent(self, chat: int | None = None, method: str = "sendMessage") -> list[Json]:
        """Messages the bot sent (or edited), in order, as they were taken."""
        done = [call.result for call in self.calls if call.method == method and call.refused is None]
        return [result for result in done if chat is None or result["chat"]["id"] == chat]

    def refusals(self) -> list[str]:
        return [f"{call.method}: {call.refused}" for call in self.calls if call.refused is not None]

    def named(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def wait(self, done: Callable[[], Any], timeout_s: float = 10.0) -> Any:
        """Wait until something is true, and give it."""
        limit = time.monotonic() + timeout_s
        while not (found := done()):
            if time.monotonic() > limit:
                raise TimeoutError(f"nothing came in {timeout_s} s; last calls: {self.calls[-5:]}")
            time.sleep(0.005)
        return found

    # The server.

    async def _method(self, token: str, method: str, request: Request) -> Response:
        given = await _given(request)
        call = Call(method, given)
        try:
            if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
                raise Refused("Not Found", 404)
            if token not in self.accepted_tokens:
                raise Refused("Unauthorized", 401)
            fault = self._faults[method].popleft() if self._faults[method] else None
            if fault == DROP:
                call.refused = "(dropped)"
                return StreamingResponse(_broken_off(), headers={"content-length": "100"})
            if fault == 429:
                raise Refused("Too Many Requests: retry later", 429, retry_after=self.retry_after_s)
            if fault is not None:
                raise Refused("Internal Server Error", int(fault))
            handler = getattr(self, f"_{method}", None)
            if handler is None:
                raise Refused("Not Found: method not found", 404)
            call.result = await handler(given, request) if method == "getUpdates" else handler(given)
        except Refused as refused:
            call.refused = refused.description
            body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.parameters:
                body["parameters"] = refused.parameters
            return JSONResponse(body, refused.code)
        finally:
            if method != "getUpdates" or call.refused:
                self.calls.append(call)
        return JSONResponse({"ok": True, "result": call.result})

    async def _file(self, token: str, path: str) -> Response:
        return Response(self.files[path]) if token in self.accepted_tokens else Response(status_code=401)

    async def _getUpdates(self, given: Json, request: Request) -> list[Json]:  # noqa: N802
        if self.webhook.get("url"):
            raise Refused("Conflict: can't use getUpdates method while webhook is active", 409)
        self._poller += 1
        mine = self._poller
        offset = int(given.get("offset") or 0)
        while self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()
        limit = time.monotonic() + float(given.get("timeout") or 0)
        while not self._pending and time.monotonic() < limit and not await request.is_disconnected():
            if self._poller != mine:
                raise Refused("Conflict: terminated by other getUpdates request", 409)
            if self._server.should_exit:
                break
            await asyncio.sleep(0.005)
        batch = list(itertools.islice(self._pending, 100))
        for update in batch:
            self.delivered[update["update_id"]] += 1
        return batch

    def _getMe(self, given: Json) -> Json:  # noqa: N802
        return BOT

    def _deleteWebhook(self, given: Json) -> bool:  # noqa: N802
        self.webhook = {}
        return True

    def _setWebhook(self, given: Json) -> bool:  # noqa: N802
        if not given["url"].startswith(("http://", "https://")):
            raise Refused("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = given
        threading.Thread(target=self._deliver, args=(given,), daemon=True).start()
        return True

    def _deliver(self, webhook: Json) -> None:
        """Telegram's side of a webhook: one update after the other, each until it is taken."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.get("secret_token", "")}
        while self.webhook is webhook and not self._server.should_exit:
            if self._pending:
                try:
                    taken = httpx.post(webhook["url"], json=self._pending[0], headers=headers).is_success
                except httpx.HTTPError:
                    taken = False
                if taken:
                    self.delivered[self._pending.popleft()["update_id"]] += 1
                    continue
            time.sleep(0.02)

    def _setMyCommands(self, given: Json) -> bool:  # noqa: N802
        check_commands(given["commands"])
        return True

    def _sendMessage(self, given: Json) -> Json:  # noqa: N802
        chat = self._chat_of(given)
        topic, reply = given.get("message_thread_id"), given.get("reply_parameters")
        if topic and (chat["id"], int(topic)) not in self.topics:
            raise Refused("Bad Request: message thread not found")
        if (
            reply
            and (chat["id"], reply["message_id"]) not in self.messages
            and not reply.get("allow_sending_without_reply")
        ):
            raise Refused("Bad Request: message to be replied not found")
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": chat,
            "from": BOT,
            **_content(given),
        }
        if topic:
            message |= {"message_thread_id": int(topic), "is_topic_message": True}
        self.messages[chat["id"], message["message_id"]] = message
        return message | ({"replied_to": reply["message_id"]} if reply else {})

    def _editMessageText(self, given: Json) -> Json:  # noqa: N802
        chat = self._chat_of(given)
        message = self.messages.get((chat["id"], int(given["message_id"])))
        if message is None or message["from"]["id"] != BOT["id"]:
            raise Refused("Bad Request: message to edit not found")
        content = {"reply_markup": None, **_content(given)}
        if all(message.get(name) == value for name, value in content.items()):
            raise Refused("Bad Request: message is not modified: specified new message content is the same")
        message.update(content)
        return message

    def _deleteMessage(self, given: Json) -> bool:  # noqa: N802
        if self.messages.pop((self._chat_of(given)["id"], int(given["message_id"])), None) is None:
            raise Refused("Bad Request: message to delete not found")
        return True

    def _sendChatAction(self, given: Json) -> bool:  # noqa: N802
        self._chat_of(given)
        return True

    def _answerCallbackQuery(self, given: Json) -> bool:  # noqa: N802
        self._close_query(given["callback_query_id"])
        if len(given.get("text") or "") > 200:
            raise Refused("Bad Request: MESSAGE_TOO_LONG")
        return True

    def _answerInlineQuery(self, given: Json) -> bool:  # noqa: N802
        self._close_query(given["inline_query_id"])
        check_cards(given.get("results") or [], given.get("button"))
        return True

    def _getFile(self, given: Json) -> Json:  # noqa: N802
        return {"file_id": given["file_id"], "file_unique_id": given["file_id"], "file_path": given["file_id"]}

    def _chat_of(self, given: Json) -> Json:
        chat_id = int(given["chat_id"])
        if chat_id not in self.chats:
            raise Refused("Bad Request: chat not found")
        if chat_id in self.blocked_by:
            raise Refused("Forbidden: bot was blocked by the user", 403)
        return self.chats[chat_id]

    def _close_query(self, query_id: str) -> None:
        if query_id not in self.open_queries:
            raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.open_queries.discard(query_id)


def entities_of(text: str) -> list[Json]:
    """Commands at the start and mentions, in UTF-16 units."""
    kinds = (("bot_command", r"^/[a-z_]+(@\w+)?"), ("mention", r"@\w{5,32}"))
    found = [(kind, match) for kind, pattern in kinds for match in re.finditer(pattern, text)]
    size = [(kind, text[: match.start()], match[0]) for kind, match in found]
    utf16 = [
        (kind, len(before.encode("utf-16-le")) // 2, len(name.encode("utf-16-le")) // 2) for kind, before, name in size
    ]
    return [{"type": kind, "offset": offset, "length": length} for kind, offset, length in utf16]


def _content(given: Json) -> Json:
    check_text(given.get("text", ""), given.get("entities") or [])
    check_keyboard(given.get("reply_markup"))
    return {name: given[name] for name in ("text", "entities", "reply_markup") if given.get(name)}


async def _given(request: Request) -> Json:
    """Parameters out of a JSON, form or multipart body; nested ones are JSON inside a form."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    form = await request.form()
    return {name: json.loads(str(value)) if name in NESTED else value for name, value in form.items()}


async def _broken_off() -> AsyncIterator[bytes]:
    yield b'{"ok": tr'
