"""Questions over texts: the SQuAD shape, and news questions labelled with an answer and an article."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from byline.retrieval.training.reader.folds import MEASURED_ONLY, is_contrast_test, is_trained_on
from byline.retrieval.training.reader.headings import lead_of

Span = tuple[int, int]
NEWS_SOURCES = frozenset({"news", "made_news", "made_contrast", "made_yes_no", "recurring"})

MADE_PATH = Path(__file__).with_name("made_questions.jsonl")
MADE_PASSAGES_PATH = Path(__file__).with_name("made_passages.jsonl")
CONTRASTS_PATH = Path(__file__).with_name("made_contrasts.jsonl")
EVENTS_PATH = Path(__file__).with_name("made_events.jsonl")  # nothing is trained on these: they are for calibration


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the text that answers it, and where.

    Attributes:
        id: the question's; a cross-language pair has `zh>en:` or `en>zh:` before it.
        source: the set it comes from: `drcd`, `cmrc`, `dureader`, `xquad_zh`, `xquad_en`, `xquad_cross`, `news`,
            `made_…` for questions written over these, `made_own` with the passage (`load_made`), `recurring`
            (`recurring.recurring_questions`), `made_contrast` (`load_contrasts`), `made_yes_no`
            (`yes_no.yes_no_questions`).
        key: what `folds.fold` takes.
        question: as asked.
        text: the paragraph or article.
        spans: every place in `text` that answers; none where all of `text` leaves the question open.
        kind: of a contrast: `from_to`, `near_name`, `yes_no`, …; else empty.
        yes: of a yes/no question, whether the answer is yes.
        title: the article's, where the question was written for somebody who sees it.
        lead: what stands in for the title elsewhere, empty if nothing does.
        window: the part of `text` that was read when the question was written, None where that is not known.
    """

    id: str
    source: str
    key: str
    question: str
    text: str
    spans: tuple[Span, ...]
    kind: str = ""
    yes: bool | None = None
    title: str = ""
    lead: str = ""
    window: Span | None = None

    @property
    def trained_on(self) -> bool:
        """True if its article is in the training folds; passages written for training have no other use."""
        if self.key in MEASURED_ONLY or (self.source == "made_contrast" and is_contrast_test(self.key)):
            return False
        return self.source == "made_own" or is_trained_on(self.key, news=self.source in NEWS_SOURCES)

    @property
    def in_english(self) -> bool:
        """True if the text is English: its first words have no other script."""
        return self.text[:40].isascii()

    @property
    def made_from_itself(self) -> bool:
        """True if `text` is a text of another set with something left out."""
        return self.source == "recurring" or not self.spans

    @property
    def answers(self) -> tuple[str, ...]:
        """The distinct answer strings."""
        return tuple(dict.fromkeys(self.text[start:end] for start, end in self.spans))


def load_reading(folder: Path) -> list[Asked]:
    """Read every SQuAD-shaped set in a folder, and pair XQuAD's languages with each other.

    Args:
        folder: holds `{drcd_dev,cmrc_trial,dureader_dev,xquad_zh,xquad_en}.json.gz`; others are ignored.

    Returns:
        Sets in the order of their file names, then the cross-language pairs.
    """
    asked: list[Asked] = []
    for path in sorted(folder.glob("*.json.gz")):
        source = path.name.split(".")[0].removesuffix("_dev").removesuffix("_trial")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            asked.extend(_squad(json.load(file), source))
    return asked + _cross_language(asked)


def load_news(folder: Path) -> list[Asked]:
    """Read news questions whose answer stands verbatim in their article.

    Args:
        folder: holds `articles.jsonl.gz` and `questions.jsonl` (`{"question", "answers", "article"}`).
    """
    texts = {line["id"]: line["text"] for line in _lines(folder / "articles.jsonl.gz")}
    asked = []
    for number, line in enumerate(_lines(folder / "questions.jsonl")):
        text = texts[line["article"]]
        spans = tuple(span for answer in line["answers"] for span in occurrences(text, answer))
        if spans:
            key, question = line["article"], line["question"]
            asked.append(Asked(f"news-q{number}", "news", key, question, text, spans, lead=lead_of(text)))
    return asked


def load_made(folder: Path, path: Path = MADE_PATH, passages: Path = MADE_PASSAGES_PATH) -> list[Asked]:
    """Read the questions written for Byline, over texts of the training folds and over passages written with them.

    A line names a text, the window of it that was read, and where in the text the window answers; without an answer the
    window, read whole, leaves the question open: `{"set", "article", "window", "question", "spans"}`. The article is
    that of the news, or the first question's id of a reading set's paragraph, or the passage's.

    Args:
        folder: holds `news/` and `reading/` as for `load_news` and `load_reading`.
        path: the questions.
        passages: the passages written with them, `{"id", "text"}`.
    """
    texts = {("made_news", key): (key, text) for key, text in load_texts(folder / "news").items()}
    texts |= {("made_own", line["id"]): (line["id"], line["text"]) for line in _lines(passages)}
    paragraphs: set[tuple[str, str]] = set()
    for one in load_reading(folder / "reading"):
        if (one.source, one.text) not in paragraphs:
            paragraphs.add((one.source, one.text))
            texts[f"made_{one.source}", one.id] = (one.key, one.text)
    asked = []
    for number, line in enumerate(_lines(path)):
        (key, text), (start, end) = texts[line["set"], line["article"]], line["window"]
        spans = tuple((a, b) for a, b in line["spans"])
        shown = text if spans else text[start:end]
        lead = lead_of(text) if line["set"] == "made_news" else ""
        asked.append(Asked(f"made-q{number}", line["set"], key, line["question"], shown, spans, lead=lead))
    return asked


def load_contrasts(folder: Path, path: Path = CONTRASTS_PATH) -> list[Asked]:
    """Read questions written in contrasts: one passage, questions that differ by a word and in their answer.

    A line is one of `load_made`'s with `kind`, for yes/no questions `polarity` (`yes` or `no`), and `title` where the
    question leans on the article's.

    Args:
        folder: holds `news/articles.jsonl.gz`.
        path: the questions, over articles of any fold.
    """
    texts = {line["id"]: line["text"] for line in _lines(folder / "news" / "articles.jsonl.gz")}
    asked = []
    for number, line in enumerate(_lines(path)):
        key, (start, end) = line["article"], line["window"]
        spans = tuple((a, b) for a, b in line["spans"])
        asked.append(
            Asked(
                f"contrast-q{number}",
                "made_contrast",
                key,
                line["question"],
                texts[key] if spans else texts[key][start:end],
                spans,
                kind=line["kind"],
                yes={"yes": True, "no": False}.get(line.get("polarity", "")),
                title=line.get("title", ""),
                lead=lead_of(texts[key]),
                window=(start, end) if spans else (0, end - start),
            )
        )
    return asked


def load_texts(folder: Path) -> dict[str, str]:
    """Read the news articles in the training folds, by id: negatives are drawn from them."""
    lines = _lines(folder / "articles.jsonl.gz")
    return {line["id"]: line["text"] for line in lines if is_trained_on(line["id"], news=True)}


def occurrences(text: str, answer: str) -> list[Span]:
    """Find every place where `answer` stands in `text`, not overlapping, from the left."""
    spans = []
    at = text.find(answer) if answer else -1
    while at >= 0:
        spans.append((at, at + len(answer)))
        at = text.find(answer, at + len(answer))
    return spans


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8").split("\n")
    yield from (json.loads(line) for line in lines if line)


def _squad(content: dict[str, Any], source: str) -> Iterator[Asked]:
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            key = str(article.get("id") or paragraph["qas"][0]["id"])
            for asked in paragraph["qas"]:
                spans = tuple(dict.fromkeys(span for answer in asked["answers"] for span in _spans(text, answer)))
                if spans:
                    yield Asked(str(asked["id"]), source, key, asked["question"], text, spans)


def _spans(text: str, answer: dict[str, Any]) -> list[Span]:
    # DuReader gives -1 for the start, and a few starts of CMRC are off: then every occurrence counts.
    start, said = answer["answer_start"], answer["text"]
    if start >= 0 and text[start : start + len(said)] == said:
        return [(start, start + len(said))] if said else []
    return occurrences(text, said)


def _cross_language(asked: list[Asked]) -> list[Asked]:
    chinese = {one.id: one for one in asked if one.source == "xquad_zh"}
    english = {one.id: one for one in asked if one.source == "xquad_en"}
    crossed = []
    for shared in chinese:
        if shared in english:
            zh, en = chinese[shared], english[shared]
            crossed.append(replace(en, id=f"zh>en:{shared}", source="xquad_cross", question=zh.question))
            crossed.append(replace(zh, id=f"en>zh:{shared}", source="xquad_cross", question=en.question))
    return crossed
