"""A question through its stages, understand, retrieve, read, compose: the one way every front end takes."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.answer import Answer, Text, TookMs, Understood
from byline.retrieval.answers.calibration_files import calibration_for
from byline.retrieval.answers.compose import compose
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.corrections import put_right
from byline.retrieval.answers.coverage import term_weights
from byline.retrieval.answers.features import extract_features
from byline.retrieval.answers.read_passage import ReadPassage, ranked
from byline.retrieval.answers.reader import AnswerSpan, Reader
from byline.retrieval.answers.reading import read_hits
from byline.retrieval.answers.twins import twin_value
from byline.retrieval.archive_questions.answering import ArchiveAnswers
from byline.retrieval.archive_questions.examples import Examples
from byline.retrieval.archive_questions.small_talk import Topic, reply, small_talk
from byline.retrieval.cancelling import check_cancelled
from byline.retrieval.conversation.asking_back import asked_back, points_nowhere
from byline.retrieval.conversation.following import ALONE, Archive, InConversation, read_in_conversation
from byline.retrieval.conversation.turns import Turn
from byline.retrieval.errors import BadQuestion, NotFound
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.kinds.comparing import compare
from byline.retrieval.kinds.deriving import derive
from byline.retrieval.kinds.part_by_part import answered_at_once, part_by_part
from byline.retrieval.kinds.parts import Read, ReadPart, read_asked, read_events
from byline.retrieval.kinds.times import day_of, on_any_day, with_day
from byline.retrieval.kinds.understood import understood
from byline.retrieval.kinds.wording import time_in_words
from byline.retrieval.search import Found, Hit, search
from byline.retrieval.text.asked_times import counted_from, leans_on_today, span_of
from byline.retrieval.text.question import language_of
from byline.retrieval.understanding import Question, understand

MOST_HITS = 100  # what POST /v1/search promises, and as many as either side of the search collects
MAX_QUESTION_CHARS = 2000  # four times the 512 tokens an embedder reads; longer is a paste, not a question
# Passages are read so many at a time until they answer for sure, and so many at most. By `tests.benchmarks.ablation` on
# RGB (60 questions): right .83 at a median of 60 ms; all ten at once .85 at 113, twenty .90 at 222, five in all .70,
# three .50.
READ_BATCH = 3
MAX_READ = 10
NO_FILTERS = Filters()
LENT_WEIGHT = 0.3  # of a term the conversation lends a question, in what the answer's sentence should speak of


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question and how to answer it.

    Attributes:
        question: in any language the embedder knows.
        top_k: at most so many citations.
        filters: which articles may answer.
        conversation: id of the conversation it belongs to, handed back with the answer.
        turns: what was asked before in it, the last of them last; the question is read as going on from these.
        as_asked: read the question as it stands, whatever was asked before.
        mode: `extract` quotes sentences; no other mode is served.
        asked_at: the day from which 去年 is counted; None tries today, and where no article is of that period, leaves
            it to each article's own date.
    """

    question: str
    top_k: int = 5
    filters: Filters = NO_FILTERS
    conversation: str | None = None
    mode: str = "extract"
    asked_at: date | None = None
    turns: tuple[Turn, ...] = ()
    as_asked: bool = False


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question with what was found for it, ready to be read.

    Attributes:
        request: as it came.
        question: as it was understood.
        hits: best first.
        embed_ms: what embedding the question took.
        search_ms: what finding the hits took.
        total_ms: all of it, understanding included.
        read: how the question was read in its conversation.
        composed: the answer, where no passage had to be read for it.
    """

    request: AskRequest
    question: Question
    hits: tuple[Hit, ...]
    embed_ms: float
    search_ms: float
    total_ms: float
    read: InConversation = ALONE
    composed: Composed | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits best first, and the milliseconds they took."""

    hits: tuple[Hit, ...]
    took_ms: TookMs


class Service:
    """Answers questions over one store with one embedder and one reader; safe to call from any thread.

    Attributes:
        examples: questions to begin with, of the articles at hand.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: Reader,
        *,
        calibration: Calibration | None = None,
        threshold: float | None = None,
        at_most_wrong: float | None = None,
        read_batch: int = READ_BATCH,
        max_read: int = MAX_READ,
    ) -> None:
        """Put the parts together.

        Args:
            store: where articles are.
            embedder: the one the store's vectors were made with.
            reader: what marks the answers.
            calibration: of the reader; None takes the one that is shipped.
            threshold: abstain below this confidence; None takes the calibrated point.
            at_most_wrong: answer only where the share of wrong answers is promised to be at most this, and call
                unsure what the calibrated point would have answered.
            read_batch: passages read at a time.
            max_read: passages read at most.

        Raises:
            NotCalibrated: nothing is shipped for this reader.
        """
        self.store = store
        self.embedder = embedder
        self.reader = reader
        calibration = calibration or calibration_for(reader.fingerprint)
        if at_most_wrong is not None:
            calibration = calibration.promising(at_most_wrong)
        self.calibration = calibration if threshold is None else calibration.answering_from(threshold)
        self._read_batch, self._max_read = read_batch, max_read
        self._warming = threading.Lock()
        self._archive = ArchiveAnswers(store, embedder, self._hits_for)
        self.examples = Examples(store, self.ask)

    def ask(self, request: AskRequest | str) -> Answer:
        """Answer a question with cited sentences, or abstain.

        Raises:
            BadQuestion: an empty or over-long question, a filter that is no date, an unknown mode.
        """
        return self.answer(self.retrieve(request))

    def retrieve(self, request: AskRequest | str) -> Retrieved:
        """Understand a question and find the passages to read for it: the first half of `ask`.

        Raises:
            BadQuestion: as for `ask`.
        """
        began = time.perf_counter()
        request = AskRequest(request) if isinstance(request, str) else request
        if request.mode != "extract":
            raise BadQuestion(f'mode "{request.mode}" is not served; ask with mode "extract"')
        check_top_k(request.top_k)
        check_filters(request.filters)
        topic = small_talk(request.question)
        if topic == "help" and request.turns:
            topic = None  # 怎么用? after a question is about its subject
        if topic is not None:
            return self._at_once(request, ALONE, self._small_talk(topic, request.question), began)
        read = self.read_in_conversation(request.question, () if request.as_asked else request.turns)
        composed = self._archive.answer(
            read.text, language_of(request.question), filters=request.filters, top_k=request.top_k
        )
        if composed is not None:
            return self._at_once(request, read, composed, began)
        question = self._understand_in_conversation(read, request)
        found = self._find(question.counted, max(self._max_read, request.top_k), request.filters, read)
        which = None
        if not request.as_asked and points_nowhere(request.question, request.turns):
            which = asked_back(request.question, found.hits, question.language, top_k=request.top_k)
        total_ms = (time.perf_counter() - began) * 1e3
        return Retrieved(request, question, found.hits, found.embed_ms, found.search_ms, total_ms, read, which)

    def answer(self, retrieved: Retrieved) -> Answer:
        """Read what was found and compose the answer: the second half of `ask`."""
        began = time.perf_counter()
        request, question = retrieved.request, retrieved.question
        composed = retrieved.composed
        if composed is None:
            composed = self._derived(retrieved) if question.plan and question.plan.cuts else None
        if composed is None:
            read = self.read(question, retrieved.hits)
            composed = self._in_parts(retrieved, read) if question.plan and question.plan.parts else None
            composed = composed or compose(question, read, top_k=request.top_k, calibration=self.calibration)
        read_ms = (time.perf_counter() - began) * 1e3
        return Answer(
            answer_id=secrets.token_urlsafe(12),
            question=check_question(request.question),
            answered=composed.answered,
            parts=composed.parts,
            short_answer=composed.short_answer,
            short_start=composed.short_start,
            reason=composed.reason,
            confidence=composed.confidence,
            citations=composed.citations,
            took_ms=TookMs(retrieved.embed_ms, retrieved.search_ms, read_ms, retrieved.total_ms + read_ms),
            conversation=request.conversation,
            derived=composed.derived,
            items=composed.items,
            understood=self._understood(retrieved),
            premise=composed.premise,
            spelled_out=composed.spelled_out,
            choices=composed.choices,
        )

    def search(
        self,
        question: str,
        *,
        top_k: int = 10,
        filters: Filters = NO_FILTERS,
        rerank: bool = True,
        asked_at: date | None = None,
        turns: Sequence[Turn] = (),
    ) -> SearchResult:
        """Find the passages that fit a question best.

        Args:
            question: as for `ask`.
            top_k: 1 to 100 hits.
            filters: which articles may be found.
            rerank: read the first passages and order them as answers are; without it, as they were found, some ten
                times as fast. The scores of the two do not compare.
            asked_at: as `AskRequest` has it.
            turns: what was asked before in the conversation.

        Raises:
            BadQuestion: as for `ask`.
        """
        began = time.perf_counter()
        check_top_k(top_k)
        read = self.read_in_conversation(question, turns)
        asked = self.understand(read.own or read.text, asked_at)
        found = self._find(asked.counted, max(top_k, self._max_read) if rerank else top_k, filters, read)
        reading = time.perf_counter()
        hits = self._reranked(asked, found.hits)[:top_k] if rerank else found.hits
        done = time.perf_counter()
        took = TookMs(found.embed_ms, found.search_ms, (done - reading) * 1e3, (done - began) * 1e3)
        return SearchResult(hits, took)

    def read_in_conversation(self, question: str, turns: Sequence[Turn]) -> InConversation:
        """Read a question as what it means after the turns before it; alone it stays as it is.

        Raises:
            BadQuestion: the question is empty or over-long.
        """
        checked = check_question(question)
        passages = self.store.status().passages if turns else 0
        archive = Archive(self.store.document_frequencies, passages, self._texts, self._likeness)
        return read_in_conversation(checked, turns, archive)

    def understand(self, question: str, asked_at: date | None = None) -> Question:
        """Make the one value that the later stages work with.

        Args:
            question: as asked.
            asked_at: as `AskRequest` has it.

        Raises:
            BadQuestion: the question is empty or over-long.
        """
        text = check_question(question)
        if asked_at is None and leans_on_today(text):
            asked_at = self._today_where_articles_are(text)
        return understand(text, self.store.document_frequencies, asked_at)

    def _understand_in_conversation(self, read: InConversation, request: AskRequest) -> Question:
        """Understand a question as it is read; what the conversation lends need not stand in the answer's sentence."""
        question = self.understand(read.own or read.text, request.asked_at)
        if not read.follows or read.own:
            return question
        own = term_weights(request.question, self.store.document_frequencies)
        weighed = {term: weight * (1.0 if term in own else LENT_WEIGHT) for term, weight in question.subject.items()}
        return replace(question, subject=weighed)

    def _understood(self, retrieved: Retrieved) -> Understood:
        """How the question was read, in its time and in its conversation."""
        read = retrieved.read
        said = understood(retrieved.question, retrieved.request.asked_at)
        stands = read.text if read.own else said.question
        return replace(said, question=stands, follows=read.follows, subject=read.subject)

    def read(self, question: Question, hits: Sequence[Hit]) -> list[ReadPassage]:
        """Read hits a few at a time, until these answer for sure or enough were read.

        Returns:
            What was read, best first.
        """
        wanted = hits[: self._max_read]
        spans: list[AnswerSpan] = []
        while len(spans) < len(wanted):
            check_cancelled()
            spans += read_hits(self.reader, question, wanted[len(spans) : len(spans) + self._read_batch])
            features = extract_features(question, hits, spans)
            if self.calibration.confidence_of_first(features) >= self.calibration.stop_confidence:
                break
        read = ranked(question, hits, spans, self.calibration)
        twins = [hit for hit in wanted[len(spans) :] if twin_value(read[0], hit.stored.passage.text)] if read else []
        if twins:
            # what contradicts the best in its own words is read with it, however far behind it was found
            seen = [*hits[: len(spans)], *twins]
            spans += read_hits(self.reader, question, twins)
            found = [*seen, *(hit for hit in hits if hit not in seen)]
            read = ranked(question, found, spans, self.calibration)
        return put_right(question, read, hits)

    def warm(self) -> None:
        """Load the models and the index now, side by side, so that the first question does not wait for them."""
        with self._warming, ThreadPoolExecutor(1, thread_name_prefix="warm") as pool:
            reading = pool.submit(self.reader.warm_up)
            self.search("warm", top_k=1, rerank=False)
            reading.result()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _reranked(self, question: Question, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Read the first hits and order them anew; those behind stay behind, their scores moved below."""
        first, unread = hits[: self._max_read], hits[self._max_read :]
        spans = read_hits(self.reader, question, first)
        read = ranked(question, first, spans, self.calibration)
        scored = [replace(one.hit, score=one.rank_score) for one in read]
        below = scored[-1].score - unread[0].score if unread else 0.0
        return (*scored, *(replace(hit, score=hit.score + below) for hit in unread))

    def _find(self, question: str, k: int, filters: Filters, read: InConversation = ALONE) -> Found:
        check_filters(filters)
        check_cancelled()
        wanted = k + len(read.shown)
        found = search(self.store, self.embedder, question, k=wanted, filters=filters, carried=read.carried)
        unseen = tuple(hit for hit in found.hits if hit.stored.passage.id not in read.shown)
        return replace(found, hits=unseen[:k])

    def _texts(self, article_ids: Sequence[str]) -> list[str]:
        texts = []
        for article_id in article_ids:
            with contextlib.suppress(NotFound):
                article = self.store.article(article_id)
                texts.append(f"{article.title}\n{article.text}")
        return texts

    def _at_once(self, request: AskRequest, read: InConversation, composed: Composed, began: float) -> Retrieved:
        """What needs no passage read."""
        question = self.understand(read.text or request.question)
        return Retrieved(request, question, (), 0.0, 0.0, (time.perf_counter() - began) * 1e3, read, composed)

    def _small_talk(self, topic: Topic, said: str) -> Composed:
        examples = self.examples.get()
        line = reply(
            topic, language_of(said), examples=bool(examples), articles=bool(self.store.articles(limit=1).total)
        )
        return Composed(False, (Text(line),), "small_talk", choices=examples)

    def _hits_for(self, words: str, filters: Filters) -> Sequence[Hit]:
        return search(self.store, self.embedder, words, k=self._max_read, filters=filters).hits

    def _likeness(self, thing: str, others: Sequence[str]) -> list[float]:
        """Cosines of a few words with each of some others."""
        vector = self.embedder.embed_question(thing)
        return [float(vector @ self.embedder.embed_question(other)) for other in others]

    def _today_where_articles_are(self, question: str) -> date | None:
        """Today, if an article was published in the period the question means today; None leaves it to the articles."""
        today = date.today()
        span = span_of(counted_from(question, today))
        if span is None or span[0] > today:
            return None
        within = Filters(after=span[0].isoformat(), before=min(span[1], today).isoformat())
        return today if self.store.articles(limit=1, filters=within).articles else None

    def _derived(self, retrieved: Retrieved) -> Composed | None:
        """Read when each event was, and derive the answer; None where the question is better answered as a whole."""
        question, plan = retrieved.question, retrieved.question.plan
        if plan is None:
            return None
        frequencies = self.store.document_frequencies
        parts = read_events(question, plan, retrieved.hits, self._reading(retrieved), frequencies)
        if plan.operation == "during":
            return self._on_the_day(retrieved, plan.asked, parts[0])
        return derive(question, parts, asked_at=retrieved.request.asked_at)

    def _on_the_day(self, retrieved: Retrieved, asked: str, part: ReadPart) -> Composed | None:
        """Ask for the day of an event by its date, or, saying so, without one where no article tells it."""
        event, language = day_of(part), retrieved.question.language
        about = f"{time_in_words(event.period, language)}，{asked}" if event else asked
        on_that_day = understand(about, self.store.document_frequencies)
        read = self._reading(retrieved)(on_that_day.counted, on_that_day, self._max_read)
        composed = compose(on_that_day, read, top_k=retrieved.request.top_k, calibration=self.calibration)
        if not composed.answered:
            return None
        return with_day(composed, event, language) if event else on_any_day(composed, part.name, language)

    def _in_parts(self, retrieved: Retrieved, read: Sequence[ReadPassage]) -> Composed | None:
        """Read each part for itself; None where the question is better answered as a whole."""
        question, plan = retrieved.question, retrieved.question.plan
        if plan is None or answered_at_once(plan, read, self.calibration):
            return None
        counted = plan.operation in ("difference", "ratio")
        if counted and read and read[0].confidence >= self.calibration.threshold:
            return None  # a sentence that says how far apart they are says it better than two that are counted with
        parts = read_asked(plan, self._reading(retrieved), self.store.document_frequencies)
        if counted or plan.operation == "compare":
            return compare(question, plan, parts, read, self.calibration)
        return part_by_part(question, parts, self.calibration)

    def _reading(self, retrieved: Retrieved) -> Read:
        """Give what finds and reads passages for a part, within the filters of the question."""

        def read(about: str, asked: Question, most: int) -> list[ReadPassage]:
            return self.read(asked, self._find(about, most, retrieved.request.filters).hits)

        return read


def check_question(question: str) -> str:
    """Strip a question and see that it can be asked.

    Raises:
        BadQuestion: it is empty or over-long.
    """
    stripped = question.strip()
    if not any(character.isalnum() for character in stripped):
        raise BadQuestion("the question is empty; ask one in words")
    if len(stripped) > MAX_QUESTION_CHARS:
        raise BadQuestion(f"the question has {len(stripped)} characters; ask in at most {MAX_QUESTION_CHARS}")
    return stripped


def check_top_k(top_k: int) -> None:
    """See that so many hits or citations may be asked for.

    Raises:
        BadQuestion: fewer than one or more than `MOST_HITS`.
    """
    if not 1 <= top_k <= MOST_HITS:
        raise BadQuestion(f"top_k is {top_k}; ask for 1 to {MOST_HITS}")


def check_filters(filters: Filters) -> None:
    """See that the dates are dates.

    Raises:
        BadQuestion: one is not.
    """
    for name in ("after", "before"):
        value = getattr(filters, name)
        if value:
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise BadQuestion(f'filter {name} is "{value}"; give a date like 2023-07-28') from error
