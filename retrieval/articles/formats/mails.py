"""Mails (`.eml .mbox`), with what is attached to them, and web pages saved whole (`.mht .mhtml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

from byline.retrieval.articles.article import Article, Reading, content_id
from byline.retrieval.articles.formats.html import lines_of_markup, read_html
from byline.retrieval.articles.kinds import is_read
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import NotTextError, decode, tidy

_MAX_MAILS = 20_000
_MAX_ATTACHMENTS = 50
_MAX_PARTS = 500
# The line that parts mails in a box: From林一 Fri Jul 28 09:00:00 2023 (RFC 4155).
_PARTING = re.compile(rb"^From [^\n]{1,200}\d{4}\r?\n", re.MULTILINE)
_SUBJECT_MARKS = re.compile(r"^(?:(?:re|fw|fwd|回复|转发|答复)\s?[:：]\s*)+", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*>")


def read_mail(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read one mail: its text as an article, then what is attached, as far as it is of a kind that is read.

    Raises:
        UnreadableFile: it is no mail, or has neither text nor attachments with text.
    """
    message = _parsed(content)
    readings = list(_readings(message, path))
    if not any(reading.articles for reading in readings):
        faults = [fault for reading in readings for fault in reading.faults]
        raise UnreadableFile(path, faults[0] if faults else "no text in this mail; nothing to index")
    yield from readings


def read_mailbox(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a box of mails, one after the other.

    Raises:
        UnreadableFile: it is no such box, or no mail in it has text.
    """
    starts = [found.end() for found in _PARTING.finditer(content)]
    ends = [*(found.start() for found in _PARTING.finditer(content)), len(content)][1:]
    if not starts or content[: starts[0]].strip().count(b"\n"):
        raise UnreadableFile(path, "this is no mailbox inside: it does not begin with a line From …")
    found = False
    for start, end in list(zip(starts, ends, strict=True))[:_MAX_MAILS]:
        for reading in _readings(_parsed(content[start:end]), path):
            found = found or bool(reading.articles)
            yield reading
    if len(starts) > _MAX_MAILS:
        yield Reading((), faults=(f"{len(starts):,} mails; the first {_MAX_MAILS:,} were read",))
    if not found:
        raise UnreadableFile(path, "no mail in it has text; nothing to index")


def read_saved_page(content: bytes, *, path: str) -> Reading:
    """Read a web page that a browser saved with its pictures in one file.

    Raises:
        UnreadableFile: there is no page in it, or no running text on the page.
    """
    message = _parsed(content)
    for part in _parts(message):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            reading = read_html(_utf8(part), path=path)
            (article,) = reading.articles
            address = _header(part, "Content-Location") or _header(message, "Snapshot-Content-Location")
            url = article.url or (address if address.startswith("http") else "")
            return replace(reading, articles=(replace(article, url=url),))
    raise UnreadableFile(path, "there is no web page in this file; save the page again")


def _readings(message: EmailMessage, path: str) -> Iterator[Reading]:
    article = _article(message, path)
    if article is not None:
        yield Reading((article,))
    from byline.retrieval.articles.reading import read_bytes

    attached = 0
    for part in _parts(message):
        name = _attached_name(part)
        if not name:
            continue
        attached += 1
        if attached > _MAX_ATTACHMENTS:
            yield Reading((), faults=(f"more than {_MAX_ATTACHMENTS} attachments; the rest was not read",))
            return
        if not is_read(name):
            yield Reading((), notes=(f"attachment not read: {name}",))
            continue
        try:
            yield from read_bytes(f"{path}/{name}", _payload(part))
        except UnreadableFile as fault:
            yield Reading((), faults=(f"attachment {name}: {fault.reason}",))


def _article(message: EmailMessage, path: str) -> Article | None:
    lines = _text(message)
    while lines and (not lines[-1] or _QUOTED.match(lines[-1])):
        lines.pop()
    text = "\n".join(line for line in lines if line)
    if not text:
        return None
    title = _SUBJECT_MARKS.sub("", _header(message, "Subject"))
    name, address = parseaddr(_header(message, "From"))
    published = published_of(_header(message, "Date") or None, text, path)
    return Article(
        id=content_id(title, name or address, text),
        title=title,
        text=text,
        byline=name or address,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
    )


def _text(message: EmailMessage) -> list[str]:
    """The lines of the body: as plain text if the mail has it so, else what its page shows."""
    plain: list[str] = []
    shown: list[str] = []
    for part in _parts(message):
        if _attached_name(part):
            continue
        if part.get_content_type() == "text/plain":
            plain += [" ".join(line.split()) for line in _decoded(part).split("\n")]
        elif part.get_content_type() == "text/html":
            shown += lines_of_markup(_decoded(part))
    return plain if any(plain) else shown


def _parts(message: EmailMessage) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    for part in message.walk():
        if isinstance(part, EmailMessage) and not part.is_multipart():
            found.append(part)
        if len(found) >= _MAX_PARTS:
            break
    return found


def _attached_name(part: EmailMessage) -> str:
    try:
        name = part.get_filename("") or ""
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return re.sub(r"[\\/\0\s]+", " ", tidy(str(name))).strip() if part.get_content_maintype() != "image" else ""


def _decoded(part: EmailMessage) -> str:
    payload = _payload(part)
    charset = str(part.get_param("charset") or "").lower()
    name = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": ""}.get(charset, charset)
    if name:
        try:
            return tidy(payload.decode(name))
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return decode(payload).text
    except NotTextError:
        return ""


def _utf8(part: EmailMessage) -> bytes:
    return b"\xef\xbb\xbf" + _decoded(part).encode("utf-8", "replace")


def _payload(part: EmailMessage) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _header(message: EmailMessage, name: str) -> str:
    """A header on one line; empty where it is missing or malformed."""
    try:
        said = message.get(name)
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return " ".join(tidy(str(said)).split()) if said else ""


def _parsed(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
