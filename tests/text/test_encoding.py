import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.text.encoding import NotTextError, decode, detect, tidy
from tests.articles.samples import ENGLISH, SIMPLIFIED, TRADITIONAL

IN_CHINESE = [
    (SIMPLIFIED, "gb18030"),
    (SIMPLIFIED, "utf-8"),
    (SIMPLIFIED, "utf-16-le"),
    (SIMPLIFIED, "utf-16-be"),
    (TRADITIONAL, "big5"),
    (TRADITIONAL, "gb18030"),
    (TRADITIONAL, "utf-8"),
    (TRADITIONAL, "utf-16-le"),
    (ENGLISH, "utf-8"),
    (ENGLISH, "utf-16-le"),
    (ENGLISH, "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), IN_CHINESE)
@settings(deadline=None)  # machines under load take their time
@given(data=st.data())
def test_any_thirty_characters_are_read_in_the_encoding_they_were_written_in(
    text: str, encoding: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 30))
    piece = text[start : start + data.draw(st.integers(30, len(text)))]
    assert decode(piece.encode(encoding)).text == piece


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_settles_it_and_is_no_part_of_the_text(encoding: str) -> None:
    assert decode("雾".encode(encoding)).text == "雾"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_long_english_before_the_first_chinese_does_not_mislead(encoding: str) -> None:
    text = "a plain line of English\n" * 2_000 + TRADITIONAL
    assert decode(text.encode(encoding)).text == text


def test_other_scripts_in_utf8_are_taken_as_they_are() -> None:
    for text in ("안녕하세요", "Здравствуйте", "これはペンです", "مرحبا", "ภาษาไทย"):
        assert decode(text.encode()).text == text


def test_one_bad_byte_is_replaced_and_counted() -> None:
    content = SIMPLIFIED.encode()
    decoded = decode(content[:300] + b"\xff" + content[300:])
    assert decoded.replaced == 1
    assert decoded.text.replace("\ufffd", "") == SIMPLIFIED


def test_a_page_of_bad_bytes_is_not_text() -> None:
    chance = random.Random(1)
    with pytest.raises(NotTextError):
        decode(chance.randbytes(5_000))


def test_a_picture_is_not_text() -> None:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x08\xc4\0\0\x0c\x76\x08\x02\0\0\0"
    with pytest.raises(NotTextError):
        decode(head + random.Random(2).randbytes(2_000))


def test_line_ends_become_one_kind_and_controls_go() -> None:
    assert tidy("a\r\nb\rc\u2028d\u2029e\x0cf\x00g\x07h\ufeffi\tj") == "a\nb\nc\nd\ne\nfghi\tj"


def test_quotes_widths_and_spaces_stay_the_source_s() -> None:
    text = "“全角ＡＢＣ１２３”「引號」\u3000縮排\u00a0é e\u0301 ﬁ"
    assert decode(text.encode()).text == text


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert tidy("a\ud800b") == "a\ufffdb"


@settings(deadline=None)  # machines under load take their time
@given(st.binary(max_size=3_000))
def test_any_bytes_give_encodable_text_or_one_error(content: bytes) -> None:
    try:
        decoded = decode(content)
    except NotTextError:
        return
    decoded.text.encode("utf-8")
    assert "\r" not in decoded.text
    assert "\0" not in decoded.text


def test_the_empty_file_is_utf8() -> None:
    assert detect(b"") == ("utf-8", 0)


JAPANESE = (
    "渡し場の朝は早い。六時になると、老人がゆっくりと舟を岸に寄せ、待っていた学生たちを乗せる。"
    "市は来年、新しい船着き場を建設する計画を発表した。総事業費は約三億円で、完成は来年の秋になる見込みだという。"
)
KOREAN = (
    "나루터의 아침은 이르다. 여섯 시가 되면 노인이 천천히 배를 강가에 대고 기다리던 학생들을 태운다. "
    "시는 내년에 새로운 선착장을 건설할 계획을 발표했다. 총사업비는 약 삼십억 원이다."
)


@pytest.mark.parametrize("length", [16, 40, 1_000])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(JAPANESE, "euc_jp"), (JAPANESE, "shift_jis"), (JAPANESE, "gb18030"), (KOREAN, "euc_kr"), (KOREAN, "cp949")],
)
def test_japanese_and_korean_are_read_in_their_encodings_and_not_as_chinese(
    text: str, encoding: str, length: int
) -> None:
    for start in range(0, max(1, len(text) - length), 9):
        said = text[start : start + length]
        assert decode(said.encode(encoding)).text == said
