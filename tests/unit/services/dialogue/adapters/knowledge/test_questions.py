"""What a model of pages learns from, what is held out of it, and what binds it to them."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

from services.dialogue.adapters.knowledge.questions import Question, parted, questions_hash, questions_of
from shared.shop import load_shop

MANY = [
    Question(f"question {number} about {wanted}", wanted, language)
    for wanted in ("returns", "nothing")
    for language in ("en", "zh")
    for number in range(40)
]


def shuffled(questions):
    return Random(1).sample(questions, len(questions))


def test_a_tenth_of_each_class_and_language_is_held_out():
    learned, held = parted(MANY)
    assert len(held) == 16 and set(learned) | set(held) == set(MANY) and not set(learned) & set(held)
    for wanted in ("returns", "nothing"):
        assert [sum((one.wanted, one.language) == (wanted, name) for one in held) for name in ("en", "zh")] == [4, 4]
    assert parted(MANY)[1] == held
    assert set(parted(MANY, seed=1)[1]) != set(held)


def test_what_the_search_compares_with_is_never_held_out():
    assert parted([replace(one, served=True) for one in MANY])[1] == []


def test_what_an_earlier_training_has_learned_is_not_held_out():
    few = [replace(one, text=f"{one.language}: {one.text}") for one in MANY]
    learned, held = parted(few)
    known = {one.digest for one in learned}
    more = [*few, *(replace(one, text=f"more {one.text}") for one in few)]
    now, held_now = parted(more, known=known)
    assert len(held_now) == 32 and not {one.digest for one in held_now} & known
    assert set(now) | set(held_now) == set(more)
    assert parted(few, seed=5, known=known)[1] == held
    assert parted(few, known={one.digest for one in few})[1] == []


def test_any_change_of_a_question_gives_another_name_and_their_order_none():
    name = questions_hash(MANY)
    assert questions_hash(shuffled(MANY)) == name
    for change in ({"text": "other"}, {"wanted": "shipping"}, {"language": "fr"}):
        assert questions_hash([replace(MANY[0], **change), *MANY[1:]]) != name
    assert questions_hash(MANY[1:]) != name


def test_both_files_are_read_and_each_question_once(tmp_path):
    shop = Path(shutil.copytree("tests/fixtures/shop_small", tmp_path / "shop"))
    shutil.rmtree(shop / "knowledge/asked")
    (shop / "knowledge/asked/en").mkdir(parents=True)
    (shop / "knowledge/asked/en/a.yaml").write_text("returns: [Bring  it back, too small]\nnothing: [rent a boat]\n")
    (shop / "knowledge/questions.yaml").write_text("returns:\n  en: [bring it back]\n  zh: [退货]\n")
    assert questions_of(load_shop(shop)) == [
        Question("bring it back", "returns", "en", served=True),
        Question("退货", "returns", "zh", served=True),
        Question("too small", "returns", "en"),
        Question("rent a boat", "nothing", "en"),
    ]
