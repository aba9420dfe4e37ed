"""What a page looks like before it is told apart into articles, whichever file it came from."""

from __future__ import annotations

from dataclasses import dataclass

from byline.retrieval.articles.article import SourceSpan


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or as much of it as one column holds: what stands between two line ends.

    Attributes:
        text: without line end; a printed line that ran on into the next is already joined to it.
        spans: where it stood in the file; offsets count characters of this `text`.
        size: height of its type in points, where the format knows; headlines are larger.
        indent: characters of white space in front of it.
        indented: the white space is such as begins a paragraph (`　　`).
        trail: characters of white space behind it.
        reaches: its last printed line is as long as the column is wide, so that it may run on.
    """

    text: str
    spans: tuple[SourceSpan, ...] = ()
    size: float | None = None
    indent: int = 0
    indented: bool = False
    trail: int = 0
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stood together, up to a blank line, a gap or the end of a column."""

    lines: tuple[Line, ...]
