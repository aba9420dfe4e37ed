"""Calibrations on disk, for who wires a reader: `calibration.json` beside this module, and one in a data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.embeddings.errors import Hint
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.errors import NotCalibrated

SHIPPED = Path(__file__).with_name("calibration.json")
# Names as files of the first version have them; one made on this machine may be as old.
_FORMER = {
    "rank": "ranking_weights",
    "odds": "confidence_weights",
    "alone": "defaults",
    "sure": "stop_confidence",
    "standout": "score_gap",
}


def calibration_for(reader: str, own: Path | None = None) -> Calibration:
    """Load the calibration of a reader by the part of its fingerprint before the first colon.

    Args:
        reader: the fingerprint.
        own: a file of calibrations made on this machine, which go before those that are shipped; it need not exist.

    Raises:
        NotCalibrated: no figures are kept for this reader, or they are of another one by the same name.
    """
    name = reader.partition(":")[0]
    kept = json.loads(SHIPPED.read_text("utf-8"))
    if own and own.exists():
        kept |= json.loads(own.read_text("utf-8"))
    if name not in kept or kept[name]["reader"] != reader:
        what = "other weights than those it was calibrated with" if name in kept else "no calibration"
        raise NotCalibrated(
            f'the reader "{name}" has {what}; calibrate it into {own or SHIPPED}, or name `bundled`',
            hint=Hint.CALIBRATE,
        )
    figures = _renamed(kept[name])
    figures["risk_curve"] = tuple(tuple(row) for row in figures.get("risk_curve", ()))
    return Calibration(**figures)


def _renamed(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _FORMER.get(name, name): _renamed(value) if isinstance(value, Mapping) else value
        for name, value in kept.items()
    }
