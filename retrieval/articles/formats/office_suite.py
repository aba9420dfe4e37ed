"""LibreOffice, where it is installed: what turns formats nobody reads any more into ones that are."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from byline.retrieval.articles.kinds import OFFICE_PROGRAMS

HOW_TO_CONVERT = "save it as .docx, or install LibreOffice, which is then used"
# Starting takes LibreOffice some ten seconds on a slow disk, the largest documents a minute.
_TIMEOUT_S = 120


@functools.cache
def office_program() -> str | None:
    """Where LibreOffice is, if it is installed."""
    return next(filter(None, map(shutil.which, OFFICE_PROGRAMS)), None)


def converted(content: bytes, suffix: str, target: str) -> bytes | None:
    """Convert a file with LibreOffice, without a window and with a profile of its own.

    Args:
        content: the file.
        suffix: what kind it is, `.doc`.
        target: what it shall become, `docx`.

    Returns:
        The new file; None where LibreOffice is not installed, or did not manage in two minutes.
    """
    program = office_program()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="byline-office-") as folder:
        source = Path(folder, f"file{suffix}")
        source.write_bytes(content)
        command = [
            *(program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation=file://{folder}/profile"),
            *("--convert-to", target, "--outdir", f"{folder}/made", str(source)),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL)
            return Path(folder, "made", f"file.{target}").read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None
