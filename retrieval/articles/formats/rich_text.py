"""Rich Text (`.rtf`), which every word processor can save, to its article."""

from __future__ import annotations

from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.formats.manuscripts import article_of_parts, parts_of_lines
from byline.retrieval.errors import UnreadableFile

_OPENING = b"{\\rt"


def read_rich_text(content: bytes, *, path: str) -> Reading:
    """Read one document as one article; characters in the code page the file names.

    Raises:
        UnreadableFile: it is no RTF or has no text.
    """
    from striprtf.striprtf import rtf_to_text

    if not content.lstrip().startswith(_OPENING):
        raise UnreadableFile(path, "this is no RTF inside; open and save it again in a word processor")
    try:
        said = str(rtf_to_text(content.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError) as error:
        raise UnreadableFile(path, "the .rtf file is damaged; open and save it again in a word processor") from error
    parts = parts_of_lines(said.replace("|", " | ") if "\\cell" in content.decode("latin-1") else said)
    if not parts:
        raise UnreadableFile(path, "the document has no text; nothing to index")
    return Reading((article_of_parts(parts, path),))
