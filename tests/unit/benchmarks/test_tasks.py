"""Tasks of customers: cards from correct writes, answers to what the bot expects, grading, the page."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.tasks import ecom, tau
from benchmarks.tasks.customer import NOISES, Customer, promises
from benchmarks.tasks.goals import Card, Goal, Item, Task, leaves
from benchmarks.tasks.grading import Grade, by_record, grade
from benchmarks.tasks.playing import Found, Played, waves
from benchmarks.tasks.report import document, summary, write_report
from benchmarks.tasks.wording import SENTENCES, Wording
from services.commands.roads import Answer
from shared.contracts.messages import Act, Expects, Option, PreviewShown, Reply
from shared.shop.formats.base import Done
from tests.unit.shared.shop.formats import samples

RED = Item("Mug", {"color": "red"}, {"color": "blue"}, "Mug (red)", "71", "72")
SWAP = Goal("exchange", ("exchange_item",), "#K0002", (RED,), {"payment_method": "card", "last4": "0042"})
CANCEL = Goal("cancel", ("cancel_order",), "#K0001", facts={"reason": "ordered_by_mistake"})
CARD = Card("ann_1", "en", (SWAP, CANCEL), ("#K0003",))


def answer(expects: Expects, *responses: str, acts: tuple[Act, ...] = (), facts: Any = None) -> Answer:
    shown = ({"type": "preview", "facts": facts},) if facts else ()
    reply = Reply(id="r", turn=1, language="en", text="Mug?", expects=expects, acts=acts, components=shown)
    return Answer("completed", (reply,), responses)


def choice(slot: str, *labels: str) -> Expects:
    return Expects(kind="choice", slot=slot, options=tuple(Option(id=f"o{n}", label=x) for n, x in enumerate(labels)))


def preview(action: str, target: str) -> Expects:
    shown = PreviewShown(id="p1", action=action, target=target, effect="", expires_at="")
    return Expects(kind="confirmation", preview=shown)


def swapped(new: str = "blue", last4: str = "0042") -> dict[str, Any]:
    item = {"name": "Mug", "options": {"color": "red"}, "new_options": {"color": new}}
    return {"items": [item], "payment_method": "card", "payment_last4": last4, "direction": "pay"}


def customer(noise: str = "plain", card: Card = CARD) -> Customer:
    return Customer(card, noise, Random(1))


# --- cards -----------------------------------------------------------------------------------


def tau_task(folder: Path, actions: list[dict[str, Any]], changed: Mapping[str, Any]) -> Task:
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"id": "t", "user_id": "ann_1", "actions": actions, "gold_changed": changed}]))
    return tau.read_tasks({"db": samples.tau2()}, path)[0]


def test_a_card_knows_the_thing_what_it_shall_become_and_the_way_to_pay(tmp_path: Path) -> None:
    given = {"order_id": "#K0002", "item_ids": ["71"], "new_item_ids": ["72"], "payment_method_id": "credit_card_1"}
    task = tau_task(tmp_path, [{"name": "exchange_delivered_order_items", "kwargs": given}], {})
    assert task.card.goals == (SWAP,)
    assert task.card.others == ("#K0001", "#K0003")


def test_things_of_one_name_are_told_apart_by_their_options(tmp_path: Path) -> None:
    given = {"order_id": "#K0002", "item_ids": ["73"], "payment_method_id": "gift_card_1"}
    task = tau_task(tmp_path, [{"name": "return_delivered_order_items", "kwargs": given}], {})
    assert [item.label for item in task.card.goals[0].items] == ["Mug (green)"]


def test_a_task_without_writes_asks_about_the_orders_that_it_looks_at(tmp_path: Path) -> None:
    task = tau_task(tmp_path, [{"name": "get_order_details", "kwargs": {"order_id": "#K0002"}}], {})
    assert [(goal.words, goal.order, goal.acts) for goal in task.card.goals] == [("order_status", "#K0002", ())]


def test_a_chinese_card_has_the_models_and_the_day(tmp_path: Path) -> None:
    calls = [
        {"name": "manage_exchange", "arguments": {"order_id": "1001", "action": "换货", "original_product_id": "11",
                                                  "exchange_product_id": "12"}},
        {"name": "schedule_service", "arguments": {"order_id": "1002", "service_type": "维修", "service_time": "周六"}},
    ]  # fmt: skip
    (tmp_path / "tasks.json").write_text(json.dumps([{"index": 1, "user_id": "u甲", "metadata": {"actions": calls}}]))
    path = "orders/jd/s1/u甲/1001/订单商品列表/0/商品ID"
    states = [{"index": 1, "changed": {path: ["11", "12"], "users_info/u甲/电子卡余额": [100, None]}}]
    (tmp_path / "expected_end_states.json").write_text(json.dumps(states))
    task = ecom.read_tasks(samples.ecom(), tmp_path / "tasks.json")[0]
    exchange, repair = task.card.goals
    assert (exchange.items[0].changes, repair.facts["date"]) == ({"model": "壶12"}, "周六")
    assert task.gold[("orders", "jd", "s1", "u甲", "1001")][("订单商品列表", "0", "商品ID")] == "12"


# --- the customer ----------------------------------------------------------------------------


def test_buttons_are_picked_by_their_label_and_never_guessed() -> None:
    one = customer()
    one.next_wish()
    offers = choice("payment_method", "Card ending 1111", "Card ending 0042", "Gift card")
    assert one.reply(answer(offers)).choose == "o1"
    assert one.reply(answer(choice("item", "Mug · blue", "Mug · red"))).choose == "o1"
    assert one.reply(answer(choice("item", "Mug · red", "Mug · red"))).text == "Mug (red)"
    assert one.reply(answer(choice("option", "green", "blue"))).choose == "o1"
    assert one.reply(answer(Expects(kind="slot", slot="order"))).text == "#K0002"


def test_of_kinds_of_wishes_the_button_that_says_most_is_pressed() -> None:
    one = customer(card=Card("ann_1", "en", (Goal("profile", ("change_profile",)),)))
    one.next_wish()
    assert one.reply(answer(choice("field", "Phone", "Default address", "E-mail address"))).choose == "o1"


def test_only_a_preview_of_just_the_goal_is_confirmed() -> None:
    shown = preview("exchange_item", "#K0002").preview
    assert shown and promises(SWAP, shown, swapped())
    assert not promises(SWAP, shown, swapped(new="green"))
    assert not promises(SWAP, shown, swapped(last4="1111"))
    assert not promises(SWAP, shown, {**swapped(), "items": swapped()["items"] * 2})
    other = preview("exchange_item", "#K0003").preview
    assert other and not promises(SWAP, other, swapped())
    another = preview("return_item", "#K0002").preview
    assert another and not promises(SWAP, another, swapped())


def test_a_wrong_preview_is_declined_and_the_goal_given_up_at_the_second() -> None:
    one = customer(card=Card("ann_1", "en", (SWAP,)))
    one.next_wish()
    wrong = answer(preview("exchange_item", "#K0002"), facts=swapped(new="green"))
    assert [one.reply(wrong).decline, one.reply(wrong).decline] == ["p1", "p1"]
    assert one.reply(answer(Expects(), "preview_declined")) is None
    assert one.aims[0].ended == "wrong target: exchange_item"


def test_after_the_receipt_comes_the_next_goal() -> None:
    one = customer()
    one.next_wish()
    done = Act(action="exchange_item", target="#K0002", receipt="R-1")
    assert one.reply(answer(Expects(), "exchange_requested", acts=(done,))).text == "Please cancel my order #K0001."
    assert [aim.ended for aim in one.aims] == ["done", ""]


def test_a_customer_who_is_not_understood_gives_up_in_the_end() -> None:
    one = customer(card=Card("ann_1", "en", (CANCEL,)))
    move, said = one.next_wish(), []
    while move is not None:
        said.append(move.text)
        move = one.reply(answer(Expects(), "cannot_handle"))
    assert len(said) == 3
    assert one.aims[0].ended == "not understood: cannot_handle"


def test_a_question_that_never_ends_is_left() -> None:
    one = customer()
    one.next_wish()
    moves = [one.reply(answer(Expects(kind="slot", slot="order"))) for _ in range(6)]
    assert [move.text for move in moves if move] == ["#K0002"] * 5 + ["Never mind."]


def test_each_kind_of_noise_is_heard_in_what_is_said() -> None:
    assert "#K0001" not in (customer("wrong-number", Card("a", "en", (CANCEL,))).next_wish().text or "")
    assert "#K" not in (customer("scattered").next_wish().text or "")
    both = customer("double").next_wish().text or ""
    assert "#K0001" in both and "#K0002" in both
    wavering = customer("change-of-mind")
    wavering.next_wish()
    shown = answer(preview("exchange_item", "#K0002"), facts=swapped())
    assert wavering.reply(shown).confirm is None
    assert wavering.reply(shown).confirm == "p1"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("noise", NOISES)
def test_every_wish_has_sentences(language: Any, noise: str) -> None:
    facts = {"address": "1 Quay", "value": "1 Quay", "date": "周六", "payment_method": "card", "last4": "0042"}
    words = Wording(language, Random(2))
    for kind in words.sentences["wishes"]:
        goal = Goal(kind, ("act",), "#K0001", (RED,), {**facts, "reason": "no_longer_needed"})
        assert customer(noise, Card("a", language, (goal,))).next_wish().text
    assert SENTENCES.exists()


# --- grading ---------------------------------------------------------------------------------


def state(db: dict[str, Any]) -> dict[Any, Any]:
    return by_record(tau.state_of({"db": db}), tau.record_of)


def cancelled() -> dict[str, Any]:
    db = samples.tau2()
    db["orders"]["#K0001"] |= {"status": "cancelled", "cancel_reason": "ordered by mistake"}
    return db


def task(db: dict[str, Any], *goals: Goal) -> Task:
    gold = {("orders", "#K0001"): leaves({**db["orders"]["#K0001"], "return_items": None})}
    return Task("t", Card("ann_1", "en", goals), gold)


def done(action: str, target: str, **arguments: str) -> Done:
    return Done("ann_1", action, target, {"order": target, **arguments}, {})


def test_the_wanted_end_succeeds_within_half_a_cent() -> None:
    now = cancelled()
    now["orders"]["#K0001"]["items"][0]["price"] += 0.004
    assert grade(
        task(cancelled(), CANCEL), state(samples.tau2()), state(now), [done("cancel_order", "#K0001")]
    ).succeeded


def test_a_write_that_is_missing_is_a_miss_and_not_wrong() -> None:
    found = grade(task(cancelled(), CANCEL), state(samples.tau2()), state(samples.tau2()), [])
    assert (found.missing, found.wrong) == (("orders/#K0001",), ())


def test_a_change_that_nobody_wanted_is_wrong() -> None:
    now = copy.deepcopy(cancelled())
    now["users"]["ann_1"]["payment_methods"]["gift_card_1"]["balance"] = 1
    found = grade(task(cancelled(), CANCEL), state(samples.tau2()), state(now), [done("cancel_order", "#K0001")])
    assert found.wrong == ("users/ann_1",)


def test_an_act_on_other_things_than_wanted_is_wrong_and_a_second_one_a_duplicate() -> None:
    acts = [done("exchange_item", "#K0002", item="71", option="73"), done("exchange_item", "#K0002", item="73")]
    base = state(samples.tau2())
    assert len(grade(Task("t", Card("a", "en", (SWAP,)), {}), base, base, acts).wrong) == 2
    right = done("exchange_item", "#K0002", item="71", option="72")
    assert grade(Task("t", Card("a", "en", (SWAP,)), {}), base, base, [right, right]).duplicates == 1


def test_a_record_that_differs_after_all_was_done_is_wrong() -> None:
    now = cancelled()
    now["orders"]["#K0001"]["cancel_reason"] = "no longer needed"
    found = grade(task(cancelled(), CANCEL), state(samples.tau2()), state(now), [done("cancel_order", "#K0001")])
    assert found.wrong == ("orders/#K0001 is not as wanted",)


# --- runs and reports ------------------------------------------------------------------------


def test_no_customer_comes_twice_in_a_wave() -> None:
    tasks = [Task(str(n), Card(who, "en", ()), {}) for n, who in enumerate("aabca")]
    assert [[t.name for t in wave] for wave in waves(tasks)] == [["0", "2", "3"], ["1"], ["4"]]


def test_the_report_counts_by_class_and_shows_what_failed(tmp_path: Path) -> None:
    tasks = [Task("one", CARD, {}), Task("two", CARD, {("orders", "#K0001"): {}})]
    played = (
        Played("one", ["done", "done"], grade=Grade()),
        Played("two", ["done", "refused: too_late"], [("bot", "<b>")], grade=Grade(missing=("orders/#K0001",))),
    )
    settings = {"collection": "tau", "noise": "plain", "seed": 1, "command": "x"}
    report = document(Found(played, (), 1.0), tasks, settings)
    write_report(tmp_path, report)
    assert (report["success"], report["by_class"]) == (0.5, {"success": 1, "refused": 1})
    assert report["by_goal"]["cancel"] == {"goals": 2, "done": 1}
    assert "1/2 tasks succeeded (50.0%), 1 as given; writes: 0 wrong" in summary(report)
    assert "&lt;b&gt;" in (tmp_path / "report.html").read_text()
    assert "# two: refused" in (tmp_path / "failed.txt").read_text()
