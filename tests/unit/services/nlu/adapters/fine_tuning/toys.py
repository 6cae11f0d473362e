"""A toy encoder and a toy task: small enough to be trained in seconds, hard enough to need training."""

from pathlib import Path
from random import Random

from services.nlu.adapters.examples import Example, Span
from services.nlu.adapters.fine_tuning.options import Options, Recipe

VERBS = {"cancel_order": ["cancel", "stop", "annul"], "track_order": ["track", "find", "locate"], "pay": ["pay", "buy"]}
COLOURS = ["red", "blue", "green", "black", "white"]
THINGS = ["shirt", "lamp", "chair", "shoes", "coat"]
OTHERS = ["please", "i", "want", "to", "the", "my", "now", "a"]
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def toy_examples(count: int, seed: int) -> list[Example]:
    """Sentences such as "please track my red shirt", with their colour marked."""
    random = Random(seed)
    examples = []
    for place in range(count):
        intent = sorted(VERBS)[place % len(VERBS)]
        before = " ".join(random.sample(OTHERS, random.randint(0, 2)) + [random.choice(VERBS[intent]), "my"])
        colour = random.choice(COLOURS)
        text = f"{before} {colour} {random.choice(THINGS)}"
        start = len(before) + 1
        examples.append(Example(text, intent, "en", (Span(start, start + len(colour), "colour"),)))
    return examples


def paired_examples(count: int, seed: int) -> list[Example]:
    """Whether the numbers of colour and thing are even together: no word tells, so linear heads find it hard."""
    random = Random(seed)
    examples = []
    for _ in range(count):
        colour, thing = random.randrange(len(COLOURS)), random.randrange(len(THINGS))
        between = " ".join(random.sample(OTHERS, 3))
        intent = "even" if (colour + thing) % 2 == 0 else "odd"
        examples.append(Example(f"{COLOURS[colour]} {between} {THINGS[thing]}", intent, "en"))
    return examples


def make_encoder(folder: Path) -> Path:
    """A folder in the format of transformers: a BERT of two layers with 32 numbers, initialised at random."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = sorted({*OTHERS, *COLOURS, *THINGS, *(verb for verbs in VERBS.values() for verb in verbs)})
    vocabulary = {piece: place for place, piece in enumerate([*MARKS, *words, *"abcdefgh", *(f"##{c}" for c in "abc")])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    wrapped.save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def toy_options(work: Path, encoder: Path, epochs: int = 12) -> Options:
    """Steps as large as so small a network stands."""
    recipe = Recipe(batch=16, rate=3e-3, head_rate=3e-3, patience=99)
    return Options(work, str(encoder), epochs, half=False, recipe=recipe)


def told_nothing(phase: str, done: int, of: int, note: str = "") -> None:
    """Listens to progress and says nothing."""
