"""A question and the turns before it, to a question that stands alone, and the words it carries along."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from byline.retrieval.answers.coverage import DocumentFrequencies
from byline.retrieval.conversation import wording
from byline.retrieval.conversation.subject import content_words, names_something, spoken_of, subject_of
from byline.retrieval.conversation.substitution import Likeness, is_period, kindred, substituted
from byline.retrieval.conversation.turns import Turn
from byline.retrieval.search import Carried
from byline.retrieval.text.folding import fold
from byline.retrieval.text.question import HAN, without_interrogatives

# What earlier words weigh beside the question's own 1: BM25 over MTRAG-UN, R@5 of follow-ups .738 with none of them,
# .814 with the previous question, .847 with all of them decaying, .883 with the last answer's quotes.
PREVIOUS_WEIGHT = 0.5
ANSWER_WEIGHT = 0.08
SAME_SUBJECT = 0.5  # share of the question's words that the articles of the last answer hold
OTHER_SUBJECT = 0.15  # with so little of them there, common words name another subject too, if there are enough
OTHER_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class Archive:
    """What is to be known of the archive to read a question in its conversation.

    Attributes:
        document_frequencies: in how many passages each term stands.
        passages: how many there are.
        texts: the texts of some articles, by their ids; those that are gone are left out.
        like: see `substituted`.
    """

    document_frequencies: DocumentFrequencies
    passages: int
    texts: Callable[[Sequence[str]], list[str]]
    like: Likeness | None = None


@dataclass(frozen=True, slots=True)
class InConversation:
    """A question as it is read in its conversation.

    Attributes:
        text: the question so that it stands alone; as asked where it does by itself.
        follows: whether it leans on the turns before.
        subject: what the conversation is about now, for the next turn.
        carried: earlier words that weigh in the search; empty where it stands alone.
        own: what is searched for and read instead of `text`, with `carried` beside it; empty where that is `text`.
        shown: ids of passages shown before, where something else is asked for (`还有呢`).
    """

    text: str
    follows: bool
    subject: str
    carried: tuple[Carried, ...] = ()
    shown: tuple[str, ...] = ()
    own: str = ""


ALONE = InConversation("", False, "")


def read_in_conversation(
    question: str,
    turns: Sequence[Turn],
    archive: Archive,
) -> InConversation:
    """Read a question as what it means after the turns before it.

    Args:
        question: as asked.
        turns: the earlier ones, the last of them last.
        archive: what the question is asked of.
    """
    if not turns:
        return InConversation(question, False, subject_of(question))
    last = turns[-1]
    carried = tuple(_carried(turns))
    if wording.MORE.fullmatch(question.strip()):
        shown = tuple(passage for turn in turns if turn.question == last.question for passage in turn.passages)
        return InConversation(last.question, True, last.subject or subject_of(last.question), carried, shown)
    about = wording.WHAT_ABOUT.fullmatch(question.strip()) or wording.WHAT_ABOUT_EN.fullmatch(question.strip())
    if about and _is_thing(about["thing"]):
        return _about_another(last, _without_pointing(about["thing"]), archive.like, carried)
    if stands_alone(question, turns, archive):
        return InConversation(question, False, subject_of(question))
    subject = last.subject or subject_of(last.question)
    # An English question is a sentence of its own, which a subject put before it blurs for the reader: of 21 answerable
    # follow-ups of MTRAG-UN, read in the same passages, .67 were answered as asked, .33 with it. The search has the
    # subject from `carried`.
    own = "" if HAN.search(question) else question
    return InConversation(_completed(question, last, subject), True, subject, carried, own=own)


def stands_alone(question: str, turns: Sequence[Turn], archive: Archive) -> bool:
    """Tell whether a question says by itself what it is about.

    It does not where a word points back, where nothing but interrogatives is left of it, where none of its words
    names one thing, and where the articles the last answer is from speak of all it names.
    """
    if points_back(question) or wording.is_hollow(without_interrogatives(question)):
        return False
    last = turns[-1]
    told = "\n".join([last.question, *archive.texts(last.articles)])
    spoken = spoken_of(question, told, archive.document_frequencies)
    if names_something(question, archive.document_frequencies, archive.passages):
        return spoken < SAME_SUBJECT
    return spoken < OTHER_SUBJECT and sum(map(len, content_words(question))) >= OTHER_CHARACTERS


def points_back(question: str) -> bool:
    """Tell whether a word of the question points to something said before."""
    if not HAN.search(question):
        return bool(wording.POINTING_EN.search(question) or wording.CONNECTED.match(question))
    return bool(
        wording.PERSON.search(question)
        or wording.THING.search(question)
        or wording.PLACE.search(question)
        or wording.CONNECTED.match(question)
    )


def _is_thing(text: str) -> bool:
    """Whether `X呢` names a thing, and does not ask by itself (为什么呢) nor point back (他呢)."""
    if is_period(_without_pointing(text)):
        return True
    if not HAN.search(text):
        return wording.ASKING_EN.search(text) is None and wording.POINTING_EN.search(text) is None
    bare = without_interrogatives(text)
    return len(bare.replace(" ", "")) == len(text.replace(" ", "")) and not wording.is_hollow(text)


def _without_pointing(thing: str) -> str:
    return re.sub(r"^(?:其中|那么?|这|對於|对于|对|在|到|the\s+)(?=.{2})", "", thing.strip(), flags=re.I).strip()


def _about_another(last: Turn, thing: str, like: Likeness | None, carried: tuple[Carried, ...]) -> InConversation:
    """The last question about another thing; the thing is one of the subject, or one of what was asked of it."""
    subject = last.subject or subject_of(last.question)
    renewed = kindred(subject, thing)
    lent = last.asked and last.question != last.asked and last.question.endswith(last.asked)
    if not lent or renewed:
        text = substituted(last.question, thing, like=like)
        return InConversation(text, True, subject if is_period(thing) else renewed or subject, carried)
    own = substituted(last.asked, thing, like=like)
    return InConversation(f"{subject}，{own}" if HAN.search(own) else f"{subject}: {own}", True, subject, carried)


def _completed(question: str, last: Turn, subject: str) -> str:
    """Put what the question leaves out or points to into it."""
    if not HAN.search(question):
        return f"{subject}: {question}" if subject else question
    text = re.sub(r"^(?:那么|那(?!里|裡|儿|兒|些|边|天|年|次|时)|然后|另外|此外)[,，\s]*", "", question)
    person = last.short_answer if last.kind == "person" and last.short_answer else ""
    pointed = wording.PERSON.search(text)
    if pointed and person:
        return text[: pointed.start()] + person + text[pointed.end() :]
    for words in (wording.PERSON, wording.THING, wording.PLACE):
        found = words.search(text)
        if found and subject:
            noun = found.groupdict().get("noun") or ""
            named = subject if not noun or noun in subject else f"{subject}的{noun}"
            return text[: found.start()] + named + text[found.end() :]
    if not subject or fold(subject) in fold(text):
        return text
    return f"{subject}{text}" if wording.is_hollow(without_interrogatives(text)) else f"{subject}，{text}"


def _carried(turns: Sequence[Turn]) -> list[Carried]:
    """Earlier questions, each weighing less than the one after it, and the last answer's quotes."""
    said = [turn.question if HAN.search(turn.question) else turn.asked or turn.question for turn in reversed(turns)]
    weighed = [Carried(question, PREVIOUS_WEIGHT**n) for n, question in enumerate(said, start=1)]
    quotes = " ".join(turns[-1].quotes)
    return [*weighed, Carried(quotes, ANSWER_WEIGHT)] if quotes else weighed
