"""The turn protocol on a real server, against the model; and the model against scripts without a guard."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.store import client
from tests.conformance.turn_machine import TurnMachine

QUICK = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

GUARDS = {
    "the token in TOUCH": ("touch", "turn.token ~= ARGV[3] or", "false or"),
    "the lease in TOUCH": ("touch", "if held and ARGV[5] == '0' then", "if false then"),
    "the bound on attempts": ("touch", "if attempt > tonumber(ARGV[7]) then", "if false then"),
    "the stage in TOUCH": ("touch", "if stage < tonumber(turn.stage) then", "if false then"),
    "the deadline in TOUCH": ("touch", "or now >= tonumber(turn.deadline) then", "then"),
    "the attempt in SAVE": ("save", "and turn.attempt == attempt", ""),
    "the fence in SAVE": ("save", "or not holds(record(key), ARGV[2], ARGV[3], ARGV[4])", ""),
    "the version in SAVE": ("save", "~= ARGV[5] then return 'conflict'", "== 'x' then return 'conflict'"),
    "the token in FINISH": ("finish", "or turn.token ~= ARGV[3] then", "then"),
    "the end in FINISH": ("finish", "if ENDED[turn.status] then", "if false then"),
    "the new token of a redrive": ("sweep", "'redrive', ARGV[2] .. i", "'redrive', turn.token"),
    "moving on in SWEEP": ("sweep", "look_again(KEYS[1], member, turn, now + WAITING_MS)", ""),
    "the id in ACCEPT": ("accept", "if prior then", "if false then"),
    "the hash in ACCEPT": ("accept", "if hash ~= ARGV[3] then", "if false then"),
    "the bound on waiting": ("accept", ">= tonumber(ARGV[8])", ">= 99"),
}  # fmt: skip


def play(state_url: str, examples: int, **more: object) -> None:
    machine = type("Machine", (TurnMachine,), {"state_url": state_url})
    limits = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=QUICK, database=None, **more
    )  # type: ignore[arg-type]
    run_state_machine_as_test(machine, settings=limits)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_any_order_of_events_keeps_the_promises(state_url: str) -> None:
    play(state_url, 100)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("guard", GUARDS)
def test_without_a_guard_the_model_objects(guard: str, state_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script, condition, instead = GUARDS[guard]
    source = client.script_source

    def mutilated(name: str) -> str:
        assert condition in source(script)
        return source(name).replace(condition, instead) if name == script else source(name)

    monkeypatch.setattr(client, "script_source", mutilated)
    with pytest.raises(AssertionError):
        play(state_url, 400, phases=[Phase.generate], derandomize=True, report_multiple_bugs=False)
