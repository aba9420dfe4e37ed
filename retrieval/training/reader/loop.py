"""Training: seeded, in checkpoints that a stopped run goes on from."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from byline.retrieval.answers.spans import SpanReader
from byline.retrieval.training.reader.encoder import ReadingEncoder, Targets, loss_of
from byline.retrieval.training.reader.figures import best_f1, is_exact, roc_area
from byline.retrieval.training.reader.pairs import Pair, PairMaker
from byline.retrieval.training.reader.tokens import Batch, batches, encode

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 400  # 99% of the pairs are shorter
SAVE_EVERY_S = 300  # a stopped run loses five minutes at most
LOOK_EVERY_S = 600  # a look at the probe costs about as much as ten steps


def multiplies_bfloat16(device: torch.device) -> bool:
    """Tell whether the device has units for bfloat16, which make a step two to three times as fast."""
    if device.type != "cpu":
        return device.type == "cuda"
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run depends on besides its data.

    Attributes:
        minutes: how long to train; the learning rate's schedule follows the clock, so that a loaded machine
            does fewer steps rather than stopping in the middle of the decay.
        rate: peak learning rate of the encoder's layers.
        tokens: of a batch, padding counted.
        head_rate: that of the head, which starts from nothing.
        warm_up: share of the time in which the rate rises.
        average: decay per step of the running average that is measured and exported.
        portion: of the questions that an epoch would draw, for a run that is shorter than one.
    """

    minutes: float
    frozen: int = 0
    tokens: int = 2560
    rate: float = 1e-4
    head_rate: float = 1e-3
    warm_up: float = 0.05
    average: float = 0.997
    decay: float = 0.01
    portion: float = 1.0
    seed: int = 20261122

    def scale(self, done: float) -> float:
        """Give the share of the peak rate at a share `done` of the time: up in a line, down in a line."""
        return min(done / self.warm_up, max(0.0, (1 - done) / (1 - self.warm_up)))


class Run:
    """One training run, and where it stands."""

    def __init__(self, net: ReadingEncoder, recipe: Recipe, folder: Path) -> None:
        """Start, or go on from the checkpoint in `folder`."""
        self.net, self.recipe, self.folder = net, recipe, folder
        self.step, self.epoch, self.in_epoch, self.seconds = 0, 0, 0, 0.0
        self._trained = {name: part for name, part in net.named_parameters() if part.requires_grad}
        self._average = {name: part.detach().clone() for name, part in self._trained.items()}
        head = [part for name, part in self._trained.items() if name.startswith("head")]
        rest = [part for name, part in self._trained.items() if not name.startswith("head")]
        groups = [{"params": rest, "peak": recipe.rate}, {"params": head, "peak": recipe.head_rate}]
        self._optimizer = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.decay, fused=True)
        if self._checkpoint.exists():
            self._resume()

    @property
    def _checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    @property
    def done(self) -> float:
        """Share of the time that is used up."""
        return self.seconds / (self.recipe.minutes * 60)

    def train(self, maker: PairMaker, tokenizer: Tokenizer, probe: Sequence[Pair]) -> None:
        """Train until the time is up, checking on held-out pairs and saving on the way.

        Args:
            probe: held-out pairs, some that answer and some that do not.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        last_save = last_look = time.monotonic()
        loss_sum, losses = 0.0, 0
        for batch in self._stream(maker, tokenizer):
            started = time.monotonic()
            loss_sum, losses = loss_sum + self._learn(batch), losses + 1
            self.seconds += time.monotonic() - started
            if self.step % 20 == 0:
                self._log(step=self.step, done=round(self.done, 4), loss=round(loss_sum / losses, 4))
                loss_sum, losses = 0.0, 0
            if time.monotonic() - last_save > SAVE_EVERY_S:
                self.save()
                last_save = time.monotonic()
            if time.monotonic() - last_look > LOOK_EVERY_S:
                self._log(step=self.step, **self.look(probe, tokenizer))
                last_look = time.monotonic()
            if self.done >= 1:
                break
        self.save()
        self._log(step=self.step, **self.look(probe, tokenizer))

    def look(self, probe: Sequence[Pair], tokenizer: Tokenizer) -> dict[str, float]:
        """Measure the averaged weights on held-out pairs: span F1 and EM, and the area under answerable's ROC."""
        kept = {name: part.detach().clone() for name, part in self._trained.items()}
        self._put(self._average)
        self.net.eval()
        reader = SpanReader(self.net, tokenizer, "fp32")
        said = [reader.read(pair.question, [pair.shown])[0] for pair in probe]
        self._put(kept)
        scores: dict[bool, list[float]] = {True: [], False: []}
        overlaps, exact = [], []
        for pair, marked in zip(probe, said, strict=True):
            scores[bool(pair.spans)].append(marked.answerable)
            if pair.spans:
                right = [pair.passage[a:b] for a, b in pair.spans]
                overlaps.append(best_f1(pair.passage[marked.start : marked.end], right))
                exact.append(is_exact(pair.passage[marked.start : marked.end], right))
        area = roc_area(scores[True], scores[False])
        figures = {"f1": float(np.mean(overlaps)), "em": float(np.mean(exact)), "area": area}
        return {name: round(figure, 4) for name, figure in figures.items()}

    def save(self) -> None:
        """Write checkpoint and averaged weights, each in one go."""
        state = {
            "net": {name: part.detach() for name, part in self._trained.items()},
            "average": self._average,
            "optimizer": self._optimizer.state_dict(),
            "at": (self.step, self.epoch, self.in_epoch, self.seconds),
            "recipe": asdict(self.recipe),
        }
        half = self._checkpoint.with_suffix(".part")
        torch.save(state, half)
        half.replace(self._checkpoint)

    def _resume(self) -> None:
        state = torch.load(self._checkpoint, weights_only=True, map_location=self.net.head.weight.device)
        self._put(state["net"])
        self._average = state["average"]
        self._optimizer.load_state_dict(state["optimizer"])
        self.step, self.epoch, self.in_epoch, self.seconds = state["at"]

    def _put(self, parts: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, part in self._trained.items():
                part.copy_(parts[name])

    def _stream(self, maker: PairMaker, tokenizer: Tokenizer) -> Iterator[Batch]:
        while True:
            rng = random.Random(f"{self.recipe.seed} {self.epoch}")
            groups = [encode(group, tokenizer, MAX_TOKENS) for group in maker.draw(rng, portion=self.recipe.portion)]
            drawn = batches(groups, self.recipe.tokens, rng)
            for batch in drawn[self.in_epoch :]:
                self.in_epoch += 1
                yield batch
            self.epoch, self.in_epoch = self.epoch + 1, 0

    def _learn(self, batch: Batch) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * self.recipe.scale(self.done)
        here = self.net.head.weight.device
        ids, mask, *right = (torch.from_numpy(getattr(batch, field.name)).to(here) for field in fields(batch))
        self.net.train()
        with torch.autocast(here.type, torch.bfloat16, enabled=multiplies_bfloat16(here)):
            logits = self.net(ids, mask)
        loss = loss_of(logits.float(), Targets(*right))
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._trained.values(), 1.0)
        self._optimizer.step()
        self.step += 1
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, part in self._trained.items():
                self._average[name].lerp_(part, 1 - decay)
        return float(loss.detach())

    def _log(self, **figures: float) -> None:
        line = json.dumps({"minutes": round(self.seconds / 60, 1), **figures})
        print(line, flush=True)
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
