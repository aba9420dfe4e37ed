"""What Telegram refuses, as functions from what is sent to the description of the refusal.

From the Bot API's documentation and TDLib's `MessageEntity.cpp`, and stricter where Telegram only drops what is
wrong without a word: more than 100 entities, overlapping ones, a quotation in a quotation.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

MAX_TEXT, MAX_ENTITIES, MAX_DATA, MAX_BUTTONS, MAX_IN_ROW = 4096, 100, 64, 100, 8
KINDS = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
}
QUOTES = {"blockquote", "expandable_blockquote"}
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Refused(Exception):
    """Telegram's answer to what it does not take."""

    def __init__(self, description: str, code: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: str, entities: list[dict[str, Any]], *, limit: int = MAX_TEXT) -> None:
    """See that a message's text and entities would be taken."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("Bad Request: strings must be encoded in UTF-8")
    if all(unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"} or c in "\u115f\u3164" for c in text):
        raise Refused("Bad Request: message text is empty")
    if units(text) > limit:
        raise Refused("Bad Request: message is too long")
    if text != text.strip():
        raise Refused("Bad Request: text begins or ends with white space, which Telegram cuts off")
    _check_entities(text, entities)


def _check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    if len(entities) > MAX_ENTITIES:
        raise Refused("Bad Request: too many entities")
    utf16 = text.encode("utf-16-le")
    at = len(utf16) // 2
    spans: list[tuple[int, int, str]] = []
    for entity in entities:
        start, end, kind = entity["offset"], entity["offset"] + entity["length"], entity["type"]
        if kind not in KINDS:
            raise Refused(f"Bad Request: unsupported entity type {kind}")
        if start < 0 or entity["length"] <= 0:
            raise Refused("Bad Request: entity with incorrect offset or length")
        if end > at:
            raise Refused(f"Bad Request: entity beginning at UTF-16 offset {start} ends after the end of the text")
        if any(0xDC <= utf16[2 * place + 1] <= 0xDF for place in (start, end) if place < at):  # a low surrogate
            raise Refused("Bad Request: entity begins or ends in a middle of a UTF-16 symbol")
        if kind == "text_link":
            check_url(entity.get("url", ""))
        spans.append((start, end, kind))
    for number, (start, end, kind) in enumerate(spans):
        for other_start, other_end, other in spans[number + 1 :]:
            if start < other_start < end < other_end or other_start < start < other_end < end:
                raise Refused("Bad Request: entities overlap")
            if kind in QUOTES and other in QUOTES and other_start < end and start < other_end:
                raise Refused("Bad Request: a quotation inside a quotation")


def check_keyboard(markup: dict[str, Any] | None) -> None:
    """See that an inline keyboard would be taken."""
    rows = (markup or {}).get("inline_keyboard", [])
    if any(len(row) > MAX_IN_ROW for row in rows) or sum(map(len, rows)) > MAX_BUTTONS:
        raise Refused("Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        check_label(button.get("text", ""))
        if ("url" in button) == ("callback_data" in button):
            raise Refused("Bad Request: can't parse inline keyboard button: exactly one action is allowed")
        if "url" in button:
            check_url(button["url"])
        elif not 1 <= len(button["callback_data"].encode()) <= MAX_DATA:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")


def check_label(label: str) -> None:
    if "\n" in label or all(unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for c in label):
        raise Refused("Bad Request: can't parse inline keyboard button: text must be non-empty and on one line")
    if any("\ud800" <= character <= "\udfff" for character in label):
        raise Refused("Bad Request: strings must be encoded in UTF-8")


def check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "tg") or "." not in (parts.hostname or "") or len(url) > 2048:
        raise Refused("Bad Request: BUTTON_URL_INVALID")


def check_commands(commands: list[dict[str, str]]) -> None:
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def check_cards(results: list[dict[str, Any]], button: dict[str, Any] | None) -> None:
    """See that an answer to an inline query would be taken."""
    ids = [card["id"] for card in results]
    if len(results) > 50 or len(set(ids)) < len(ids):
        raise Refused("Bad Request: RESULT_ID_DUPLICATE" if len(results) <= 50 else "Bad Request: RESULTS_TOO_MUCH")
    for card in results:
        if not 1 <= len(card["id"].encode()) <= 64:
            raise Refused("Bad Request: RESULT_ID_INVALID")
        if not card.get("title", "").strip():
            raise Refused("Bad Request: ARTICLE_TITLE_EMPTY")
        content = card["input_message_content"]
        check_text(content["message_text"], content.get("entities", []))
        check_keyboard(card.get("reply_markup"))
    if button is not None:
        check_label(button["text"])
        if not button.get("start_parameter") or not START_PARAMETER.fullmatch(button["start_parameter"]):
            raise Refused("Bad Request: START_PARAM_INVALID")
