"""Questions about the archive, answered from the fields of its articles, exactly, with the articles as citations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.answer import Choice, Citation, Derived, FieldOperand, Marker, Part, QuotedOperand, Text
from byline.retrieval.answers.composed import Composed
from byline.retrieval.archive_questions.bylines import byline_in
from byline.retrieval.archive_questions.citing import cite, naming
from byline.retrieval.archive_questions.meant import Find, meant, titled
from byline.retrieval.archive_questions.recognising import ArchiveQuestion, recognise
from byline.retrieval.archive_questions.subject_page import subject_page
from byline.retrieval.archive_questions.summary import summary_of
from byline.retrieval.archive_questions.words import WORDS, Words, spoken_date
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import NotFound
from byline.retrieval.index.store import Filters, Header, Store
from byline.retrieval.text.question import Language
from byline.retrieval.text.sentences import sentences

MOST_SOURCES = 12  # named one by one; an archive of more is one of clippings, where their number says more
FEWEST_FOR_A_PAGE = 2  # articles with a name in them that make a page of it
MOST_TELLINGS = 3  # of an event are summed up together
EVERY = 200  # headers fetched at a time
_FIELDS = {"author": "byline", "published": "published", "source": "source"}


@dataclass(frozen=True, slots=True)
class ArchiveAnswers:
    """Answers questions about an archive.

    Attributes:
        store: the archive.
        embedder: the one its vectors were made with; it tells which sentences are central.
        find: finds passages by words and meaning.
    """

    store: Store
    embedder: Embedder
    find: Find

    def answer(self, question: str, language: Language, *, filters: Filters, top_k: int) -> Composed | None:
        """Answer a question, if it is about the archive and the archive can tell.

        Args:
            question: so that it stands alone.
            language: to reply in.
            filters: which articles count, beside what the question itself says.
            top_k: at most so many citations.

        Returns:
            None for every other question, and where no article fits one that might mean something else.
        """
        asked = recognise(question)
        if asked is None or self.store.articles(limit=1, filters=filters).total == 0:
            return None
        words = WORDS[language]
        within = _both(filters, asked.filters)
        match asked.asks:
            case "count":
                return self._count(asked, within, words, top_k)
            case "sources":
                return self._sources(within, words, top_k)
            case "pile":
                return self._pile(within, words)
            case "newest" | "oldest":
                return self._outermost(asked, within, words, top_k)
            case "summary":
                articles = self._articles(asked, within)
                told = articles[: 1 if asked.title else MOST_TELLINGS]
                return summary_of(told, self.embedder, words, asked.about or asked.title) if articles else None
            case "subject":
                return subject_page(self.store, asked.about, words, filters=within, top_k=top_k)
            case "name":
                page = self.store.articles(limit=1, query=asked.about, filters=within)
                if page.total < FEWEST_FOR_A_PAGE:
                    return None  # what one article says of it is an answer, not a page
                return subject_page(self.store, asked.about, words, filters=within, top_k=top_k)
            case _:
                return self._field(asked, within, words)

    def _count(self, asked: ArchiveQuestion, within: Filters, words: Words, top_k: int) -> Composed:
        page = self.store.articles(limit=top_k, query=asked.about, filters=within)
        said = words.restricted(asked.about, within)
        if page.total == 0:
            return Composed(False, (Text(words.counted_none.format(which=said)),), "not_in_articles")
        value = words.articles(page.total)
        cited = [self._cited(number, header, asked.about) for number, header in enumerate(page.articles, start=1)]
        parts: list[Part] = [Text(words.counted.format(which=said, value=value)), *(Marker(c.number) for c in cited)]
        if page.total > len(cited):
            parts.append(Text(words.newest_of.format(count=len(cited))))
        operands = tuple(QuotedOperand(c.number, c.start, c.end) for c in cited)
        return _exact(parts, value, Derived("count", value, operands), cited)

    def _sources(self, within: Filters, words: Words, top_k: int) -> Composed | None:
        counted: Counter[str] = Counter()
        first: dict[str, Header] = {}
        for header in self._headers(within):
            if header.source:
                counted[header.source] += 1
                first.setdefault(header.source, header)
        if not counted:
            return Composed(False, (Text(words.no_sources),), "not_in_articles")
        named = counted.most_common(MOST_SOURCES)
        cited = [self._cited(n, first[source], "") for n, (source, _) in enumerate(named[:top_k], start=1)]
        parts: list[Part] = [Text(words.sources.format(count=len(counted)))]
        for place, (source, count) in enumerate(named):
            parts.append(Text((words.comma if place else "") + words.of_source.format(source=source, count=count)))
            parts += [Marker(cited[place].number)] if place < len(cited) else []
        operands = tuple(FieldOperand(c.number, "source", c.source) for c in cited)
        value = words.comma.join(source for source, _ in named)
        return _exact(parts, value, Derived("field", value, operands), cited)

    def _pile(self, within: Filters, words: Words) -> Composed:
        """What all of it is about no sentence says: offer the newest, one by one."""
        page = self.store.articles(limit=EVERY, filters=within)
        named = [header for header in page.articles if header.title][:3]
        choices = tuple(
            Choice(words.title(header.title), words.summarise.format(title=header.title)) for header in named
        )
        said = words.pile.format(value=words.articles(page.total))
        return Composed(False, (Text(said),), "which" if choices else "not_in_articles", choices=choices)

    def _outermost(self, asked: ArchiveQuestion, within: Filters, words: Words, top_k: int) -> Composed | None:
        dated = [header for header in self._headers(within, asked.about) if header.published]
        if not dated:
            return None
        if asked.asks == "oldest":
            dated.reverse()
        cited = [self._cited(n, header, asked.about) for n, header in enumerate(dated[:top_k], start=1)]
        parts: list[Part] = [Text(words.newest if asked.asks == "newest" else words.oldest)]
        for header, citation in zip(dated, cited, strict=False):
            named = words.title(header.title) if header.title else citation.quote
            parts += [Text(f"{'' if citation.number == 1 else words.comma}{named}"), Marker(citation.number)]
            parts.append(Text(words.dated.format(date=spoken_date(header.published or "", words.language))))
        value = words.title(dated[0].title) if dated[0].title else cited[0].quote
        operand = FieldOperand(1, "published", dated[0].published or "")
        return _exact(parts, value, Derived("field", value, (operand,)), cited)

    def _field(self, asked: ArchiveQuestion, within: Filters, words: Words) -> Composed | None:
        """Who wrote an article, when and where it appeared: from its field, else from its own head or foot."""
        for article in self._articles(asked, within):
            field = _FIELDS.get(asked.asks)
            value = getattr(article, field) if field else ""
            if field and value:
                lead = self._lead(1, article)
                said = spoken_date(value, words.language) if field == "published" else value
                derived = Derived("field", said, (FieldOperand(1, field, value),))
                sentence = words.said[asked.asks].format(title=words.title(article.title or lead.quote), value=said)
                return _exact([Text(sentence), Marker(1)], said, derived, [lead])
            if asked.asks in ("author", "editor"):
                place = byline_in(article.text, editor=asked.asks == "editor")
                if place is not None:
                    return _quoted(article, place)
        return None

    def _articles(self, asked: ArchiveQuestion, within: Filters) -> list[Article]:
        """The articles meant, best first; of one that is named by its title only those that bear it."""
        if asked.title:
            exactly = not asked.surely and asked.asks != "summary"
            headers = titled(self.store, asked.title, within, exactly=exactly)[:3]
            if headers or not asked.surely:
                return [self.store.article(header.id) for header in headers]
        if not asked.about:
            return []
        bearing = titled(self.store, asked.about, within)
        if len(bearing) == 1:
            return [self.store.article(bearing[0].id)]
        return meant(self.store, self.find, asked.about, within)

    def _headers(self, within: Filters, query: str = "") -> list[Header]:
        headers: list[Header] = []
        cursor: str | None = None
        while True:
            page = self.store.articles(limit=EVERY, cursor=cursor, query=query, filters=within)
            headers += page.articles
            cursor = page.cursor
            if cursor is None:
                return headers

    def _cited(self, number: int, header: Header, about: str) -> Citation:
        """Cite an article by the sentence that names what was asked about, else by its first."""
        try:
            article = self.store.article(header.id)
        except NotFound:
            article = Article(header.id, header.title, "")
        return cite(number, article, naming(article.text, about))

    def _lead(self, number: int, article: Article) -> Citation:
        return cite(number, article, naming(article.text, ""))


def _quoted(article: Article, place: tuple[int, int]) -> Composed:
    """Quote the sentence that names the writer, the name as the short answer."""
    spans = sentences(article.text)
    start, end = next(((s, e) for s, e in spans if s <= place[0] < e), place)
    end = max(end, place[1])
    citation = cite(1, article, (start, end))
    before, name, after = article.text[start : place[0]], article.text[slice(*place)], article.text[place[1] : end]
    words = [Text(_one_line(before), 1), Text(name, 1, short=True), Text(_one_line(after), 1)]
    parts: list[Part] = [*(part for part in words if part.text), Marker(1)]
    return Composed(True, tuple(parts), short_answer=name, short_start=place[0], citations=(citation,))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _exact(parts: Sequence[Part], short: str, derived: Derived, cited: Sequence[Citation]) -> Composed:
    return Composed(True, tuple(parts), short_answer=short, citations=tuple(cited), derived=derived)


def _both(one: Filters, other: Filters) -> Filters:
    """What both allow; where both name a source or writer the question's own counts."""
    return Filters(
        source=other.source or one.source,
        byline=other.byline or one.byline,
        after=max(one.after, other.after),
        before=min(filter(None, (one.before, other.before)), default=""),
    )
