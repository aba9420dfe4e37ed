"""Room kept free, so that on a full disk articles can still be removed."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

FILE = "index.reserve"
RESERVE_BYTES = 4 * 1024 * 1024  # the log of a removal, with the segment of words it may write anew
PLENTY = 16  # a disk with less than so many reserves free keeps none: it would only be full sooner


class Reserve:
    """A file of nothing, given up when the disk is full and made again when there is room."""

    def __init__(self, folder: Path) -> None:
        """Keep it in the data folder."""
        self._place = folder / FILE

    def make(self) -> None:
        """Take the room if it is not taken and there is plenty; a disk that refuses has none."""
        with contextlib.suppress(OSError):
            if self._place.exists() or shutil.disk_usage(self._place.parent).free < PLENTY * RESERVE_BYTES:
                return
            descriptor = os.open(self._place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(descriptor, bytes(RESERVE_BYTES))  # written, not only promised: a sparse file takes no room
            except OSError:
                self._place.unlink()
            finally:
                os.close(descriptor)

    def give_up(self) -> bool:
        """Give the room back to the disk; whether there was any."""
        try:
            self._place.unlink()
        except OSError:
            return False
        return True
