"""Members of zip archives that are XML: parsed without fetching or expanding anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.errors import UnreadableFile

if TYPE_CHECKING:
    from lxml.etree import _Element


def xml_of(content: bytes) -> _Element | None:
    """Parse XML, mended where it can be; None if there is no element in it."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def member_xml(archive: Archive, name: str) -> _Element | None:
    """Parse a member; None if there is none of that name, or no XML in it."""
    try:
        return xml_of(archive.read(name))
    except KeyError:
        return None


def needed_xml(archive: Archive, name: str, path: str, kind: str) -> _Element:
    """Parse a member without which there is no document.

    Raises:
        UnreadableFile: it is missing or no XML.
    """
    root = member_xml(archive, name)
    if root is None:
        raise UnreadableFile(path, f"the {kind} file is damaged: no readable {name} in it")
    return root


def local_name(element: _Element) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""
