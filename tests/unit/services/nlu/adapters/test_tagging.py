import pytest

from services.nlu.adapters.examples import Example, Span
from services.nlu.adapters.tagging import fit_tagger, load_tagger, save_tagger

CITIES = ["Berlin", "Paris", "Rome", "Madrid", "Oslo", "Vienna"]
BANDS = ["Abba", "Queen", "Muse", "Blur", "Pulp", "Garbage"]


def example(before, name, kind, intent):
    return Example(f"{before} {name} now", intent, "en", (Span(len(before) + 1, len(before) + 1 + len(name), kind),))


EXAMPLES = [example("weather in", city, "city", "weather") for city in CITIES]
EXAMPLES += [example("play some", band, "artist", "music") for band in BANDS]
EXAMPLES += [Example("查一下北京的天气", "weather", "zh", (Span(3, 5, "city"),)), Example("", "weather", "en")]


@pytest.fixture(scope="module")
def tagger():
    return fit_tagger(EXAMPLES)


def test_a_name_that_was_never_seen(tagger):
    assert tagger.spans("weather in Hamburg now") == (Span(11, 18, "city"),)
    assert tagger.spans("play some Hamburg now") == (Span(10, 17, "artist"),)
    assert tagger.spans("") == ()


def test_the_same_examples_and_seed_give_the_same_files(tagger):
    assert fit_tagger(EXAMPLES).files == tagger.files


def test_with_validation_the_better_way_is_kept():
    chosen = fit_tagger(EXAMPLES, EXAMPLES)
    assert [chosen.spans(row.text) for row in EXAMPLES] == [row.entities for row in EXAMPLES]


def test_saved_and_loaded_it_finds_the_same(tagger, tmp_path):
    save_tagger(tmp_path / "tagger", tagger)
    again = load_tagger(tmp_path / "tagger")
    assert again is not None
    assert again.spans("weather in Hamburg now") == tagger.spans("weather in Hamburg now")


@pytest.mark.parametrize("file", ["words.crf", "cue.crf", "tagger.json"])
def test_a_damaged_file_is_no_tagger(tagger, tmp_path, file):
    save_tagger(tmp_path, tagger)
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(content[: len(content) // 2])
    assert load_tagger(tmp_path) is None


def test_no_folder_and_no_examples(tmp_path):
    assert load_tagger(tmp_path / "none") is None
    with pytest.raises(ValueError, match="no examples"):
        fit_tagger([])
