"""Questions as they are mistyped and as they are spoken, on the same labels."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

HOMOPHONE, NEAR_HOMOPHONE, DROPPED, DOUBLED, OPENED, CLOSED = 0.05, 0.025, 0.02, 0.015, 0.05, 0.06  # share of questions
COMMON = 3000  # characters a slip may come out as: those most frequent in the texts
SHORTEST = 6  # characters of a question that bears a slip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KEPT = frozenset("不没未非无别否一二三四五六七八九十百千万亿两零〇前后上下")  # a slip in these asks something else
_OPENINGS = (
    *("请问", "请问一下，", "想问下", "问一下", "麻烦问下", "求问：", "查一下", "帮我查查"),
    *("那个，", "那", "哎，", "有谁知道", "我想知道", "话说"),
)
_CLOSINGS = ("啊", "呀", "呢", "来着", "啊？", "呢？", "呀？", "来着？", "，谢谢", "，有人知道吗", "的说", "哈")
# what dialects and keyboards confuse, longest first
_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"), ("h", "f"))


class Homophones:
    """Characters that sound alike, of those that are common in some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Count characters and group them by sound, tones left out."""
        from pypinyin import Style, pinyin

        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(text)
        common = [character for character, _ in counts.most_common() if _HAN.match(character)][:COMMON]
        self._sounds = {c: pinyin(c, style=Style.NORMAL)[0][0] for c in common}
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        self._near: defaultdict[str, list[str]] = defaultdict(list)
        for character, sound in self._sounds.items():
            self._alike[sound].append(character)
            self._near[_blurred(sound)].append(character)

    def of(self, character: str) -> list[str]:
        """Give the other characters of the same sound."""
        sound = self._sounds.get(character, "")
        return [other for other in self._alike.get(sound, []) if other != character]

    def near(self, character: str) -> list[str]:
        """Give the characters of a sound that is often taken for it."""
        sound = self._sounds.get(character, "")
        return [other for other in self._near.get(_blurred(sound), []) if self._sounds[other] != sound] if sound else []


def disturb(question: str, rng: random.Random, homophones: Homophones) -> str:
    """Mistype or say a Chinese question another way, now and then; what it asks stays the same."""
    places = [at for at, said in enumerate(question) if _HAN.match(said) and said not in _KEPT]
    if len(places) < SHORTEST:
        return question
    slip, at = rng.random(), rng.choice(places)
    if slip < HOMOPHONE + NEAR_HOMOPHONE:
        others = homophones.of(question[at]) if slip < HOMOPHONE else homophones.near(question[at])
        if others:
            question = question[:at] + rng.choice(others) + question[at + 1 :]
    elif slip < HOMOPHONE + NEAR_HOMOPHONE + DROPPED:
        question = question[:at] + question[at + 1 :]
    elif slip < HOMOPHONE + NEAR_HOMOPHONE + DROPPED + DOUBLED:
        question = question[:at] + question[at] + question[at:]
    said = rng.random()
    if said < OPENED:
        question = rng.choice(_OPENINGS) + question
    elif said < OPENED + CLOSED:
        question = question.rstrip("？?。 ") + rng.choice(_CLOSINGS)
    return question


def _blurred(sound: str) -> str:
    for heard, taken_for in _CONFUSED:
        sound = sound.replace(heard, taken_for, 1)
    return sound
