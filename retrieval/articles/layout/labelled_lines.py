"""The lines of a page with all that is known of each: hand-set evidence and what was learned, added up."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from byline.retrieval.articles.layout import line_model
from byline.retrieval.articles.layout.continuation_model import bundled
from byline.retrieval.articles.layout.line_labels import (
    OUTSIDE,
    Grammar,
    Role,
    Roles,
    article_grammar,
    assign_roles,
    page_grammar,
)
from byline.retrieval.articles.layout.line_model import LineModel, features_of, settings_of
from byline.retrieval.articles.layout.line_scores import Evidence
from byline.retrieval.articles.layout.page import Block, Line

_SHORTEST_CUT = 24
"""Characters. What a column cuts is longer as a rule; lines of lists, programmes and verses are shorter."""

_SHORT_BEFORE = 10.0


_PAGE_ODDS = 18.0
"""How much likelier, as a natural logarithm, a text must be a page of several articles than one article.

Of pages put together from two articles and more none fell short of 31, of 594 single articles with lists, notices and
verses at their end none passed 18 (`tests.articles.layout.styled_pages.py`).
"""


_SHORTEST_SECOND = 70
"""Characters of a second article, which may be a photo's caption."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a text is read.

    Attributes:
        roles: those of its lines.
        alone: it is one article, not a page.
        odds: by how much the odds that it is a page pass those that are asked for; a logarithm.
    """

    roles: Roles
    alone: bool
    odds: float


class PageLines:
    """A page's lines, ready to be given roles."""

    def __init__(self, blocks: Sequence[Block], model: LineModel | None = None) -> None:
        """Look at the lines of all blocks; the learned part is the shipped one unless another is given."""
        self.lines: list[Line] = [line for block in blocks for line in block.lines if line.text.strip()]
        self.size = len(self.lines)
        joined = [number > 0 for block in blocks for number, line in enumerate(block.lines) if line.text.strip()]
        telling = 2 * sum(joined) < len(joined)
        self.evidence = Evidence(
            [line.text for line in self.lines],
            bundled(),
            joined=joined if telling else (),
            type_sizes=[line.size for line in self.lines],
        )
        self.settings = settings_of(self.lines, joined)
        self.features = features_of(self.lines, self.settings, self.evidence)
        self.model = model or line_model.bundled()
        self._by_hand = [self._set_by_hand(line) for line in range(self.size)]
        self.learn_again()

    def _set_by_hand(self, line: int) -> list[float]:
        own, joint = self.evidence.as_roles(line), self.evidence.between(line)
        return [mine + shared for mine, shared in zip(own, joint, strict=True)]

    def learn_again(self, *, margin: float = 0.0, gold: Sequence[Role] = ()) -> None:
        """Add up anew, after the model's weights have changed.

        Args:
            margin: by how much the roles in `gold` are put at a disadvantage, so that only a clear win counts.
        """
        learned = self.model.scores(self.features)
        self._amounts = [
            [mine + taught for mine, taught in zip(hand, more, strict=True)]
            for hand, more in zip(self._by_hand, learned, strict=True)
        ]
        for amounts, role in zip(self._amounts, gold, strict=False):
            amounts[role] -= margin

    def amounts(self, line: int) -> list[float]:
        """What the line and the one before it say about each role, in the order of `Role`."""
        return self._amounts[line]

    def setting(self, line: int) -> int:
        """In which setting the line stands."""
        return self.settings[line]

    def stops(self, line: int) -> float:
        """A paragraph ends with the line."""
        return self.evidence.stops(line)

    def leaves(self, line: int) -> float:
        """An article's body ends with the line."""
        return self.evidence.leaves(line)

    def column(self, end: int, start: int) -> float:
        """A displaced first column ends in line `end` and runs on into line `start` above it."""
        return self.evidence.column(end, start)

    @property
    def grammars(self) -> tuple[Grammar, Grammar]:
        """What roles may follow each other on a page, and in one article."""
        return _grammars(self.model)

    def choose(self) -> Choice:
        """Decide whether it is a page, which takes much better odds than one article, and read it so."""
        as_page, as_article = self.as_page(), self.as_article()
        odds = as_page.value - as_article.value - _PAGE_ODDS
        alone = odds <= 0 or not self._claims(as_page)
        return Choice(as_article if alone else as_page, alone, odds)

    def _claims(self, roles: Roles) -> bool:
        """Whether a reading as a page says what cannot be said of one article: a page's head, or a second article.

        A few short lines below something like a headline are no second article: notices and programmes end so.
        """
        below = 0
        for line in range(self.size - 1, -1, -1):
            role = roles.of_line[line]
            if role is Role.HEAD and line and below >= _SHORTEST_SECOND:
                return True
            below = 0 if role is Role.HEAD else below + (0 if role in OUTSIDE else len(self.lines[line].text))
        first = next((line for line, role in enumerate(roles.of_line) if role not in OUTSIDE), self.size)
        return any(self.evidence.forms[line].furniture for line in range(first))

    def as_page(self) -> Roles:
        """The best reading as a page of articles."""
        return assign_roles(self, self.grammars[0])

    def as_article(self) -> Roles:
        """The best reading as one article, of which every line is a part in the order in which it stands."""
        kept = self._amounts
        self._amounts = [list(amounts) for amounts in kept]
        for above, amounts in zip(self.lines, self._amounts[1:], strict=False):
            if len(above.text) < _SHORTEST_CUT:
                amounts[Role.CONTINUED] -= _SHORT_BEFORE
        try:
            return assign_roles(self, self.grammars[1])
        finally:
            self._amounts = kept


@functools.lru_cache(maxsize=2)
def _grammars(model: LineModel) -> tuple[Grammar, Grammar]:
    pairs = model.pairs.tolist()
    return page_grammar(pairs), article_grammar(pairs)
