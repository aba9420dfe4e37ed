"""Any extractive question-answering model or cross-encoder as a reader, by name or folder, through transformers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from byline.embeddings.errors import Hint, ModelUnavailable
from byline.embeddings.named_model import cannot_load, hash_weights, lacks_packages
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.answers.spans import NO_ANSWER, Floats, best_span
from byline.retrieval.text.sentences import sentences

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BATCH_SIZE = 16
STRIDE_TOKENS = 128  # of neighbouring windows of a long passage; transformers' own default in its QA pipeline


class _Model(Protocol):
    """What reads, once loaded."""

    @property
    def weights(self) -> torch.nn.Module: ...

    def read(self, question: str, passages: Sequence[str]) -> list[AnswerSpan]: ...


class NamedReader:
    """Reads with a model from a folder or a hub, on GPU where there is one; nothing is loaded before it is needed.

    A model for question answering marks the answer; its "no answer" is the pair's first token, as of SQuAD 2. A
    cross-encoder with one score marks a sentence and no short answer. Calibrate either before using it:
    `byline calibrate --reader NAME …`.
    """

    def __init__(self, model: str, *, device: str | None = None, allow_download: bool = False) -> None:
        """Name the model.

        Args:
            model: a folder, or a name on the model hub.
            device: `cpu`, `cuda`, `mps`; the fastest there is when None.
            allow_download: whether a model that is not on this machine may be fetched.
        """
        self._name = model
        self._device = device
        self._allow_download = allow_download
        self._loading = threading.Lock()
        self._loaded: _Model | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Name of the model and checksum of its weights.

        Raises:
            ModelUnavailable: the model is not on this machine, or is of another kind.
        """
        digest = hash_weights(self._load().weights.state_dict().items()).hexdigest()
        return f"{Path(self._name).name}:{digest[:16]}"

    def warm_up(self) -> None:
        """Load the model now.

        Raises:
            ModelUnavailable: as for `fingerprint`.
        """
        self._load()

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given; a passage may be of any length, its title is not read.

        Raises:
            ModelUnavailable: as for `fingerprint`.
        """
        model = self._load()
        return model.read(question, [passage.text for passage in passages]) if passages else []

    def _load(self) -> _Model:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> _Model:
        try:
            from transformers import AutoConfig
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]  # of loading weights, which takes a second
            here = {"local_files_only": not self._allow_download, "trust_remote_code": False}
            kinds = AutoConfig.from_pretrained(self._name, **here).architectures or []
            if any(kind.endswith("ForQuestionAnswering") for kind in kinds):
                return self._open_marker(here)
            if any(kind.endswith("ForSequenceClassification") for kind in kinds):
                return self._open_cross_encoder(here)
        except ImportError as error:
            raise lacks_packages("reader", self._name, Hint.READER, error) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise cannot_load("reader", self._name, Hint.READER, error, allow_download=self._allow_download) from error
        raise ModelUnavailable(
            f'the reader "{self._name}" is {kinds[0] if kinds else "of no kind that its config names"}; name '
            "a model for question answering or a cross-encoder, or `bundled`",
            hint=Hint.READER,
        )

    def _open_marker(self, here: dict[str, bool]) -> _Model:
        import torch
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        model = AutoModelForQuestionAnswering.from_pretrained(self._name, **here).to(device).eval()
        return _Marker(model, AutoTokenizer.from_pretrained(self._name, **here))

    def _open_cross_encoder(self, here: dict[str, bool]) -> _Model:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(self._name, device=self._device, **here)
        if model.num_labels != 1:
            raise ModelUnavailable(
                f'the reader "{self._name}" gives {model.num_labels} scores for a pair; a cross-encoder that ranks '
                "passages gives one: name one of these, or `bundled`",
                hint=Hint.READER,
            )
        return _Ranker(model)


class _Marker:
    """An extractive question-answering model."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.weights = model
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[str]) -> list[AnswerSpan]:
        import torch

        longest = min(int(self._tokenizer.model_max_length), int(self.weights.config.max_position_embeddings))
        # RoBERTa counts positions from two
        room = min(512, longest - 2 if "roberta" in self.weights.config.model_type else longest)
        windows = self._tokenizer(
            [question] * len(passages),
            list(passages),
            truncation="only_second",
            max_length=room,
            stride=min(STRIDE_TOKENS, room // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        owners = windows.pop("overflow_to_sample_mapping").tolist()
        edges = windows.pop("offset_mapping").numpy()
        marked: list[AnswerSpan | None] = [None] * len(passages)
        for first in range(0, len(owners), BATCH_SIZE):
            rows = slice(first, first + BATCH_SIZE)
            with torch.inference_mode():
                said = self.weights(**{k: v[rows].to(self.weights.device) for k, v in windows.items()})
            logits = torch.stack((said.start_logits, said.end_logits), -1).float().cpu().numpy()
            for row, owner in enumerate(owners[rows]):
                inside = np.array([n == 1 for n in windows.sequence_ids(first + row)])
                if not inside.any():
                    continue
                start, end, odds = best_span(logits[row], inside)
                known = marked[owner]
                if known is None or odds > known.span_score:
                    place = edges[first + row]
                    marked[owner] = AnswerSpan(int(place[start, 0]), int(place[end, 1]), odds, odds)
        return [found or AnswerSpan(0, 0, NO_ANSWER, NO_ANSWER) for found in marked]


class _Ranker:
    """A cross-encoder: the passage's score is its answerable, the best sentence is marked."""

    def __init__(self, model: CrossEncoder) -> None:
        self.weights = model
        self._model = model

    def read(self, question: str, passages: Sequence[str]) -> list[AnswerSpan]:
        spans = [sentences(passage) or [(0, len(passage))] for passage in passages]
        texts = [passage[a:b] for passage, cut in zip(passages, spans, strict=True) for a, b in cut]
        scores = self._scores(question, [*passages, *texts])
        at = len(passages)
        marked = []
        for number, cut in enumerate(spans):
            of_sentences = scores[at : at + len(cut)]
            at += len(cut)
            best = int(of_sentences.argmax())
            start = cut[best][0]
            marked.append(AnswerSpan(start, start, float(of_sentences[best]), float(scores[number])))
        return marked

    def _scores(self, question: str, texts: Sequence[str]) -> Floats:
        import torch

        pairs = [(question, text) for text in texts]
        scores: Floats = self._model.predict(
            pairs, batch_size=BATCH_SIZE, activation_fn=torch.nn.Identity(), show_progress_bar=False
        )
        return scores.astype(np.float32).reshape(-1)
