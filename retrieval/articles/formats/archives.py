"""Zip archives that stay small: what Word and EPUB files are inside."""

from __future__ import annotations

import io
import zipfile
import zlib

from byline.retrieval.errors import UnreadableFile

# The largest novels have 5 MB of XML; pictures are never unpacked.
MAX_MEMBER_BYTES = 50_000_000
MAX_TOTAL_BYTES = 200_000_000
_MAX_MEMBERS = 10_000
_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".ttf", ".otf", ".mp3", ".mp4")


class Archive:
    """A zip archive whose members are unpacked one by one, up to a size."""

    def __init__(self, content: bytes, path: str, kind: str) -> None:
        """Open it.

        Raises:
            UnreadableFile: it is no zip archive, is encrypted, or holds more than a document does.
        """
        self._path, self._kind = path, kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            if content.startswith(b"\xd0\xcf\x11\xe0"):
                raise UnreadableFile(path, f"encrypted, or an old binary format; save it as plain {kind}") from error
            raise UnreadableFile(path, f"the file is damaged: not a {kind} file inside") from error
        members = self._zip.infolist()
        total = sum(map(_counted_bytes, members))
        if len(members) > _MAX_MEMBERS or total > MAX_TOTAL_BYTES:
            raise UnreadableFile(
                path, f"unpacks to {total // 1_000_000} MB in {len(members)} parts, as no article does"
            )

    def names(self) -> list[str]:
        """The names of its members."""
        return self._zip.namelist()

    def is_unicode(self, name: str) -> bool:
        """Whether the archive says that a member's name is Unicode, or it is plain ASCII."""
        return bool(self._zip.getinfo(name).flag_bits & 0x800) or name.isascii()

    def read(self, name: str) -> bytes:
        """Unpack one member.

        Raises:
            KeyError: there is no such member.
            UnreadableFile: it is damaged, encrypted or too large.
        """
        member = self._zip.getinfo(name)
        if member.flag_bits & 1:
            raise UnreadableFile(self._path, f"the {self._kind} file is encrypted; save it without a password")
        try:
            with self._zip.open(member) as stream:
                content = stream.read(MAX_MEMBER_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise UnreadableFile(self._path, f"the {self._kind} file is damaged ({error})") from error
        if len(content) > MAX_MEMBER_BYTES:
            raise UnreadableFile(self._path, f"{name} unpacks to more than {MAX_MEMBER_BYTES // 1_000_000} MB")
        return content


def _counted_bytes(member: zipfile.ZipInfo) -> int:
    """What a member adds to the total: pictures, which hardly shrink, as little as they take in the archive."""
    is_media = "/media/" in member.filename or member.filename.lower().endswith(_MEDIA)
    return member.compress_size if is_media and member.file_size < 20 * member.compress_size else member.file_size
