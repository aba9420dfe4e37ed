"""What stands in a Word document: paragraphs with how they look, tables as lines of cells, notes, running heads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from byline.retrieval.articles.formats.manuscripts import Part
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.formats.word_numbers import Numbers
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Said once more for old readers (Fallback), taken out by a reviewer (del, moveFrom), or a reading aid over characters.
_UNREAD = frozenset(
    ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", f"{_W}del", f"{_W}moveFrom", f"{_W}rt")
)
# How parts of an equation are parted in one line: a/b, x^2, x_i.
_BETWEEN = {f"{_M}den": "/", f"{_M}sup": "^", f"{_M}sub": "_"}
_MAX_SPAN = 64


class Body:
    """The parts of one document, in order."""

    def __init__(self, document: Document) -> None:
        """Read names of styles and definitions of lists."""
        self._document = document
        self._names = {style.style_id: style.name or "" for style in document.styles}
        self._numbers = Numbers(self._related("/numbering"), document.styles.element)

    def parts(self) -> Iterator[Part]:
        """Paragraphs and rows, then footnotes and endnotes."""
        yield from self._in(self._document.element.body)
        for kind in ("/footnotes", "/endnotes"):
            root = self._related(kind)
            for note in root if root is not None else ():
                # Separator lines are notes of a type; real ones have none.
                if note.get(f"{_W}type") in (None, "normal"):
                    yield from self._in(note)

    def running_heads(self) -> Iterator[tuple[str, str]]:
        """What stands over or under every page: `header` or `footer`, and each line once."""
        seen: set[tuple[str, str]] = set()
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind not in ("header", "footer") or relation.is_external:
                continue
            root = _root(relation.target_part.blob)
            for part in self._in(root) if root is not None else ():
                if (kind, part.text) not in seen:
                    seen.add((kind, part.text))
                    yield kind, part.text

    def _related(self, kind: str) -> _Element | None:
        relations = self._document.part.rels.values()
        found = (each for each in relations if each.reltype.endswith(kind) and not each.is_external)
        relation = next(found, None)
        return None if relation is None else _root(relation.target_part.blob)

    def _in(self, parent: _Element) -> Iterator[Part]:
        above: dict[int, str] = {}
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tr":
                if row := row_of_cells(self._cells(element, above)):
                    yield Part(row, is_row=True)
            elif isinstance(element.tag, str) and element.tag not in _UNREAD:
                yield from self._in(element)

    def _cells(self, row: _Element, above: dict[int, str]) -> list[str]:
        """The cells of a row, one a column; a cell merged downwards says in every row what it says in its first."""
        cells: list[str] = []
        for cell in _cells_of(row):
            said = " ".join(part.text.replace(" | ", " ") if part.is_row else part.text for part in self._in(cell))
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") in (None, "continue"):
                said = said or above.get(len(cells), "")
            if merged is not None:
                above[len(cells)] = said
            else:
                above.pop(len(cells), None)
            cells += [said, *[""] * (_span(cell) - 1)]
        return cells

    def _paragraph(self, element: _Element) -> Iterator[Part]:
        properties = element.find(f"{_W}pPr")
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = self._names.get(style.get(f"{_W}val") or "", "") if style is not None else ""
        aligned = properties.find(f"{_W}jc") if properties is not None else None
        centred = aligned is not None and aligned.get(f"{_W}val") == "center"
        bold, half_points = _look(element)
        said = "".join(_words(element))
        number = self._numbers.number(element) if said.strip() else ""
        for line in (number + said).split("\n"):
            if text := tidy(line).strip():
                yield Part(text, name, centred, bold, half_points)
        # Text boxes hang inside paragraphs and hold paragraphs of their own.
        for box in element.iter(f"{_W}txbxContent"):
            if not any(over.tag in _UNREAD for over in box.iterancestors()):
                yield from self._in(box)


def _root(blob: bytes) -> _Element | None:
    from lxml import etree

    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True)) if blob.strip() else None


def _cells_of(row: _Element) -> Iterator[_Element]:
    """The cells of a row itself, not those of tables within; a content control may stand around one."""
    for element in row:
        if element.tag == f"{_W}tc":
            yield element
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _cells_of(element)


def _span(cell: _Element) -> int:
    said = cell.find(f"{_W}tcPr/{_W}gridSpan")
    value = said.get(f"{_W}val") if said is not None else None
    return min(max(int(value), 1), _MAX_SPAN) if value and value.isdecimal() else 1


def _look(paragraph: _Element) -> tuple[bool, int | None]:
    """Whether all words of a paragraph are heavy, and the size of the first."""
    bold, size = False, None
    runs = (run for run in paragraph.iter(f"{_W}r") if run.find(f"{_W}t") is not None)
    for at, run in enumerate(islice(runs, 50)):
        mark, value = run.find(f"{_W}rPr/{_W}b"), run.find(f"{_W}rPr/{_W}sz")
        is_bold = mark is not None and mark.get(f"{_W}val") not in ("0", "false", "none")
        bold = is_bold and (bold or at == 0)
        if at == 0 and value is not None and (said := value.get(f"{_W}val") or "").isdecimal():
            size = int(said)
        if not is_bold and at:
            break
    return bold, size


def _words(element: _Element) -> Iterator[str]:
    for part in element:
        if part.tag in (f"{_W}t", f"{_M}t"):
            yield part.text or ""
        elif part.tag == f"{_W}tab":
            yield " "
        elif part.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif part.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif part.tag in _BETWEEN:
            said = "".join(_words(part))
            yield _BETWEEN[part.tag] + (f"({said})" if len(said) > 1 and not said.isalnum() else said) if said else ""
        elif isinstance(part.tag, str) and part.tag not in _UNREAD and part.tag not in (f"{_W}txbxContent", f"{_W}pPr"):
            yield from _words(part)
