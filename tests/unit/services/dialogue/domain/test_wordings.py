"""The plan says how often a response was heard, so that its wordings take turns."""

from tests.unit.services.dialogue.world import Talker


def test_each_time_a_response_is_said_counts_once() -> None:
    talk = Talker()
    heard = [talk.text("Hello", "greeting").replies[0].before for _ in range(3)]
    assert heard == [0, 1, 2]
    assert talk.text("Thanks", "thanks").replies[0].before == 0


def test_another_conversation_counts_for_itself() -> None:
    first, second = Talker(), Talker()
    first.text("Hello", "greeting")
    assert second.text("Hello", "greeting").replies[0].before == 0
