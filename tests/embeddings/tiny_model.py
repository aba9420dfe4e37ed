"""A sentence-transformers model of a few kilobytes with random weights, saved as a folder."""

from __future__ import annotations

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

CHARACTERS = "abcdefghijklmnopqrstuvwxyz:0123456789,.?，。？邮政报刊投递站长车候室昨天重新开放旅客不用再在雨里排队谁"
DIMENSION = 16


def save_tiny_model(folder: Path, *, prompts: dict[str, str] | None = None, seed: int = 1) -> Path:
    """Make the model and save it under `folder`; not normalised, so the embedder has to."""
    names = ["<s>", "</s>", "<pad>", "<unk>", *dict.fromkeys(CHARACTERS)]
    tokenizer = Tokenizer(models.WordLevel({name: place for place, name in enumerate(names)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    encoder = folder / "encoder"
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", model_max_length=64
    ).save_pretrained(encoder)
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(names),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        pad_token_id=2,
        initializer_range=1.0,
    )
    BertModel(shape, add_pooling_layer=False).save_pretrained(encoder)
    model = SentenceTransformer(modules=[Transformer(str(encoder)), Pooling(DIMENSION, "mean")], prompts=prompts)
    model.save(str(folder / "model"))
    return folder / "model"
