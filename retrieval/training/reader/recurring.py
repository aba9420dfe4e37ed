"""Questions a text asks of itself: what stands twice in an article is blanked in one place and found in the other.

After "recurring span selection" (Ram et al., "Few-shot question answering by pretraining span selection", ACL 2021),
with the blank written as the words a person would ask with.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from byline.retrieval.training.reader.sets import Asked, occurrences
from byline.retrieval.training.reader.windows import sentences

PER_TEXT = 3  # questions drawn from one article
ASKED_CHARS = (8, 60)  # length of a clause worth asking with
LEAST_LEFT = 60  # characters of the article that must remain
_NUMBER = re.compile(
    r"\d[\d,.]*(?:多|余)?[万亿千百]*(?:[%％]|[元人个名家条米年月日辆台件吨次岁倍届]|公里|公斤|小时|分钟|平方米|美元)"
)
_TITLE = re.compile(r"《[^》\n]{2,25}》|“[^”\n]{2,15}”")
_DATE = re.compile(r"(?:\d+年)?\d+月\d+日|\d{4}年")
_CLAUSE = re.compile(r"[^，。！？；：,;!?\n]+")
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z·]{3,}")
NAME_CHARS = (3, 10)
_EMPTY = re.compile(
    r"^[的了在是和与及对为等将被就也都而从到由以于其该这那我你他她它们个中上下]|[的了在是和与及对为将被就也都而从到由以于其该这那]$"
)


def recurring_questions(texts: Mapping[str, str], rng: random.Random) -> list[Asked]:
    """Draw questions from articles.

    Args:
        texts: by article id.

    Returns:
        Questions whose text is the article without the sentence the question was made of.
    """
    asked = []
    for key, text in texts.items():
        drawn = _of_text(text, rng)
        for number, (question, rest, answer) in enumerate(rng.sample(drawn, min(PER_TEXT, len(drawn)))):
            spans = tuple(occurrences(rest, answer))
            asked.append(Asked(f"recurring-{key}-{number}", "recurring", key, question, rest, spans))
    return asked


def _of_text(text: str, rng: random.Random) -> list[tuple[str, str, str]]:
    found = []
    for start, end in sentences(text):
        rest = text[:start] + text[end:]
        if len(rest) < LEAST_LEFT:
            continue
        for answer in _candidates(text[start:end], rest):
            clause = next((m.group() for m in _CLAUSE.finditer(text[start:end]) if answer in m.group()), "")
            if ASKED_CHARS[0] + len(answer) <= len(clause) <= ASKED_CHARS[1]:
                question = clause.replace(answer, _asking(answer, rng), 1).strip() + rng.choice("？？ ").strip()
                found.append((question, rest, answer))
    return found


def _candidates(sentence: str, rest: str) -> list[str]:
    """Numbers, dates, titles, and the longest run of characters of each clause, that stand in the rest as well."""
    known = [m.group().strip("“”") for kind in (_DATE, _NUMBER, _TITLE) for m in kind.finditer(sentence)]
    for run in _NAME.finditer(sentence):
        shared = _longest_shared(run.group(), rest)
        if shared and not _EMPTY.search(shared):
            known.append(shared)
    return [answer for answer in dict.fromkeys(known) if 1 <= rest.count(answer) <= 3 and sentence.count(answer) == 1]


def _longest_shared(run: str, rest: str) -> str:
    """Give the longest part of a run that the rest has too; nothing if that is longer or shorter than a name."""
    for length in range(min(len(run), NAME_CHARS[1] + 1), NAME_CHARS[0] - 1, -1):
        for at in range(len(run) - length + 1):
            if run[at : at + length] in rest:
                return run[at : at + length] if length <= NAME_CHARS[1] else ""
    return ""


def _asking(answer: str, rng: random.Random) -> str:
    if _DATE.fullmatch(answer):
        return rng.choice(("什么时候", "何时", "哪一天" if answer.endswith("日") else "哪一年"))
    if _NUMBER.fullmatch(answer):
        unit = answer.lstrip("0123456789,.多余万亿千百")
        return "百分之几" if unit in {"%", "％"} else rng.choice(("多少", "几")) + unit
    if _TITLE.fullmatch(answer):
        return "什么"
    return rng.choice(("什么", "什么", "谁", "哪里", "哪个", "哪家"))
