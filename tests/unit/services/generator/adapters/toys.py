"""A toy language model with random weights that writes bytes, and pairs for it to learn."""

from pathlib import Path

from services.generator.adapters.pairs import Pair, Pairs

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_model(folder: Path) -> Path:
    """A folder in the format of transformers: a Llama of two layers with 32 numbers."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    marks = ["<|im_start|>", "<|im_end|>"]
    vocabulary = {piece: at for at, piece in enumerate([*sorted(pre_tokenizers.ByteLevel.alphabet()), *marks])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=marks[1], pad_token=marks[1], additional_special_tokens=marks
    )
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(folder)
    torch.manual_seed(1)
    end = vocabulary[marks[1]]
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, eos_token_id=end, bos_token_id=None, pad_token_id=end,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def toy_pairs(count: int = 24) -> Pairs:
    """Always the same reply: the least that a model can learn."""
    made = [Pair("page", f"p{at}", "en", f"is it {at}", (f"it is {at}",), "aaaa") for at in range(count)]
    return Pairs(tuple(made[: count // 2]), tuple(made[count // 2 :]), (), ())
