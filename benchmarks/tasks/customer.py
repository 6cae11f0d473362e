"""A simulated customer: says what its goal card wants, answers what the bot expects, and confirms only that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.tasks.goals import Card, Goal, Item
from benchmarks.tasks.wording import Wording
from services.commands.roads import Answer
from shared.contracts.messages import Expects, PreviewShown

NOISES = ("plain", "paraphrase", "scattered", "double", "wrong-number", "change-of-mind", "mixed")
MOST_WISHES = 3
MOST_ASKED = 4
MOST_TURNS = 14
"""Messages for each goal, after which the customer gives up."""
SLOTS: Mapping[str, str] = {
    "settle_with": "payment_method", "refund_to": "payment_method", "cancel_reason": "reason",
    "return_reason": "any", "change": "kind", "wish": "kind", "field": "kind",
}  # fmt: skip
"""What a flow's own slots ask for, where they are not named for it."""


@dataclass(frozen=True)
class Move:
    """What the customer does next; exactly one of these."""

    text: str | None = None
    confirm: str | None = None
    decline: str | None = None
    choose: str | None = None

    @property
    def shown(self) -> str:
        """The move as a transcript shows it."""
        return self.text or f"[{'yes' if self.confirm else 'no' if self.decline else self.choose}]"


@dataclass
class Aim:
    """A goal and how far it has come. `ended`: done, or why the customer gave it up."""

    goal: Goal
    noise: str
    ended: str = ""
    wishes: int = 0
    turns: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    declined: int = 0
    wavered: bool = False


class Customer:
    """One customer in one conversation. `noise` is a level of NOISES; `mixed` draws one for each goal."""

    def __init__(self, card: Card, noise: str, chance: Random) -> None:
        self.card = card
        self._chance = chance
        self._words = Wording(card.language, chance, free=noise != "plain")
        levels = NOISES[1:-1] if noise == "mixed" else (noise,)
        self.aims = [Aim(goal, chance.choice(levels)) for goal in card.goals]
        self._told: list[Aim] = []

    def next_wish(self) -> Move | None:
        """Says the next thing that the customer wants; None when nothing is left."""
        aim = next((aim for aim in self.aims if not aim.ended), None)
        if aim is None:
            return None
        self._told = [aim]
        aim.wishes += 1
        aim.turns += 1
        if aim.wishes > 1:
            return Move(self._words.wish(aim.goal, turn=aim.wishes - 1))
        if aim.noise == "wrong-number" and aim.goal.order:
            return Move(self._words.wish(aim.goal, "wrong_number", wrong=self._mistyped(aim.goal.order)))
        if aim.noise == "scattered":
            return Move(self._words.wish(aim.goal, "scattered"))
        other = next((other for other in self.aims if not other.ended and other is not aim), None)
        if aim.noise == "double" and other is not None:
            other.wishes += 1
            self._told.append(other)
            return Move(self._words.both(aim.goal, other.goal))
        return Move(self._words.wish(aim.goal))

    def reply(self, seen: Answer) -> Move | None:
        """What the customer does about the bot's answer; None when the conversation is over for them."""
        self._note_acts(seen)
        if any(name.startswith("handoff") for name in seen.responses):
            self._end_all("handed over")
            return None
        aim = self._aim_of(seen.expects)
        if aim is None:
            return self.next_wish()
        aim.turns += 1
        if aim.turns > MOST_TURNS:
            return self._give_up(aim, f"too many turns: {_last(seen)}", seen)
        if seen.expects.kind == "confirmation" and seen.expects.preview:
            return self._at_preview(aim, seen, seen.expects.preview)
        if seen.expects.kind in ("slot", "choice") and (move := self._at_question(aim, seen)):
            return move
        return self._unanswered(aim, seen)

    # --- what has happened --------------------------------------------------------------------

    def _note_acts(self, seen: Answer) -> None:
        for act in (act for reply in seen.replies for act in reply.acts):
            for aim in self._told:
                order = aim.goal.order
                if not aim.ended and act.action in aim.goal.acts and (not order or act.target in (order, "profile")):
                    aim.ended = "done"
                    break
        reads = [aim for aim in self._told if not aim.goal.acts and not aim.ended]
        if seen.expects.kind == "none":
            for aim in reads:
                aim.ended = "answered"

    def _aim_of(self, expects: Expects) -> Aim | None:
        """The goal that the bot asks about, of those that it was told."""
        live = [aim for aim in self._told if not aim.ended]
        if expects.preview:
            meant = [aim for aim in live if expects.preview.action in aim.goal.acts]
            return (meant or live or [None])[0]  # type: ignore[list-item]
        return live[0] if live else None

    def _end_all(self, why: str) -> None:
        for aim in self.aims:
            aim.ended = aim.ended or why

    def _give_up(self, aim: Aim, why: str, seen: Answer) -> Move | None:
        """Ends what is under way, if the bot still waits for an answer, and goes on to the next wish."""
        aim.ended = why
        waits = seen.expects.kind != "none"
        return Move(self._words.never_mind()) if waits and self._has_more() else self.next_wish()

    def _has_more(self) -> bool:
        return any(not aim.ended for aim in self.aims)

    # --- what to do about it ------------------------------------------------------------------

    def _at_preview(self, aim: Aim, seen: Answer, preview: PreviewShown) -> Move | None:
        facts: Mapping[str, Any] = next(
            (c["facts"] for r in seen.replies for c in r.components if c.get("type") == "preview"), {}
        )
        if not promises(aim.goal, preview, facts):
            aim.declined += 1
            if aim.declined > 1:
                aim.ended = f"wrong target: {preview.action}"
            return Move(decline=preview.id)
        if aim.noise == "change-of-mind" and not aim.wavered:
            aim.wavered = True
            return Move(self._words.wait()) if self._chance.random() < 0.5 else Move(decline=preview.id)
        return Move(confirm=preview.id)

    def _at_question(self, aim: Aim, seen: Answer) -> Move | None:
        expects = seen.expects
        slot = SLOTS.get(expects.slot or "", expects.slot or "")
        aim.asked[slot] = aim.asked.get(slot, 0) + 1
        if aim.asked[slot] > MOST_ASKED + len(aim.goal.items):
            return self._give_up(aim, f"stuck at {expects.slot}", seen)
        item = _asked_item(aim.goal, seen) if slot == "option" else None
        if slot == "any" and expects.options:
            return Move(choose=self._chance.choice(expects.options).id)
        button = self._words.pick(slot, aim.goal, expects.options, item)
        typed = self._words.answer(slot, aim.goal, item)
        if slot == "item" and aim.goal.all_items and len(expects.options) == len(aim.goal.items) + 1:
            button = expects.options[-1]
        if button and (aim.noise == "plain" or not typed or self._chance.random() < 0.5):
            return Move(choose=button.id)
        return Move(typed) if typed else None

    def _unanswered(self, aim: Aim, seen: Answer) -> Move | None:
        """The bot neither asks anything that the customer can answer nor has done it."""
        said = _last(seen)
        if aim.wishes >= MOST_WISHES:
            why = "not understood" if _is_lost(seen) else "refused"
            return self._give_up(aim, f"{why}: {said}", seen)
        return self.next_wish()

    def _mistyped(self, number: str) -> str:
        """The number with its last two digits the other way round, or the last one changed."""
        swapped = number[:-2] + number[-1] + number[-2]
        return swapped if swapped != number else number[:-1] + str((int(number[-1]) + 1) % 10)


def promises(goal: Goal, preview: PreviewShown, facts: Mapping[str, Any]) -> bool:
    """Whether a preview shows just what the goal wants: act, order, items and variants, place, payment."""
    if preview.action not in goal.acts or (goal.order and preview.target not in (goal.order, "profile")):
        return False
    if any(int(item.get("quantity", 1)) > 1 for item in facts.get("items", ())) and not goal.all_items:
        return False
    named = any(item.name for item in goal.items)
    if goal.items and _told_items(facts, named=named) != sorted(_item_key(item) for item in goal.items):
        return False
    for name in ("address", "value"):
        if goal.facts.get(name) and name in facts and _plain(facts[name]) != _plain(goal.facts[name]):
            return False
    method = goal.facts.get("payment_method")
    if method and facts.get("direction") != "none" and "payment_method" in facts:
        shown = (facts["payment_method"], facts.get("payment_last4") or "")
        return bool(shown == (method, goal.facts.get("last4", "")))
    return True


def _told_items(facts: Mapping[str, Any], *, named: bool) -> list[tuple[str, ...]]:
    return sorted(
        (str(item["name"]) if named else "", _joined(item.get("options", {})), _joined(item.get("new_options", {})))
        for item in facts.get("items", ())
    )


def _item_key(item: Item) -> tuple[str, ...]:
    return (item.name, _joined(item.options), _joined(item.wanted))


def _joined(options: Mapping[str, str]) -> str:
    return "|".join(f"{name}:{value}" for name, value in sorted(options.items()) if str(value).strip())


def _plain(text: Any) -> str:
    return " ".join(str(text).lower().split())


def _asked_item(goal: Goal, seen: Answer) -> Item | None:
    """The item whose new options the bot asks for: the one that its last words name, else the next one open."""
    said = seen.replies[-1].text if seen.replies else ""
    named = [item for item in goal.items if item.changes and item.name in said]
    return next(iter(named or goal.items), None)


def _last(seen: Answer) -> str:
    return seen.responses[-1] if seen.responses else seen.status


def _is_lost(seen: Answer) -> bool:
    lost = ("cannot_handle", "dont_know", "answer_from_knowledge", "nothing_to_confirm")
    return any(name.startswith(lost) for name in seen.responses)
