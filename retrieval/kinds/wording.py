"""What a derived answer says in Byline's own voice, in the language of the question."""

from __future__ import annotations

from byline.retrieval.text.periods import Period
from byline.retrieval.text.question import Language

_EN_UNITS = {"day": "day", "month": "month", "year": "year"}
_ZH_SAME = {"day": "同一天", "month": "同一个月", "year": "同一年"}
_ZH_COUNTED = {"day": "天", "month": "个月", "year": "年"}


def time_in_words(period: Period, language: Language) -> str:
    """A time as far as it is known: 2024年3月1日, or 2024-03-01."""
    if language == "en":
        return "-".join(f"{number:02d}" for number in (period.year, period.month, period.day) if number is not None)
    month = f"{period.month}月" if period.month is not None else ""
    day = f"{period.day}日" if period.day is not None else ""
    return f"{period.year}年{month}{day}"


def same_in_words(same: bool, unit: str, language: Language) -> str:
    """Yes or no, and to what: 是，同一天."""
    if language == "en":
        return f"Yes, the same {_EN_UNITS[unit]}" if same else f"No, not the same {_EN_UNITS[unit]}"
    return f"是，{_ZH_SAME[unit]}" if same else f"不是{_ZH_SAME[unit]}"


def counted_in_words(count: int, unit: str, language: Language) -> str:
    """An amount of time: 3个月, 1 day."""
    if language == "en":
        return f"{count} {_EN_UNITS[unit]}{'' if count == 1 else 's'}"
    return f"{count}{_ZH_COUNTED[unit]}"


_LEAD: dict[str, dict[Language, str]] = {
    "first": {"zh": "更早的是：", "en": "Earlier: "},
    "last": {"zh": "更晚的是：", "en": "Later: "},
    "untold": {
        "zh": "没有找到说“{part}”的句子，所以不能比较。",
        "en": "No sentence was found that tells of “{part}”, so nothing can be compared.",
    },
    "undated": {
        "zh": "说到“{part}”的文章没有写明是哪一年哪一天，所以不能比较。",
        "en": "What tells of “{part}” does not say when it was, so nothing can be compared.",
    },
    "overlap": {
        "zh": "按文章所写的时间分不出先后。",
        "en": "The times the articles give do not say which was first.",
    },
    "vague": {
        "zh": "文章所写的时间不够确切，不能比较。",
        "en": "The times the articles give are too vague to compare.",
    },
    "unlike": {"zh": "两者单位不同，不作比较：", "en": "Their units differ, so they are not compared:"},
    "equal": {"zh": "两者一样：", "en": "They are equal:"},
    "times": {"zh": "{count}倍", "en": "{count} times"},
    "part": {"zh": "{part}：", "en": "{part}: "},
    "possibly": {"zh": "可能是，", "en": "possibly, "},
    "open": {"zh": "文章里没有找到能回答这一部分的句子。", "en": "no sentence was found that answers this part."},
    "any_day": {
        "zh": "没有文章写明“{part}”是哪一天，下面的回答不限于那一天：",
        "en": "No article says on which day “{part}” was; this is not limited to that day:",
    },
    "known": {"zh": "已找到的：", "en": "What was found: "},
}


def lead(name: str, language: Language, **values: str) -> str:
    """A sentence or the beginning of one, by its name in this module."""
    return _LEAD[name][language].format(**values)
