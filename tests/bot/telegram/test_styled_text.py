from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageEntityType

from byline.bot.telegram.styled_text import (
    Styled,
    bold,
    clip,
    columns,
    is_blank,
    join,
    plain,
    sendable,
    split,
    utf16_units,
)
from tests.worlds.bot_api_rules import check_text

TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("😀👨‍👩‍👧‍👦🏽🇨🇳 \n。，.!?؟אב\u202e\u200b\u0301")), max_size=400
)
KINDS = st.sampled_from([MessageEntityType.BOLD, MessageEntityType.BLOCKQUOTE, MessageEntityType.EXPANDABLE_BLOCKQUOTE])


@st.composite
def styled(draw: st.DrawFn) -> Styled:
    """Components one after another, each marked or not, some with a part in bold: what rendering makes."""
    parts = []
    for text in draw(st.lists(TEXT, max_size=6)):
        part = plain(text)
        if draw(st.booleans()):
            part = part.marked(draw(KINDS))
        if draw(st.booleans()) and len(text) > 2:
            part = part.marked(MessageEntityType.UNDERLINE, 1, draw(st.integers(2, len(text))))
        parts.append(part)
    return join(parts, draw(st.sampled_from(["", "\n", "\n\n"])))


def as_sent(message: Styled) -> list[dict[str, Any]]:
    return [entity.to_dict() for entity in message.entities()]


@given(styled(), st.integers(2, 60), st.integers(1, 5))
@settings(max_examples=60)
def test_every_message_of_any_text_is_one_telegram_takes(text: Styled, max_units: int, max_entities: int) -> None:
    for message in split(text, max_units=max_units, max_entities=max_entities):
        check_text(message.text, as_sent(message), limit=max_units)
        assert len(message.marks) <= max_entities


@settings(max_examples=60)
@given(styled(), st.integers(2, 60))
def test_cutting_loses_nothing_that_can_be_seen(text: Styled, max_units: int) -> None:
    whole = "".join(text.text.split())
    pieces = ["".join(message.text.split()) for message in split(text, max_units=max_units)]
    at = 0
    for piece in pieces:
        found = whole.index(piece, at)
        assert is_blank(whole[at:found])
        at = found + len(piece)
    assert is_blank(whole[at:])


@given(styled(), st.integers(8, 60))
@settings(max_examples=60)
def test_what_is_marked_stays_marked_across_cuts(text: Styled, max_units: int) -> None:
    def under(kind: MessageEntityType, parts: list[Styled]) -> str:
        return "".join("".join(p.text[m.start : m.end].split()) for p in parts for m in p.marks if m.kind == kind)

    shown = split(text, max_units=max_units)
    if "".join("".join(message.text.split()) for message in shown) == "".join(text.text.split()):
        for kind in MessageEntityType:
            assert under(kind, shown) == under(kind, [text])


@given(TEXT)
def test_units_are_those_of_utf_16(text: str) -> None:
    assert utf16_units(sendable(text)) == len(sendable(text).encode("utf-16-le")) // 2


@given(st.text(), st.integers(2, 40))
def test_a_clipped_line_is_no_wider_than_asked(text: str, width: int) -> None:
    assert columns(clip(text, width)) <= width


def test_a_line_of_marks_without_width_is_clipped_too() -> None:
    assert len(clip("e" + "\u0301" * 5000, 30)) <= 61


def test_half_a_surrogate_pair_is_replaced_one_for_one() -> None:
    assert sendable("a\ud83d\ude00b\udc00") == "a\ufffd\ufffdb\ufffd"


def test_offsets_count_utf_16_units() -> None:
    entity = (plain("😀 ") + bold("价格")).entities()[0]
    assert (entity.offset, entity.length) == (3, 2)


def test_a_message_holds_exactly_what_telegram_takes() -> None:
    assert [len(message.text) for message in split(plain("字" * 4097))] == [4096, 1]
    assert [len(message.text) for message in split(plain("😀" * 2049))] == [2048, 1]
    many = join([bold("字")] * 101, "")
    assert [len(message.marks) for message in split(many)] == [100, 1]
    for message in split(many):
        check_text(message.text, as_sent(message))


def test_a_cut_prefers_the_end_of_a_sentence() -> None:
    text = "一" * 30 + "。" + "二" * 30 + "。" + "三" * 30
    assert [m.text[-1] for m in split(plain(text), max_units=80)] == ["。", "三"]


def test_a_family_of_emoji_is_not_taken_apart() -> None:
    family = "👨‍👩‍👧‍👦"
    messages = split(plain(family * 10), max_units=4 * utf16_units(family) + 3)
    assert all(len(message.text) % len(family) == 0 for message in messages)


def test_a_text_with_nothing_to_see_gives_no_message() -> None:
    assert split(plain(" \n\u200b\u2060\u3164\t")) == []
