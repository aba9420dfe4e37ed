"""Rows of cells (`.xlsx .csv .tsv`): a row an article where the columns say so, else the sheet as text."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, LeftOut, Reading, content_id
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.plain_text import decoded_file, faults_of
from byline.retrieval.articles.formats.records import NAMES, note_of, record_of
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

# Excel's own limit is a million rows of 16,000 columns; lists people keep have some thousands.
_MAX_ROWS = 100_000
_MAX_COLUMNS = 500
_HEADING_WITHIN_ROWS = 10
_SAMPLE_LINES = 20
_DELIMITERS = ",\t;|"
_NO_NAME = frozenset(("sheet", "工作表", "表"))
# Above this, merged cells are not looked at: that takes the whole book in memory.
_MAX_MERGED_BYTES = 5_000_000
csv.field_size_limit(16_000_000)


def read_csv(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a table of values with commas, tabs, semicolons or bars between them.

    Raises:
        UnreadableFile: it is empty, no text, or has no words.
    """
    decoded = decoded_file(content, path)
    lines = decoded.text.split("\n")
    delimiter = max(_DELIMITERS, key=lambda sign: _evenness(lines[:_SAMPLE_LINES], sign))
    try:
        rows = list(csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFile(path, f"these are no comma-separated values ({error})") from error
    yield from _readings([("", rows)], path, faults_of(decoded))


def read_xlsx(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a workbook, each sheet by itself; formulas as the values last calculated.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no words.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    archive = Archive(content, path, ".xlsx")
    for name in archive.names():
        archive.read(name)
    merged = len(content) <= _MAX_MERGED_BYTES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions it does not know, which hold no words
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=not merged, data_only=True)
            sheets = [(sheet.title, _rows(sheet, merged=merged)) for sheet in book.worksheets]
            book.close()
    except (
        InvalidFileException,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
    ) as error:
        raise UnreadableFile(path, "the .xlsx file is damaged; open and save it again in Excel") from error
    yield from _readings(sheets, path, ())


def _readings(sheets: Sequence[tuple[str, list[list[str]]]], path: str, faults: tuple[str, ...]) -> Iterator[Reading]:
    """Read sheets by name; at least one must have words."""
    found = False
    for name, rows in sheets:
        too_long = (f"more than {_MAX_ROWS:,} rows; the rest was not read",) if len(rows) > _MAX_ROWS else ()
        reading = _reading(name, [[_tidied(cell) for cell in row] for row in rows[:_MAX_ROWS]], path)
        if reading is not None:
            found = True
            yield Reading(reading.articles, reading.left_out, (*reading.faults, *too_long, *faults), reading.notes)
            faults = ()
    if not found:
        raise UnreadableFile(path, "there are no words in this table; nothing to index")


def _reading(name: str, rows: Sequence[list[str]], path: str) -> Reading | None:
    heading = _heading(rows)
    if heading is None:
        article = _whole(name, rows, path)
        return None if article is None else Reading((article,))
    columns = rows[heading]
    articles: list[Article] = []
    renamed: dict[tuple[str, str], None] = {}
    left_out: list[LeftOut] = []
    faults: list[str] = []
    for number, row in enumerate(rows[heading + 1 :], heading + 2):
        fields = {column: cell for column, cell in zip(columns, row, strict=False) if column and cell}
        if not fields:
            continue
        try:
            record = record_of(fields, path=path)
        except ValueError:
            faults.append(f"row {number}: no text in it")
            continue
        articles.append(record.article)
        renamed.update(dict.fromkeys(record.renamed))
        left_out.extend(record.left_out)
    return Reading(tuple(articles), tuple(left_out), tuple(faults), note_of(renamed))


def _heading(rows: Sequence[list[str]]) -> int | None:
    """The row that names columns, if one of them is for text; what stands above it is the table's own title."""
    names = frozenset(NAMES["text"])
    for at, row in enumerate(rows[:_HEADING_WITHIN_ROWS]):
        said = [cell.strip().lower() for cell in row if cell.strip()]
        if len(said) > 1 and any(cell in names for cell in said):
            return at
    return None


def _whole(name: str, rows: Sequence[list[str]], path: str) -> Article | None:
    """A sheet as one article, a row a line; a single cell above the others is its title."""
    lines = [line for row in rows if (line := row_of_cells([" ".join(cell.split()) for cell in row]))]
    if not lines:
        return None
    has_title = len(lines) > 1 and " | " not in lines[0].removeprefix("| ") and any(" | " in line for line in lines[1:])
    is_named = name.rstrip("0123456789 ").lower() not in _NO_NAME
    title = lines[0].strip("| ") if has_title else name if is_named else ""
    text = "\n".join(lines[1:] if has_title else lines)
    published = published_of(None, text, path)
    return Article(
        id=content_id(title, "", text),
        title=title,
        text=text,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
    )


def _rows(sheet: Worksheet, *, merged: bool) -> list[list[str]]:
    rows = []
    for row in sheet.iter_rows(max_col=min(sheet.max_column or _MAX_COLUMNS, _MAX_COLUMNS)):
        rows.append([_said(cell) for cell in row])
        if len(rows) > _MAX_ROWS:
            break
    for area in sheet.merged_cells.ranges if merged else ():
        # A label merged downwards is that of every row beside it.
        for at in range(area.min_row, min(area.max_row, len(rows))):
            if area.min_col <= len(rows[at]):
                rows[at][area.min_col - 1] = rows[area.min_row - 1][area.min_col - 1]
    return rows


def _said(cell: Cell | MergedCell) -> str:
    """A value as the sheet shows it, as far as that is plain: dates, shares and whole numbers."""
    value: object = cell.value
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case bool():
            return str(value).upper()
        case float() | int():
            if "%" in (cell.number_format or ""):
                return f"{round(value * 100, 6):g}%"
            return str(int(value)) if value == value and abs(value) < 1e15 and value == int(value) else f"{value:.12g}"
        case _:
            return str(value)


def _tidied(cell: str) -> str:
    return tidy(cell).strip()


def _evenness(lines: Sequence[str], sign: str) -> tuple[int, int]:
    """How many lines have as many signs as the first, if it has any, and how many those are."""
    first = lines[0].count(sign)
    return (sum(line.count(sign) == first for line in lines), first) if first else (0, 0)
