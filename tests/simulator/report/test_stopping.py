"""Sequential stopping: the same result in line, in a pool and resumed; early, late and never."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    Sweep,
    SweepConfig,
    decided_after,
    first_difference,
    list_looks,
    next_look,
    read_study,
    run_sweep,
    study_json,
    summarise,
)
from simulator.inference.sequential import always_valid_intervals
from simulator.study.config import MinimumEffect
from tests.profiles import examples
from tests.simulator.conftest import SMALL

CONFIG = SweepConfig(
    k_values=(1, 40),
    whale_shares=(0.2,),
    simulations=30,
    until_decided=True,
    rounds=4,
    users_per_round=60,
    minimum_effect=MinimumEffect(revenue_pct=30.0, streamer_gini=0.5),
    world=SMALL,
)
"""k = 1 binds and changes little; k = 40 never binds. Any change is far below the minimum."""

NEVER = replace(CONFIG, minimum_effect=MinimumEffect(revenue_pct=30.0, streamer_gini=0.07))
"""The Gini falls by 0.07 under k = 1: whether that matters, no number of seeds will say."""


@pytest.fixture(scope="module")
def everything() -> Sweep:
    """All seeds."""
    return run_sweep(replace(CONFIG, until_decided=False))


@pytest.fixture(scope="module")
def early() -> Sweep:
    return run_sweep(CONFIG)


def seeds_of(sweep: Sweep) -> list[int]:
    return sorted({run.seed for run in sweep.runs})


def test_looks_are_fixed_and_fewer_than_the_seeds() -> None:
    assert list_looks(replace(CONFIG, simulations=200)) == [16, 24, 32, 48, 64, 96, 128, 192]
    assert list_looks(replace(CONFIG, simulations=16)) == []
    assert list_looks(replace(CONFIG, until_decided=False)) == []


@examples(60)
@given(st.permutations(range(10)), st.sets(st.integers(1, 9)))
def test_a_look_is_due_once_all_its_seeds_are_done(order: list[int], looks: set[int]) -> None:
    done: set[int] = set()
    last, due = 0, []
    for seed in order:
        done.add(seed)
        look = next_look(sorted(looks), range(10), done, last)
        first_missing = next((each for each in range(10) if each not in done), 10)
        assert look == max((n for n in looks if last < n <= first_missing), default=None)
        if look is not None:
            last = look
            due.append(look)
    assert due == sorted(due)
    assert last == max(looks, default=0)


def test_a_sweep_stops_at_the_first_look_that_settles_it(early: Sweep, everything: Sweep) -> None:
    study = early.summary()

    assert seeds_of(early) == [*range(42, 58)]
    assert early.runs == everything.runs[: len(early.runs)]
    assert study.simulations == 16
    assert {each.verdict for each in study.results} == {"not_worth_it", "no_effect"}
    assert study.stopping is not None
    assert study.findings[0] == study.stopping
    assert study.stopping.code == "stopped_after"
    assert study.stopping.parameters == {
        "simulations": 16, "most": 30, "early": True, "undecided": 0, "configurations": 2,
    }  # fmt: skip


def test_a_question_that_is_not_settled_takes_all_seeds(everything: Sweep) -> None:
    assert decided_after(NEVER, everything.runs) is None

    study = summarise(NEVER, everything.runs)

    assert study.simulations == 30
    assert "undecided" in {each.verdict for each in study.results}
    assert study.stopping is not None
    assert study.stopping.parameters["undecided"] == 1
    assert not study.stopping.parameters["early"]


def test_a_sweep_that_always_runs_all_has_nothing_to_say_of_stopping(everything: Sweep) -> None:
    study = everything.summary()

    assert study.stopping is None
    assert study_json(study)["stopping"] is None
    assert decided_after(everything.config, everything.runs) is None


@pytest.mark.slow
def test_a_pool_stops_after_the_same_seeds(early: Sweep) -> None:
    with ProcessPoolExecutor(3) as pool:
        assert run_sweep(CONFIG, pool) == early


@pytest.mark.parametrize("seed", [1, 2])
def test_seeds_that_end_in_any_order_settle_the_same(seed: int, early: Sweep) -> None:
    class Shuffled(Executor):
        """Ends what it was given in a random order; what it has not ended, one can cancel."""

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    with pytest.MonkeyPatch.context() as patch:

        def in_any_order(futures: Any) -> Any:
            each = [*futures]
            np.random.default_rng(seed).shuffle(each)
            return iter(each)

        patch.setattr("simulator.sweep.as_completed", in_any_order)
        assert run_sweep(CONFIG, Shuffled()) == early


@pytest.mark.parametrize("n_seeds", [16, 17, 25, 30])
def test_seeds_beyond_those_that_settle_it_change_nothing(n_seeds: int, everything: Sweep) -> None:
    runs = [run for run in everything.runs if run.seed < 42 + n_seeds]
    assert decided_after(CONFIG, runs) == 16
    assert decided_after(CONFIG, [run for run in runs if run.seed < 57]) is None


def test_the_caps_effects_have_intervals_that_are_always_valid(everything: Sweep) -> None:
    study = summarise(NEVER, everything.runs)
    plain = everything.summary()
    first = study.results[0]
    before = NEVER.chain(first.configuration)["priority"]
    gini = {
        point: np.array(
            [run.expected_streamer_gini for run in everything.runs if run.configuration == point]
        )
        for point in (before, first.configuration)
    }
    differences = (gini[first.configuration] - gini[before])[:, np.newaxis]

    (expected,) = always_valid_intervals(differences, 0.05 / 4)  # two caps, two metrics each

    effect = first.effects["cap"]["expected_streamer_gini"]
    assert effect.ci95 == pytest.approx(expected)
    ordinary = plain.results[0].effects["cap"]["expected_streamer_gini"]
    assert effect.mean == pytest.approx(ordinary.mean)
    assert effect.ci95[0] < ordinary.ci95[0] < ordinary.ci95[1] < effect.ci95[1]
    for name in ("capacity", "priority", "total"):
        assert first.effects[name] == plain.results[0].effects[name]


def test_a_result_is_read_back_as_it_was_written(early: Sweep) -> None:
    study = early.with_rows()
    stored = early.as_mapping()

    assert read_study(stored) == replace(study, rows=stored["runs"])
    assert stored["stopping"]["text"] == str(study.stopping)


def test_few_differences_have_no_interval_in_json_and_back(everything: Sweep) -> None:
    runs = [run for run in everything.runs if run.seed < 46]
    study = summarise(replace(NEVER, simulations=4), runs)

    assert study.results[0].effects["cap"]["expected_streamer_gini"].ci95 is None
    assert study.results[0].verdict == "undecided"
    assert read_study(study_json(study)).results == study.results


def test_verification_knows_where_a_sweep_has_to_stop(early: Sweep, everything: Sweep) -> None:
    assert first_difference(early.as_mapping()) is None

    late = Sweep(CONFIG, everything.runs).as_mapping()
    short = Sweep(CONFIG, tuple(run for run in early.runs if run.seed < 57)).as_mapping()

    for wrong, stored in ((late, 30), (short, 15)):
        fault = first_difference(wrong)
        assert fault is not None
        assert fault.parameters["place"] == "stopping.simulations"
        assert fault.parameters["stored"] == str(stored)
