from loadtest.lines import fill
from loadtest.records import TurnRecord
from services.commands.connection import Frame

REPLY = {"id": "r", "turn": 4, "language": "en", "text": "hi", "expects": {"kind": "slot", "slot": "email"}}


def frame(at: float, kind: str, **data: object) -> Frame:
    return Frame(at, kind, {"type": kind, **data})


def test_an_answer_ahead_of_accepted_is_not_missed() -> None:
    record = TurnRecord(0, "text", intended=1.0)
    frames = [
        frame(11.1, "reply", reply=REPLY),
        frame(11.2, "turn.ended", turn=4, status="completed"),
        frame(11.3, "accepted", client_message_id="m", seq=4),
    ]
    expects = fill(record, "m", frames, started=10.0)
    moments = [record.first, record.ended, record.accepted]
    assert [round(moment or 0, 6) for moment in moments] == [1.1, 1.2, 1.3]
    assert (record.outcome, expects.slot) == ("completed", "email")


def test_frames_of_other_turns_are_not_ours() -> None:
    record = TurnRecord(0, "text", intended=1.0)
    frames = [
        frame(11.0, "accepted", client_message_id="m", seq=5),
        frame(11.1, "reply", reply=REPLY),
        frame(11.2, "turn.ended", turn=4, status="completed"),
    ]
    fill(record, "m", frames, started=10.0)
    assert (record.first, record.ended, record.outcome) == (None, None, "unsent")


def test_chunks_are_the_first_that_a_customer_sees() -> None:
    record = TurnRecord(0, "text", intended=1.0)
    frames = [
        frame(11.0, "accepted", client_message_id="m", seq=4),
        frame(11.1, "typing", turn=4),
        frame(11.5, "reply.chunk", turn=4, attempt=1, index=0, text="h"),
        frame(12.0, "reply", reply=REPLY),
        frame(12.0, "turn.ended", turn=4, status="failed"),
    ]
    fill(record, "m", frames, started=10.0)
    assert (record.first, record.ended, record.outcome) == (1.5, 2.0, "failed")
