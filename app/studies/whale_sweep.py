"""A whale sweep, from a request to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from itertools import islice
from typing import Any

from app.errors.input_errors import MOST_ERRORS, SeveralInputErrors
from app.fields.whole_numbers import as_integers
from app.observability.timings import Timings
from app.settings import Settings
from messages import Message
from simulator import SweepConfig, run_sweep
from solver import InputError

from .study_answer import StudyAnswer

_JUDGED_BY = {
    "world.n_users": ("users_per_round",),
    "world.tiers": ("world.tier_weights",),
    "world.tier_weights": ("world.tiers",),
}
"""Settings that cannot be checked while another one is wrong."""


def sweep_config(mapping: Any, limits: Settings) -> SweepConfig:
    """Return the sweep that a JSON body or a YAML file describes; an empty one is the default.

    Raises
    ------
    solver.InputError
        On a setting that is wrong, or a sweep beyond the limits.
    """
    config = _config({} if mapping is None else as_integers(mapping))
    expect_within(limits, config.simulations, len(config.k_values))
    pairs = config.world.n_users * config.world.n_streamers
    if pairs > limits.max_pairs:
        message = Message("sweep_pairs", most=limits.max_pairs, received=pairs)
        raise InputError("world.n_users", message, code="limit-exceeded")
    points = [*config.baselines(), *config.grid()]
    users = config.simulations * config.rounds * sum(point.users_per_round for point in points)
    scored = users * config.world.n_streamers
    if scored > limits.max_scored_pairs:
        message = Message("sweep_scored_pairs", most=limits.max_scored_pairs, received=scored)
        raise InputError("simulations", message, code="limit-exceeded")
    return config


def _config(mapping: Any) -> SweepConfig:
    """Return the sweep that a mapping describes, or name every setting that is wrong."""
    try:
        return SweepConfig.from_mapping(mapping)
    except InputError as first:
        errors = [first, *islice(_further_errors(mapping, first), MOST_ERRORS - 1)]
        raise (SeveralInputErrors(errors) if len(errors) > 1 else first) from first


def _further_errors(mapping: Any, error: InputError) -> Iterator[InputError]:
    """Yield the errors that remain when the setting of an error is replaced by its default."""
    while True:
        rest = mapping
        for name in (error.field, *_JUDGED_BY.get(error.field, ())):
            rest = _without(rest, name)
        if rest == mapping:  # no setting is at fault, but the whole
            return
        mapping = rest
        try:
            SweepConfig.from_mapping(mapping)
        except InputError as another:
            error = another
            yield error
        else:
            return


def _without(mapping: Any, name: str) -> Any:
    """Return a mapping without a setting; `world.n_users` is in the mapping `world`."""
    if not isinstance(mapping, Mapping):
        return mapping
    outer, _, inner = name.partition(".")
    if inner and outer in mapping:
        return {**mapping, outer: _without(mapping[outer], inner)}
    return {key: value for key, value in mapping.items() if key != name}


def expect_within(limits: Settings, simulations: int, k_values: int) -> None:
    """Refuse a sweep with too many simulations or values of k.

    Raises
    ------
    solver.InputError
    """
    for field, count, most in (
        ("simulations", simulations, limits.max_simulations),
        ("k_values", k_values, limits.max_k_values),
    ):
        if count > most:
            setting = f"WHALE_MAX_{field.upper()}"
            message = Message(f"sweep_most_{field}", most=most, received=count, setting=setting)
            raise InputError(field, message, code="limit-exceeded")


def answer(
    config: SweepConfig,
    executor: Executor,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> StudyAnswer:
    """Run a sweep and return its answer, with its rows."""
    timings = Timings()
    sweep = run_sweep(config, executor, on_seed)
    timings.record("replays")
    study = sweep.with_rows()
    timings.record("summary")
    return StudyAnswer(study, timings.milliseconds)
