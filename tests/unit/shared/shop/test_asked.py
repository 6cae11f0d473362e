"""Questions for a model of pages: read by language and key, or told by file and line what is wrong with them."""

import shutil
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.asked import is_nothing

SMALL = Path(__file__).parents[3] / "fixtures/shop_small"
QUESTIONS = "returns:\n  en: [can I bring it back]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shop = Path(shutil.copytree(SMALL, tmp_path / "shop"))
    shutil.rmtree(shop / "knowledge/asked")
    return shop


def write(folder: Path, file: str, text: str) -> None:
    path = folder / "knowledge" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_shop_without_the_folder_has_none(folder: Path) -> None:
    assert load_shop(folder).asked == ()


def test_files_are_read_by_language_and_key(folder: Path) -> None:
    write(folder, "asked/en/one.yaml", 'returns: ["send it back?", no, "1"]\nnothing: [do you rent boats]\n')
    write(folder, "asked/zh/deep/two.yaml", "product: [这双鞋多重]\n")
    found = [(file.language, dict(file.questions)) for file in load_shop(folder).asked]
    assert found == [
        ("en", {"returns": ("send it back?", "no", "1"), "nothing": ("do you rent boats",)}),
        ("zh", {"product": ("这双鞋多重",)}),
    ]


def test_near_misses_stand_under_the_page_or_the_products_that_they_miss(folder: Path) -> None:
    write(folder, "asked/en/a.yaml", "nothing/returns: [who drives the van]\nnothing/product: [who drew the shoe]\n")
    assert load_shop(folder).asked[0].questions == {
        "nothing/returns": ("who drives the van",),
        "nothing/product": ("who drew the shoe",),
    }
    keys = ("nothing", "nothing/returns", "returns", "product")
    assert [is_nothing(key) for key in keys] == [True, True, False, False]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("asked/en/a.yaml", "nothing: [x]\nretuns: [back]\n", "a.yaml:2: there is no page `retuns`; did you mean `ret"),
        ("asked/en/a.yaml", "zeppelins: [up]\n", "a.yaml:1: there is no page `zeppelins`; write the page, or use"),
        ("asked/en/a.yaml", "nothing/retuns: [x]\n", "a.yaml:1: there is no page `retuns`; did you mean `returns`?"),
        ("asked/en/a.yaml", "nothing/nothing: [x]\n", "a.yaml:1: there is no page `nothing`; write the page, or use"),
        ("asked/en/a.yaml", "nothing/: [x]\n", "a.yaml:1: there is no page ``"),
        (
            "asked/en/a.yaml",
            "nothing: [do you rent boats]\nnothing/returns:\n  - do you rent boats\n",
            "a.yaml:3: “do you rent boats” stands under `nothing/returns` here and under `nothing` in",
        ),
        ("asked/en/a.yaml", "returns:\n  how do I\n", "a.yaml:1: `returns` is not a list; begin each entry with"),
        ("asked/en/a.yaml", "returns:\n  - ok\n  - {a: b}\n", "a.yaml:3: `returns` is not a text; write a text here"),
        ("asked/en/a.yaml", "returns: []\n", "a.yaml:1: `returns` is wrong"),
        ("asked/en/a.yaml", "", "a.yaml:1: the file is empty; fill or remove it"),
        ("asked/en/a.yaml", "returns: [a\n", "not YAML"),
        ("asked/a.yaml", "returns: [a]\n", "a.yaml:1: the file lies in no language's folder; put it under asked/en/"),
        ("asked/fr/a.yaml", "returns: [a]\n", "a.yaml:1: the file lies in no language's folder"),
        (
            "asked/en/a.yaml",
            "returns: [send it]\nshipping:\n  - fee\n  - Send  It\n",
            "a.yaml:4: “Send  It” stands under `shipping` here and under `returns` in",
        ),
        (
            "asked/en/a.yaml",
            "shipping: [can I bring it back]\n",
            "a.yaml:1: “can I bring it back” stands under `shipping` here and under `returns` in",
        ),
    ],
)
def test_what_is_wrong_is_told_by_line(folder: Path, file: str, text: str, told: str) -> None:
    write(folder, "questions.yaml", QUESTIONS)
    write(folder, file, text)
    with pytest.raises(ConfigError) as caught:
        load_shop(folder).asked  # noqa: B018 - reading it is the test
    assert told in str(caught.value)


def test_the_same_question_twice_under_one_key_is_no_mistake(folder: Path) -> None:
    write(folder, "questions.yaml", QUESTIONS)
    write(folder, "asked/en/a.yaml", "returns: [Can I bring it back, a, a]\n")
    assert load_shop(folder).asked[0].questions["returns"] == ("Can I bring it back", "a", "a")


def test_a_page_may_not_be_called_like_a_key(folder: Path) -> None:
    shutil.copy(folder / "knowledge/en/returns.md", folder / "knowledge/en/nothing.md")
    write(folder, "asked/en/a.yaml", "nothing: [do you rent boats]\n")
    with pytest.raises(ConfigError, match="`nothing` is a page here, and the word for what none does; rename the page"):
        load_shop(folder).asked  # noqa: B018
