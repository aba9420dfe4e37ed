"""An answer to messages: the short answer in bold, each quote as a quotation with its source, a button per source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import InlineKeyboardMarkupLimit, MessageEntityType

from byline.bot.telegram.styled_text import Styled, bold, clip, columns, is_blank, join, plain, split, utf16_units
from byline.bot.telegram.words import Words
from byline.retrieval.answers.answer import Answer, Citation, Marker
from byline.retrieval.articles.article import Article
from byline.retrieval.index.store import Header

# A phone shows about 20 Chinese characters in a line; a quotation beyond 12 lines is folded to three.
EXPANDABLE_FROM_UNITS = 240
MAX_TITLE_COLUMNS = 120
MAX_BYLINE_COLUMNS = 60
MAX_BUTTON_COLUMNS = 36  # what fits a phone's width beside the number
MAX_CHOICE_COLUMNS = 60  # Telegram itself shortens what does not fit the screen
MAX_WIDE_BUTTONS = 5  # more sources than this get buttons with numbers only, so that the answer stays in sight
NUMBERS_PER_ROW = 5
MAX_SOURCE_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER) - 2 * NUMBERS_PER_ROW
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # marks, embeddings, overrides, isolates
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # controls, line and paragraph ends, half pairs
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it is sent; `keyboard` stands under it."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None = None


def messages(styled: Styled, keyboard: Sequence[Sequence[InlineKeyboardButton]] = ()) -> list[Outgoing]:
    """Cut a text into messages; the keyboard stands under the last."""
    parts = split(styled)
    under = InlineKeyboardMarkup(keyboard) if keyboard else None
    return [
        Outgoing(part.text, part.entities(), under if number == len(parts) else None)
        for number, part in enumerate(parts, start=1)
    ]


def answer_messages(answer: Answer, words: Words, handle: Callable[[str], str] | None = None) -> list[Outgoing]:
    """Render an answer or an abstention for a chat.

    Args:
        answer: the answer.
        words: of the language of whoever asked.
        handle: gives a short name for a text of any length, to be put into a button; without it questions to ask
            instead have none.
    """
    choices = choice_rows(answer, handle) if handle else []
    if answer.reason == "small_talk":
        return messages(plain(answer.answer), choices)
    nearest = [citation for citation in answer.citations if not citation.supports]
    rows = choices + source_rows(answer.answer_id, [c for c in answer.citations if c.supports], words)
    if nearest:
        label = words.nearest_button.format(count=len(nearest))
        rows.append([InlineKeyboardButton(label, callback_data=f"n:{answer.answer_id}")])
    if answer.understood and answer.understood.otherwise:
        label = words.ask_otherwise.format(question=on_one_line(answer.understood.otherwise))
        rows.append([InlineKeyboardButton(clip(label, MAX_BUTTON_COLUMNS), callback_data=f"t:{answer.answer_id}")])
    rows.append(
        [
            InlineKeyboardButton("👍", callback_data=f"f:{answer.answer_id}:1"),
            InlineKeyboardButton("👎", callback_data=f"f:{answer.answer_id}:0"),
        ]
    )
    text = answer_text(answer, words)
    if answer.understood is not None and answer.understood.follows:
        rows.append([InlineKeyboardButton(words.as_asked, callback_data=f"w:{answer.answer_id}")])
        text = join((plain(words.read_as.format(question=answer.understood.question)), text), "\n\n")
    return messages(text, rows)


def choice_rows(answer: Answer, handle: Callable[[str], str]) -> list[list[InlineKeyboardButton]]:
    """One button for each question that can be asked instead."""
    return [
        [
            InlineKeyboardButton(
                clip(on_one_line(one.text), MAX_CHOICE_COLUMNS), callback_data=f"q:{handle(one.question)}"
            )
        ]
        for one in answer.choices
    ]


def answer_text(answer: Answer, words: Words, *, max_quote_chars: int | None = None) -> Styled:
    """Put an answer into words: what was asked for in bold, then each quote with its numbered source.

    Args:
        answer: the answer.
        words: whose quotation marks stand around titles.
        max_quote_chars: shorten longer quotes, ending in `…`; by default every quote is whole.
    """
    if not answer.answered and not answer.is_unsure:
        return plain(answer.answer)
    said = Styled() if answer.only_quotes else plain(own_words(answer))
    if answer.is_unsure:
        said = plain(words.possible)
        head = (
            join((bold(words.possibly.format(answer=answer.heading.strip())), said), "\n") if answer.heading else said
        )
    else:
        head = join((bold(answer.heading.strip()), said), "\n") if answer.heading else said
    cited = (
        join((quotation(c.quote, max_chars=max_quote_chars), source_line(c, words)), "\n")
        for c in answer.citations
        if c.supports
    )
    return join((head, *cited), "\n\n")


def own_words(answer: Answer) -> str:
    """What an answer says beside its quotes, a line for each, with the numbers of the quotes that stand below it."""
    said = "".join(
        part.text for part in answer.parts if isinstance(part, Marker) or (part.citation is None and not part.short)
    )
    lines = (line.strip().lstrip("：:").strip() for line in said.split("\n"))
    return "\n".join(line for line in lines if any(map(str.isalnum, re.sub(r"\[\d+\]", "", line))))


def nearest_messages(answer: Answer, words: Words) -> list[Outgoing]:
    """Render the passages nearest to a question that was not answered, marked as no answer."""
    nearest = [citation for citation in answer.citations if not citation.supports]
    if not nearest:
        return messages(plain(words.nearest_none))
    cited = (join((quotation(c.quote), source_line(c, words)), "\n") for c in nearest)
    text = join((bold(words.nearest_heading), *cited), "\n\n")
    return messages(text, source_rows(answer.answer_id, nearest, words))


def quotation(quote: str, *, max_chars: int | None = None) -> Styled:
    """A quote as Telegram's quotation, folded when long; the characters are those of the source."""
    if is_blank(quote):
        return Styled()
    cut = quote if max_chars is None or len(quote) <= max_chars else quote[: max_chars - 1] + "…"
    folded = utf16_units(cut) > EXPANDABLE_FROM_UNITS
    kind = MessageEntityType.EXPANDABLE_BLOCKQUOTE if folded else MessageEntityType.BLOCKQUOTE
    return plain(cut).marked(kind)


def source_line(citation: Citation, words: Words) -> Styled:
    """`[1] 《title》 byline · source · date`; what the source does not say is left out."""
    about = attribution(citation, words)
    title = title_of(citation, words)
    return plain(f"[{citation.number}] {title}" + (f" {about}" if about else ""))


def title_of(titled: Citation | Article | Header, words: Words) -> str:
    """A title on one line in the quotation marks of the language."""
    title = clip(on_one_line(titled.title), MAX_TITLE_COLUMNS)
    if not title:
        return words.untitled
    opening, closing = words.title_quotes
    return f"{opening}{_isolated(title)}{closing}"


def attribution(said_by: Citation | Article | Header, words: Words) -> str:
    """Byline, source and date, as far as they are known."""
    parts = (on_one_line(part) for part in (said_by.byline, said_by.source, said_by.published or ""))
    return words.between.join(_isolated(clip(part, MAX_BYLINE_COLUMNS)) for part in parts if part)


def source_rows(answer_id: str, citations: Sequence[Citation], words: Words) -> list[list[InlineKeyboardButton]]:
    """One button per source: with its title while they are few, else with its number."""
    if len(citations) <= MAX_WIDE_BUTTONS:
        return [[_source_button(answer_id, c, f"[{c.number}] {_label(c, words)}")] for c in citations]
    buttons = [_source_button(answer_id, c, f"[{c.number}]") for c in citations[:MAX_SOURCE_BUTTONS]]
    return [buttons[at : at + NUMBERS_PER_ROW] for at in range(0, len(buttons), NUMBERS_PER_ROW)]


def on_one_line(text: str) -> str:
    """A title or name without line breaks, control characters and direction overrides, fit to stand in a line.

    Isolates and overrides would otherwise turn round what stands beside the title; quotes are never treated so.
    """
    line = " ".join(_BREAKING.sub(" ", _TURNING.sub("", text)).split())
    return "" if is_blank(line) else line


def _source_button(answer_id: str, citation: Citation, label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"s:{answer_id}:{citation.number}")


def _label(citation: Citation, words: Words) -> str:
    title = on_one_line(citation.title) or on_one_line(citation.quote[: 2 * MAX_BUTTON_COLUMNS])
    return _isolated(clip(title, MAX_BUTTON_COLUMNS - columns(f"[{citation.number}] "))) or words.untitled


def _isolated(text: str) -> str:
    """Keep right-to-left text from turning round what stands beside it."""
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if right_to_left else text
