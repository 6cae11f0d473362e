"""What a reply is checked against: passages, titles, the question, and the names of products among the sources."""

from services.generator.domain.phrasing import ground_of
from shared.contracts.messages import PlannedReply, Reply, Source

TEXT = "The Ash Stool weighs 3 kg."


def test_titles_of_products_are_names_and_those_of_pages_are_not() -> None:
    sources = (
        Source(title="Ash Stool", url="catalogue/products.yaml#P1", passage=TEXT),
        Source(title="Weights", url="knowledge/en/weights.md", passage=TEXT),
    )
    planned = PlannedReply(
        id="r", response="answer_from_knowledge", sources=sources, arguments={"question": "How heavy is it?"}
    )
    ground = ground_of(planned, Reply(id="r", turn=None, language="en", text=TEXT, by="knowledge"))
    assert (ground.facts, ground.names) == (("Ash Stool", "Weights"), ("Ash Stool",))
    assert ground.asked == "How heavy is it?"
    assert ground.passages == (TEXT,)
