"""Shapes of HTTP requests and responses; the names are the contract with programs outside."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from byline.bot.conversations import Conversation
from byline.bot.uploads import Added
from byline.retrieval.answers.answer import Answer, DerivedFrom, Part, Reason, derived_to_json, part_to_json
from byline.retrieval.articles.article import Article, TitleFrom, content_id
from byline.retrieval.articles.titles import titled
from byline.retrieval.index.store import ArticlePage, Filters, Header
from byline.retrieval.search import Hit
from byline.retrieval.service import MOST_HITS, AskRequest, SearchResult
from byline.retrieval.text.dates import parse_date

IN_CONVERSATION = (
    "null: asked alone, nothing is kept of a conversation; `new`: begins one, whose id comes back; "
    "an id: goes on with it; a name of the client's own (letters, digits and ._~-, not 16 of them): the same, or "
    "begins it; whoever may ask and knows the name can read it"
)
TITLE_FROM = "where the title is from: printed as a `title`, the beginning of the `text`, the `file`'s name"
ASKED_AT = (
    "ISO date of asking, from which 去年 in the question is counted; null: from today, or, where the archive holds "
    "nothing of that period, as each article's own"
)
PUBLISHED_FROM = "what the date is from: `given` by a field, the `file`'s name or folder, the `page`, the `dateline`"


class Body(BaseModel):
    """A request body; a misspelt field is an error rather than ignored."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _storable(cls, value: object) -> object:
        """Refuse half of a surrogate pair: JSON may escape one, but no file or database can hold it."""
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError as fault:
                raise ValueError("holds half of a surrogate pair, which is no character") from fault
        return value


def _as_date(given: object) -> object:
    """A day written as people write it (2024-8-1); what is none is left to be refused."""
    return parse_date(given) or given if isinstance(given, str) else given


AskedAt = Annotated[date | None, BeforeValidator(_as_date)]


class FiltersBody(Body):
    """Which articles may answer; a field left out, null or empty does not restrict."""

    source: str | None = Field(default=None, description="the article's source contains this")
    byline: str | None = Field(default=None, description="the article's byline contains this")
    after: str | None = Field(default=None, description="ISO date; published on it or later")
    before: str | None = Field(default=None, description="ISO date; published on it or earlier")

    def filters(self) -> Filters:
        """The same for the service."""
        return Filters(self.source or "", self.byline or "", self.after or "", self.before or "")


class AskBody(Body):
    """A question to answer."""

    question: str = Field(examples=["鲁镇渡口什么时候恢复通航？"])
    top_k: int = Field(default=5, ge=1, le=MOST_HITS, description="at most so many citations")
    asked_at: AskedAt = Field(default=None, description=ASKED_AT)
    conversation: str | None = Field(default=None, max_length=200, description=IN_CONVERSATION)
    as_asked: bool = Field(default=False, description="read the question as it stands, whatever was asked before")
    filters: FiltersBody | None = None
    mode: Literal["extract", "generate"] = "extract"

    def asked(self) -> AskRequest:
        """The same for the service."""
        filters = self.filters.filters() if self.filters else Filters()
        return AskRequest(
            self.question,
            self.top_k,
            filters,
            self.conversation or None,
            self.mode,
            asked_at=self.asked_at,
            as_asked=self.as_asked,
        )


class SearchBody(Body):
    """A question to find passages for."""

    question: str
    top_k: int = Field(default=10, ge=1, le=MOST_HITS)
    asked_at: AskedAt = Field(default=None, description=ASKED_AT)
    conversation: str | None = Field(default=None, max_length=200, description=IN_CONVERSATION)
    filters: FiltersBody | None = None
    rerank: bool = Field(
        default=True,
        description="read the first passages and order them as answers are; false is some ten times as fast",
    )


class FeedbackBody(Body):
    """Whether an answer was useful."""

    answer_id: str
    useful: bool


class TookMsBody(BaseModel):
    """Milliseconds each stage took."""

    embed: float
    search: float
    read: float
    total: float


class CitationBody(BaseModel):
    """A quote and its place: `text[start:end] == quote` in the article."""

    number: int
    article_id: str
    passage_id: str
    title: str
    byline: str
    source: str
    published: str | None
    quote: str
    start: int
    end: int
    url: str
    score: float
    evidence: bool
    confidence: float
    likely: bool


class PartBody(BaseModel):
    """A run of the answer's words, or the marker of a citation: `{"text"}` or `{"marker"}`.

    All parts joined, a marker written as `[1]`, are the answer.
    """

    text: str | None = Field(default=None, exclude_if=lambda value: value is None)
    marker: int | None = Field(default=None, exclude_if=lambda value: value is None)
    citation: int | None = Field(
        default=None, description="the citation whose quote these words repeat", exclude_if=lambda value: value is None
    )
    short: bool = Field(
        default=False, description="these words are the short answer", exclude_if=lambda value: not value
    )

    @classmethod
    def of(cls, part: Part) -> PartBody:
        """One of the `parts` of an answer."""
        return cls(**part_to_json(part))


class OperandBody(BaseModel):
    """What a derived answer rests on: a span of the cited article, or a field of it with its value."""

    citation: int
    start: int | None = Field(default=None, exclude_if=lambda value: value is None)
    end: int | None = Field(default=None, exclude_if=lambda value: value is None)
    field: str | None = Field(default=None, exclude_if=lambda value: value is None)
    value: str | None = Field(default=None, exclude_if=lambda value: value is None)


class DerivedBody(BaseModel):
    """How an answer follows from several quotes: the short answer is its `value`."""

    model_config = ConfigDict(serialize_by_alias=True)

    operation: DerivedFrom
    value: str
    operands: list[OperandBody] = Field(alias="from")


class ChoiceBody(BaseModel):
    """A question to ask instead, and what stands on its button."""

    text: str
    question: str


class ItemBody(BaseModel):
    """An item of a list: `text[start:end]` of the cited article."""

    text: str
    citation: int
    start: int
    end: int


class UnderstoodBody(BaseModel):
    """How a question was read; `follows`: in the light of those before it, so that `as_asked` would undo it."""

    question: str = Field(description="so that it stands alone, with times like 去年 written out")
    kind: str
    after: str | None = Field(description="first day of the period asked about")
    before: str | None = Field(description="its last day")
    otherwise: str | None = Field(description="what to ask for another reading of its time")
    follows: bool


class PremiseBody(BaseModel):
    """The citation whose sentence denies what the question takes for granted."""

    denied: bool
    citation: int


class AnswerBody(BaseModel):
    """The answer with its citations, or an abstention with the nearest passages."""

    answer_id: str
    question: str
    answered: bool
    answer: str
    parts: list[PartBody]
    short_answer: str | None
    short_start: int | None
    reason: Reason | None
    confidence: float
    citations: list[CitationBody]
    conversation: str | None
    choices: list[ChoiceBody]
    took_ms: TookMsBody
    derived: DerivedBody | None
    items: list[ItemBody]
    understood: UnderstoodBody | None
    premise: PremiseBody | None
    spelled_out: str | None = Field(description="the day or year that a short answer like 昨天 means")

    @classmethod
    def of(cls, answer: Answer) -> AnswerBody:
        """The body of `POST /v1/ask`, of `byline ask --json` and of the event `done`."""
        made = ("parts", "citations", "took_ms", "derived", "items", "understood", "premise", "choices")
        values = {name: getattr(answer, name) for name in cls.model_fields if name not in made}
        return cls(
            **values,
            choices=[ChoiceBody(text=one.text, question=one.question) for one in answer.choices],
            parts=[PartBody.of(part) for part in answer.parts],
            citations=[CitationBody.model_validate(citation, from_attributes=True) for citation in answer.citations],
            took_ms=TookMsBody.model_validate(answer.took_ms, from_attributes=True),
            derived=DerivedBody.model_validate(derived_to_json(answer.derived)) if answer.derived else None,
            items=[ItemBody.model_validate(item, from_attributes=True) for item in answer.items],
            understood=UnderstoodBody.model_validate(answer.understood, from_attributes=True)
            if answer.understood
            else None,
            premise=PremiseBody.model_validate(answer.premise, from_attributes=True) if answer.premise else None,
        )


class ConversationBody(BaseModel):
    """A conversation with its answers, first asked first; times are ISO times in UTC."""

    id: str
    began_at: str
    last_at: str
    answers: list[AnswerBody]

    @classmethod
    def of(cls, conversation: Conversation) -> ConversationBody:
        """The body of `GET /v1/conversations/{id}`."""
        answers = [AnswerBody.of(answer) for answer in conversation.answers]
        return cls(id=conversation.id, began_at=conversation.began_at, last_at=conversation.last_at, answers=answers)


class ForgottenBody(BaseModel):
    """The conversation that was forgotten, and how many questions with it."""

    forgotten: str
    questions: int


class HitBody(BaseModel):
    """A passage found."""

    article_id: str
    passage_id: str
    title: str
    text: str
    start: int
    end: int
    score: float
    dense: float
    lexical: float

    @classmethod
    def of(cls, hit: Hit) -> HitBody:
        """One of the `hits` of a search."""
        passage = hit.stored.passage
        return cls(
            article_id=passage.article_id,
            passage_id=passage.id,
            title=hit.stored.article.title,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            score=hit.score,
            dense=hit.dense,
            lexical=hit.lexical,
        )


class SearchResultBody(BaseModel):
    """Passages, best first."""

    hits: list[HitBody]
    took_ms: TookMsBody

    @classmethod
    def of(cls, result: SearchResult) -> SearchResultBody:
        """The body of `POST /v1/search`."""
        took_ms = TookMsBody.model_validate(result.took_ms, from_attributes=True)
        return cls(hits=[HitBody.of(hit) for hit in result.hits], took_ms=took_ms)


class AboutArticle(BaseModel):
    """What a list and a whole article say alike."""

    id: str
    title: str
    subtitle: str
    byline: str
    source: str
    published: str | None
    url: str
    path: str
    kind: str
    published_from: str | None = Field(description=PUBLISHED_FROM)
    edition: str
    title_from: TitleFrom = Field(description=TITLE_FROM)


class HeaderBody(AboutArticle):
    """What a list shows of an article; `length` is in characters."""

    length: int

    @classmethod
    def of(cls, header: Header) -> HeaderBody:
        """One of the `articles` of a page."""
        return cls.model_validate(header, from_attributes=True)


class ArticlePageBody(BaseModel):
    """One page of the list; `cursor` fetches the next and is null after the last."""

    articles: list[HeaderBody]
    cursor: str | None
    total: int

    @classmethod
    def of(cls, page: ArticlePage) -> ArticlePageBody:
        """The body of `GET /v1/articles`."""
        return cls(articles=[HeaderBody.of(header) for header in page.articles], cursor=page.cursor, total=page.total)


class ArticleBody(AboutArticle):
    """A whole article; every offset in Byline counts characters of `text`."""

    text: str

    @classmethod
    def of(cls, article: Article) -> ArticleBody:
        """The body of `GET /v1/articles/{id}`, and a line of `byline read --json`."""
        return cls.model_validate(article, from_attributes=True)


class NewArticle(Body):
    """An article sent as JSON; only `text` is needed."""

    text: str = Field(min_length=1, pattern=r"\S", description="the body; of blanks alone there is nothing to find")
    id: str = Field(default="", max_length=200)
    title: str = ""
    subtitle: str = ""
    byline: str = ""
    source: str = ""
    edition: str = ""
    published: date | None = None
    url: str = ""

    def article(self) -> Article:
        """The same as it is indexed; without an id it gets the one its content gives."""
        article = Article(
            id=self.id or content_id(self.title, self.byline, self.text),
            title=" ".join(self.title.split()),
            text=self.text,
            subtitle=self.subtitle,
            byline=self.byline,
            source=self.source,
            edition=self.edition,
            published=self.published.isoformat() if self.published else None,
            published_from="given" if self.published else None,
            url=self.url,
        )
        return titled(article)


class NewArticles(Body):
    """Articles sent as JSON."""

    articles: list[NewArticle] = Field(min_length=1)

    @staticmethod
    def listed(sent: object) -> object:
        """Put what was sent as one article, or as a bare list, into the shape of this body."""
        if isinstance(sent, list):
            return {"articles": sent}
        return {"articles": [sent]} if isinstance(sent, dict) and "text" in sent else sent


class FoundBody(BaseModel):
    """An article found in what was sent."""

    id: str
    title: str


class AddedBody(BaseModel):
    """What one file or body held: its articles, what went into none, and what could not be read."""

    name: str
    articles: list[FoundBody]
    left_out: int = Field(description="characters that went into no article")
    faults: list[str]
    notes: list[str] = Field(description="how the file was read, where that is not plain")

    @classmethod
    def of(cls, added: Added) -> AddedBody:
        """One of the `files` of an upload's response."""
        found = [FoundBody(id=article.id, title=article.title) for article in added.articles]
        return cls(
            name=added.name, articles=found, left_out=added.left_out, faults=list(added.faults), notes=list(added.notes)
        )


class UploadBody(BaseModel):
    """What was found in each file, in the order sent."""

    files: list[AddedBody]


class RemovedBody(BaseModel):
    """The articles that are gone."""

    removed: list[str]


class RestoredBody(BaseModel):
    """The articles that are back."""

    restored: list[str]
