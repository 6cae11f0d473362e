"""Several things in one sentence: which words are about which, which options they name, which items are meant."""

import pytest

from services.dialogue.domain.parting import Named, chosen_of, parted
from services.dialogue.domain.shop import Product, Variant
from services.dialogue.domain.variants import Target, read_options
from tests.unit.services.dialogue.catalogue import customer, wish
from tests.unit.services.dialogue.world import responses

LAMP = Named("1", {"en": "Desk Lamp", "zh": "台灯"}, frozenset({"white"}))
KETTLE = Named("2", {"en": "Electric Kettle", "zh": "水壶"}, frozenset({"glass"}))
BLACK = Named("3", {"en": "Speaker"}, frozenset({"black", "10 hours"}))
GREEN = Named("4", {"en": "Speaker"}, frozenset({"green", "10 hours"}))


def variant(sku: str, **options: str) -> Variant:
    named = {name.replace("_", " "): {"en": value} for name, value in options.items()}
    return Variant(sku=sku, options=named, prices={}, stock=1)


GLASSES = Product(
    id="G", name={"en": "Sunglasses"}, category="", description={}, attributes={},
    variants=(
        variant("a", frame_color="black", lens_color="brown", polarized="yes"),
        variant("b", frame_color="brown", lens_color="black", polarized="no"),
        variant("c", frame_color="space grey", lens_color="green", polarized="none"),
    ),
)  # fmt: skip


class TestParting:
    def test_what_follows_a_name_is_about_it(self) -> None:
        said = "Change the kettle to steel and the desk lamp to black"
        assert parted(said, (LAMP, KETTLE)) == ["desk lamp to black", "kettle to steel and the "]
        assert parted("水壶换成黑色，台灯换成白色", (LAMP, KETTLE)) == ["台灯换成白色", "水壶换成黑色,"]

    def test_words_that_name_nothing_are_about_everything(self) -> None:
        assert parted("both in black", (LAMP, KETTLE)) == ["both in black"] * 2

    def test_words_that_name_one_thing_say_nothing_of_the_other(self) -> None:
        assert parted("the kettle in steel", (LAMP, KETTLE)) == ["", "kettle in steel"]

    def test_things_of_one_name_are_told_apart_by_what_they_are_like(self) -> None:
        assert chosen_of("return the speaker (green, 10 hours)", (BLACK, GREEN)) == [GREEN]
        assert chosen_of("the speaker, green, and the speaker, black", (BLACK, GREEN)) == [BLACK, GREEN]
        assert chosen_of("return the speaker", (BLACK, GREEN)) == [BLACK, GREEN]


class TestOptions:
    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("lens color black, please", {"lens color": "black"}),
            ("frame color: brown, lens color black", {"frame color": "brown", "lens color": "black"}),
            ("in black", {}),
            ("grey would be nice", {"frame color": "space grey"}),
            ("polarized no", {"polarized": "no"}),
            ("no, thanks", {}),
            ("frame color:space grey", {"frame color": "space grey"}),
        ],
    )
    def test_a_value_that_two_options_share_counts_only_beside_its_name(
        self, words: str, found: dict[str, str]
    ) -> None:
        assert read_options(Target(GLASSES, None), words) == found

    def test_what_the_customer_has_is_no_wish(self) -> None:
        assert read_options(Target(GLASSES, GLASSES.variants[2]), "the space grey one") == {}


class TestItems:
    @pytest.mark.parametrize("words", ["1 and 2", "the umbrella and the Wren Buds", "#1, 2"])
    def test_several_items_are_named_at_once(self, words: str) -> None:
        talk = customer("C014")
        wish(talk, "return order MB10039", "return_item")
        assert responses(wish(talk, words, "faq")) == ["ask_return_reason"]
        assert talk.state.stack[-1].slots["item"] == "P4007-GRN,P3001-WHT"

    def test_an_item_is_named_by_its_sku(self) -> None:
        talk = customer("C014")
        wish(talk, "return P3001-WHT of order MB10039", "return_item")
        assert talk.state.stack[-1].slots["item"] == "P3001-WHT"


class TestSayingItAgain:
    def test_the_wish_with_another_order_goes_on_with_that_one(self) -> None:
        talk = customer("C009")
        wish(talk, "return order MB10012", "return_item", order="MB10012")
        wish(talk, "I want to return something of order MB10015", "return_item", order="MB10015")
        assert [frame.slots.get("order") for frame in talk.state.stack] == ["MB10015"]

    def test_giving_up_a_wish_as_a_reason_is_an_answer(self) -> None:
        talk = customer("C014")
        wish(talk, "return the umbrella of order MB10039", "return_item")
        assert responses(wish(talk, "changed my mind", "deny")) == ["preview_return_item"]
