"""The gateway's own sentences."""

from pathlib import Path

import pytest
import yaml

from services.gateway.adapters.shop_texts import OWN_TEXTS, RESPONSES, ShopTexts
from shared.errors import ConfigError
from shared.shop.load import load_shop

SHOP = Path(__file__).parents[3] / "fixtures/shop_small"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name in ("shop.yaml", "policies.yaml"):
        (tmp_path / name).write_text((SHOP / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses/en.yaml").write_text(
        "turn_failed: ['Sorry from {{ shop.title }}.', Other.]\n", encoding="utf-8"
    )
    return tmp_path


def test_the_shops_sentence_goes_before_our_own(shop: Path) -> None:
    texts = ShopTexts(load_shop(shop))
    title = load_shop(shop).profile.title
    assert texts.say("turn_failed", "en") == f"Sorry from {title['en']}."
    assert "人工" in texts.say("turn_failed", "zh")
    assert "person" in texts.say("turn_expired", "en")


def test_a_template_that_cannot_be_filled_is_told_at_the_start(shop: Path) -> None:
    (shop / "responses/en.yaml").write_text("turn_expired: '{{ order.number }}'\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="turn_expired in en"):
        ShopTexts(load_shop(shop))


def test_a_template_cannot_reach_out_of_its_box(shop: Path) -> None:
    (shop / "responses/en.yaml").write_text("turn_expired: '{{ shop.__class__.__mro__ }}'\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        ShopTexts(load_shop(shop))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_of_ours_exists_in_every_language(language: str) -> None:
    texts = yaml.safe_load((OWN_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    assert texts.keys() == set(RESPONSES)
