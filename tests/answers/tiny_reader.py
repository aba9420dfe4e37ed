"""Readers of a few kilobytes with random weights, saved as folders."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedModel, PreTrainedTokenizerFast

CHARACTERS = "谁在哪里开车？昨天重新放。旅客不用再雨排队！邮政报刊投递站长候"


def save_reader(
    folder: Path, kind: type[PreTrainedModel] = BertForQuestionAnswering, *, labels: int = 1, seed: int = 1
) -> str:
    """Make the model and save it as `folder`."""
    names = ["<s>", "</s>", "<pad>", "<unk>", *CHARACTERS]
    tokenizer = Tokenizer(models.WordLevel({name: place for place, name in enumerate(names)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=48,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(names),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=48,
        pad_token_id=2,
        initializer_range=1.0,
        num_labels=2 if kind is BertForQuestionAnswering else labels,
    )
    kind(shape).save_pretrained(folder)
    return str(folder)
