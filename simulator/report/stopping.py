"""Sequential stopping: after how many seeds the question of a sweep is settled."""

from __future__ import annotations

from collections.abc import Container, Sequence

from messages import Message
from simulator.inference.worth import judge
from simulator.study.config import SweepConfig
from simulator.study.result import StudyResult
from simulator.study.run import Run

from .rules import group_runs, list_changes

FIRST_LOOK = 16
"""The least number of seeds that can settle anything."""


def list_looks(config: SweepConfig) -> list[int]:
    """Return the numbers of seeds after which a sweep may stop: 16, 24, 32, 48, 64, 96, ….

    They are fixed, so that the result depends neither on the number of processes nor on which seed
    ends first, nor on an interruption. None where the sweep runs all seeds in any case.
    """
    looks: list[int] = []
    look = FIRST_LOOK
    while config.until_decided and look < config.simulations:
        looks.append(look)
        is_power_of_two = look & (look - 1) == 0
        look += look // 2 if is_power_of_two else look // 3
    return looks


def next_look(
    looks: Sequence[int], seeds: Sequence[int], done: Container[int], last: int = 0
) -> int | None:
    """Return the largest look after the last one whose seeds are all done; None if there is none.

    Parameters
    ----------
    looks : sequence of int
        See `list_looks`.
    seeds : sequence of int
        Of the sweep, in order.
    done : container of int
        Seeds that have ended, in any order.
    last : int
        The last look, 0 before the first.
    """
    due = None
    for look in looks:
        if look > last:
            if not all(seed in done for seed in seeds[last:look]):
                break
            last = due = look
    return due


def decided_after(config: SweepConfig, runs: Sequence[Run]) -> int | None:
    """Return after how many seeds the question of a sweep is settled; None if it is not.

    It is settled at the first look (`list_looks`) at which the verdict on no configuration is
    undecided, by intervals that may be looked at any number of times: `estimate_always_valid`. Only
    the runs of the seeds up to that look matter.

    Parameters
    ----------
    config : SweepConfig
    runs : sequence of Run
        All runs of the first seeds, as many as there are, in any order.

    Examples
    --------
    >>> from simulator import SweepConfig, WorldConfig, decided_after, run_seed
    >>> world = WorldConfig(n_users=200, n_streamers=10)
    >>> config = SweepConfig(
    ...     k_values=(20,), simulations=100, until_decided=True, rounds=5, users_per_round=20,
    ...     world=world,
    ... )
    >>> runs = [run for seed in config.seeds[:30] for run in run_seed(config, seed)]
    >>> decided_after(config, runs)
    16
    """
    n_seeds = len({run.seed for run in runs})
    for look in list_looks(config):
        if look > n_seeds:
            return None
        first = [run for run in runs if run.seed in config.seeds[:look]]
        effects = list_changes(config, group_runs(first)).estimate_judged()
        verdicts = [judge(each, config.minimum_effect).verdict for each in effects.values()]
        if verdicts and "undecided" not in verdicts:
            return look
    return None


def describe_stopping(config: SweepConfig, study: StudyResult) -> Message | None:
    """Return after how many seeds a sweep has stopped, and why; None if it always runs all."""
    if not config.until_decided:
        return None
    return Message(
        "stopped_after",
        simulations=study.simulations,
        most=config.simulations,
        early=study.simulations < config.simulations,
        undecided=[each.verdict for each in study.results].count("undecided"),
        configurations=len(study.results),
    )
