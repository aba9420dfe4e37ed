"""`byline read`: files as they would be indexed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, FAILED, shared_options

if TYPE_CHECKING:
    from byline.retrieval.articles.article import Article, Reading, SourceSpan

JOIN = "‖"  # where a column break, a hyphen or a page turn was mended; a sign no newspaper prints


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line per article.")
@shared_options
def read(paths: tuple[Path, ...], as_json: bool) -> int:
    """Show the articles of PATH (files and folders) as they would be indexed; nothing is.

    For people, sub-headlines and the places where columns were joined (‖) are marked; what was moved or left out is
    told, and which page to look at.
    Exits with 1 if something could not be read, or nothing was found.
    """
    from byline.bot.cli.indexing import said_of_not_read
    from byline.retrieval.index_report import not_read

    found = False
    failed = False
    passed_over: list[Path] = []
    unreadable: list[str] = []
    notes: dict[str, None] = {}
    for reading, fault in _readings(paths, passed_over, unreadable):
        if fault:
            click.echo(f"byline: {fault}", err=True)
            failed = True
        if reading is not None:
            found = found or bool(reading.articles)
            for line in _json_lines(reading) if as_json else _lines(reading):
                click.echo(line)
            notes.update(dict.fromkeys(reading.notes))
    for note in notes:
        click.echo(f"byline: {note}", err=True)
    if passed_over or len(unreadable) > 1:
        kinds = not_read(map(str, passed_over), unreadable)
        click.echo(f"byline: {said_of_not_read(kinds)}", err=True)
    return DONE if found and not failed else FAILED


def _readings(
    paths: tuple[Path, ...], passed_over: list[Path], unreadable: list[str]
) -> Iterator[tuple[Reading | None, str]]:
    """Read everything; each item is a reading, or a sentence on what could not be read, or both.

    Files of kinds that are not read go into `passed_over`, others that gave nothing into `unreadable`.
    """
    from byline.retrieval.articles.apart import read_file_apart
    from byline.retrieval.articles.reading import walk
    from byline.retrieval.errors import UnreadableFile

    for path in paths:
        try:
            for file in walk(path, passed_over=passed_over.append):
                try:
                    for reading in read_file_apart(file):
                        yield reading, "; ".join(f"{file}: {fault}" for fault in reading.faults)
                except UnreadableFile as fault:
                    unreadable.append(str(file))
                    yield None, str(fault)
        except UnreadableFile as fault:
            yield None, str(fault)


def _json_lines(reading: Reading) -> Iterator[str]:
    from byline.bot.http.bodies import ArticleBody

    for article in reading.articles:
        yield ArticleBody.of(article).model_dump_json()


def _lines(reading: Reading) -> Iterator[str]:
    from byline.bot.cli.output import harmless, on_one_line

    for article in reading.articles:
        yield click.style(on_one_line(article.title), bold=True)
        if article.subtitle:
            yield "——" + on_one_line(article.subtitle)
        about = (
            article.kind,
            article.byline,
            article.source,
            article.edition,
            article.published or "",
            f"title from the {article.title_from}" * (article.title_from != "title"),
            f"id {article.id}",
        )
        yield click.style(on_one_line(" · ".join(part for part in about if part)), dim=True)
        yield harmless(marked(article)) + "\n"
    for moved in reading.moved:
        yield click.style(f"moved in front of “{on_one_line(moved.before)}…”: ", fg="yellow") + on_one_line(moved.text)
    for part in reading.left_out:
        yield click.style(f"left out ({part.reason}): ", fg="yellow") + on_one_line(part.text)
    if not reading.is_sure:
        yield click.style(f"look at this page: sure of it to {reading.confidence:.2f} only", fg="red")


def marked(article: Article) -> str:
    """The text with `JOIN` where pieces of the file were joined inside a paragraph, and sub-headlines in 【】."""
    inserts: list[tuple[int, str]] = []
    for before, after in zip(article.origin, article.origin[1:], strict=False):
        is_inside = before.end == after.start and "\n" not in article.text[before.end - 1 : after.start + 1]
        if is_inside and not _is_next_line(before, after):
            inserts.append((after.start, JOIN))
    for start, end in article.subheads:
        inserts += [(start, "【"), (end, "】")]
    text, at = "", 0
    for place, sign in sorted(inserts, key=lambda insert: insert[0]):
        text += article.text[at:place] + sign
        at = place
    return text + article.text[at:]


def _is_next_line(before: SourceSpan, after: SourceSpan) -> bool:
    """Whether one printed line stands right under the other: then nothing was joined that was apart."""
    if before.box is None or after.box is None or before.page != after.page:
        return False
    (left, top, right, bottom), under = before.box, after.box
    return top < under[1] < bottom + (bottom - top) and min(right, under[2]) > max(left, under[0])
