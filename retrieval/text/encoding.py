"""Bytes of unknown encoding to text, told apart by what they say: Chinese, Japanese, Korean and European ones.

The bytes are read in every encoding (UTF-8, UTF-16, GB18030, Big5, EUC-JP, Shift_JIS, EUC-KR, Windows-1252) and the
reading under which the text is likeliest wins (unigram models of print, below). Nothing of the text is normalised but
its line ends; control characters are dropped.
"""

from __future__ import annotations

import codecs
import functools
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

# The 400 commonest characters of CRUD-RAG's Chinese news (70% of its running text; Apache-2.0), in order of frequency,
# and of the 400 commonest of the same news in traditional characters those that are not among them.
_COMMON_SIMPLIFIED = (
    "的一在人中国了为日大有和年发行上是不动月市时业会公新生出区作对成地家来全到以部多工进方等民个于能开分力现用法下这要场通将者高员前展元后关学"
    "资经体同实长安理务报合主们过机化水文金与表加电提产交本自事车示网道内子据保心期可海美更重建他面我定天次任及小入查活司目其量万度信持外平品台"
    "间强当也题社记应点名政比最利并设数情北好运之明被队此原联防看性警计管向位得流已局相受近标责所还就共至回制服物特第增南东该收院基系息正路科解"
    "风手布起源式调推都省总某西续三说处从消股军案项门接意导传供委广组程山今价指商企编线件营游两如村称众预赛州着投支办立创京集里而技级代城证各河"
    "斯规问因达口视无参步医告统亿但造结治求升施议影打环气团常江辑二客费研助户领女华超降完果由育险整专教术需球雨党然单图种知站救备护带决未战身感"
    "注境格监深转青济取群让放首书号引质老非县限色约认周显包举获权型克际积少域使率请张态米况确些或没做直每响反效选精"
)
_COMMON_TRADITIONAL = (
    "國爲為發區業動時會對來進個開長體現學將場關務經於員產實報與後過資機這們電內據網運車強應間東記點臺題風數設聯當萬隊軍計並續預標總項責調組還從"
    "辦級線門營賽導廣創處該統衆號規佈傳權參氣稱達問監說團億術專華險結編響濟兩黨議視領積醫災質費環價證帶戶書舉房戰圖備羣無護際決港急顯觀爾認排轉"
    "約優協選讓洪輯確單種界遊援別世類空極"
)
# Kanji of the first two school years and of news, and syllables that Korean print has most of: enough to tell a text of
# their language from the same bytes read as Chinese.
_COMMON_KANJI = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天"
    "会同事自社発者地業方新場員立開手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝"
    "運終台広住真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤青館屋色走秋夏習駅"
    "洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢政経済議民連対部合市内相定回選米実関決全表戦最調化当約首法性要制治務成期取都和機平加受続進数記初指"
    "権支産点報共原向県設保改第結解設認員増"
)
_COMMON_HANGUL = (
    "이다의는에을가하고지도기사은로한를리인어대자시해정일서보수나아그라주있스니부과제장들으전세안원비상구면게조만경여선미치동국공무우발신학소연개위방내것"
    "모오유성했며적습생당계관민중진관화와회마결재산물용교통실행입영금단체후분"
)
_PUNCTUATION = "，。、“”‘’：；！？（）《》〈〉「」『』【】—…·～％　–’•"
# Odds of one character of print: a common Chinese one, a mark, an ASCII one, … The first three are shares of the same
# news divided by the size of the class; the rest only have to be in the right order, each well below the one before.
_LOG_COMMON = math.log(0.55 / 600)
_LOG_MARK = math.log(0.10 / 25)
_LOG_ASCII_COMMON = math.log(0.5 / 37)
_LOG_ASCII_OTHER = math.log(0.13 / 58)
_LOG_LEVEL_ONE = math.log(0.2 / 8000)
_LOG_ACCENTED = math.log(1e-3)
_LOG_NEAR_SCRIPT = math.log(1e-4)
_LOG_OTHER_SCRIPT = math.log(3e-6)
_LOG_RARE_HAN = math.log(5e-7)
_LOG_IMPOSSIBLE = math.log(1e-9)
_LOG_KANA = math.log(0.5 / 160)
_LOG_KANJI = math.log(0.2 / 400)
_LOG_OTHER_KANJI = math.log(0.12 / 6000)
_LOG_HALF_WIDTH_KANA = math.log(1e-6)  # what Chinese bytes look like in Shift_JIS
_LOG_HANGUL = math.log(0.6 / 120)
_LOG_OTHER_HANGUL = math.log(0.2 / 2250)
# Another language than Chinese, before anything is read. With 0.01, short texts in GB18030 become Korean.
_LOG_OTHER_LANGUAGE = math.log(1e-5)
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
# Tried in this order, with the odds of meeting them; ties (plain ASCII) go to the first.
_ENCODINGS = {"utf-8": 0.9, "gb18030": 0.05, "cp950": 0.03, "big5hkscs": 0.01, "utf-16-le": 0.01, "utf-16-be": 0.01}
_OF_OTHER_LANGUAGES = {"euc_jp": 0.01, "cp932": 0.01, "cp949": 0.01}
_ENCODINGS |= {**_OF_OTHER_LANGUAGES, "cp1252": 0.005}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Bytes looked at. Errors among 4,000 texts of 200 characters were none, so 8 KB is ample.
_SAMPLE_BYTES = 8192
# Text in another encoding of Chinese is well-formed UTF-8 with odds of less than 1 in 3 per character.
_SURELY_UTF8_CHARS = 24
# News and encyclopedia texts of 30 characters and more score above -5.5 a byte in their own encoding, random bytes by
# the thousand below -6 in every one.
_MIN_LOG_PER_BYTE = -5.7
# A text with more damage than this is in another encoding, or was cut out of something that is no text.
_MAX_BAD_SHARE = 0.02
_MAX_BAD_IN_SHORT_TEXT = 3

# Japanese print is half kana, Korean all Hangul but for blanks and figures; nothing with less than a tenth is either.
_LEAST_OF_SCRIPT = 10

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Latin, Greek, Cyrillic, signs, kana, full-width forms: what stands in Chinese and European print beside the rest.
_NEAR_SCRIPTS = re.compile("[\xa0-\u04ff\u2000-\u2bff\u3000-\u30ff\u3200-\u33ff\uff00-\uffef]")
_NOT_ASCII = re.compile(rb"[\x00\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text out of bytes: `replaced` characters were not valid and stand as U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


class NotTextError(ValueError):
    """The bytes are text in no encoding known here."""


def decode(content: bytes) -> Decoded:
    """Read bytes as text, line ends as `\\n`, without control characters.

    Raises:
        NotTextError: no encoding makes text of it, or more than two characters in a hundred would be lost.
    """
    encoding, mark = detect(content)
    body = content[mark:]
    try:
        text, replaced = body.decode(encoding), 0
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        replaced = text.count("\ufffd")
        if replaced > max(_MAX_BAD_IN_SHORT_TEXT, _MAX_BAD_SHARE * len(text)):
            raise NotTextError(f"{replaced} of {len(text)} characters are not {encoding}") from None
    return Decoded(tidy(text), encoding, replaced)


def tidy(text: str) -> str:
    """Make every line end `\\n` and drop control characters and lone surrogates; all else stays as it is.

    A form feed or vertical tab ends a line; a lone surrogate, which no file can hold, becomes U+FFFD.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))


def detect(content: bytes) -> tuple[str, int]:
    """Tell the encoding of bytes, whole or the beginning of them, and the length of their byte order mark.

    Raises:
        NotTextError: they are not text in any encoding.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    sample = _telling_part(content)
    if not sample or _surely_utf8(sample):
        return "utf-8", 0
    scores = {encoding: _likelihood(sample, encoding) + math.log(odds) for encoding, odds in _ENCODINGS.items()}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _MIN_LOG_PER_BYTE * len(sample) and not _is_clean_utf8(sample):
        raise NotTextError("these bytes are not text in UTF-8, UTF-16, GB18030, Big5, EUC-JP, Shift_JIS or EUC-KR")
    return best, 0


def _telling_part(content: bytes) -> bytes:
    """From the line in which the first byte beyond ASCII stands, `_SAMPLE_BYTES` of it; empty for plain ASCII."""
    first = _NOT_ASCII.search(content)
    if first is None:
        return b""
    # An even start keeps UTF-16 in step.
    start = (content.rfind(b"\n", 0, first.start()) + 1) // 2 * 2
    return content[start : start + _SAMPLE_BYTES]


def _surely_utf8(sample: bytes) -> bool:
    return _is_clean_utf8(sample) and sum(byte > 0xBF for byte in sample) >= _SURELY_UTF8_CHARS


def _is_clean_utf8(sample: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(text)


def _likelihood(sample: bytes, encoding: str) -> float:
    """Log-likelihood of the sample under an encoding, in the likeliest language; the last character may be cut."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, len(sample) < _SAMPLE_BYTES)
    counts = Counter(text).items()
    is_chinese = encoding not in _OF_OTHER_LANGUAGES
    best = sum(count * _log_odds(char) for char, count in counts) if is_chinese else -math.inf
    for script, odds in ((_KANA, _japanese_odds), (_HANGUL, _korean_odds)):
        if len(script.findall(text)) * _LEAST_OF_SCRIPT > len(text):
            best = max(best, _LOG_OTHER_LANGUAGE + sum(count * odds(char) for char, count in counts))
    return best


@functools.lru_cache(maxsize=1 << 16)
def _log_odds(char: str) -> float:
    if char in _common():
        return _LOG_COMMON
    if char in _PUNCTUATION:
        return _LOG_MARK
    if char.isascii():
        if char.islower() or char.isdigit() or char == " ":
            return _LOG_ASCII_COMMON
        return _LOG_ASCII_OTHER if char.isprintable() or char in "\n\r\t\f" else _LOG_IMPOSSIBLE
    if "\u4e00" <= char <= "\u9fff":
        return _LOG_LEVEL_ONE if _is_level_one(char) else _LOG_RARE_HAN
    if "\xc0" <= char <= "\xff":
        return _LOG_ACCENTED
    if char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs"):
        return _LOG_IMPOSSIBLE
    if "\u3400" <= char <= "\u4dbf" or char > "\uffff":
        return _LOG_RARE_HAN
    return _LOG_NEAR_SCRIPT if _NEAR_SCRIPTS.match(char) else _LOG_OTHER_SCRIPT


@functools.lru_cache(maxsize=1 << 14)
def _japanese_odds(char: str) -> float:
    if _KANA.match(char):
        return _LOG_KANA
    if "\uff61" <= char <= "\uff9f":
        return _LOG_HALF_WIDTH_KANA
    if "\u4e00" <= char <= "\u9fff":
        return _LOG_KANJI if char in _COMMON_KANJI else _LOG_OTHER_KANJI if _is_kanji(char) else _LOG_RARE_HAN
    return _log_odds(char)


@functools.lru_cache(maxsize=1 << 14)
def _korean_odds(char: str) -> float:
    if _HANGUL.match(char):
        return _LOG_HANGUL if char in _COMMON_HANGUL else _LOG_OTHER_HANGUL
    return _log_odds(char)


def _is_kanji(char: str) -> bool:
    """Whether JIS X 0208 has the character on its first level."""
    return b"\xb0\xa1" <= char.encode("euc_jp", "ignore") <= b"\xcf\xd3"


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON_SIMPLIFIED + _COMMON_TRADITIONAL)


def _is_level_one(char: str) -> bool:
    """Whether GB 2312 or Big5 counts the character among those in common use (their first levels)."""
    gb = char.encode("gb2312", "ignore")
    big5 = char.encode("big5", "ignore")
    return b"\xb0\xa1" <= gb <= b"\xd7\xf9" or b"\xa4\x40" <= big5 <= b"\xc6\x7e"
