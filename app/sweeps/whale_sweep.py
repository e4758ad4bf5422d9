"""A whale sweep, from a request to its answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from itertools import islice
from typing import Any

from app.errors.input_errors import MOST_ERRORS, SeveralInputErrors
from app.fields.whole_numbers import as_integers
from app.observability.timings import Timings
from app.settings import Settings
from simulator import SweepConfig, run_sweep
from solver import InputError

_JUDGED_BY = {
    "world.n_users": ("users_per_round",),
    "world.tiers": ("world.tier_weights",),
    "world.tier_weights": ("world.tiers",),
}
"""Settings that nobody can judge where another is wrong."""


def sweep_config(mapping: Any, limits: Settings) -> SweepConfig:
    """Return the sweep that a JSON body or a YAML file describes; nothing at all is the default.

    Raises
    ------
    solver.InputError
        On a setting that is wrong, or a sweep beyond the limits.
    """
    config = _config({} if mapping is None else as_integers(mapping))
    expect_within(limits, config.simulations, len(config.k_values))
    pairs = config.world.n_users * config.world.n_streamers
    if pairs > limits.max_pairs:
        raise InputError(
            "world.n_users",
            f"Expected at most {limits.max_pairs:,} pairs of world.n_users × world.n_streamers; "
            f"got {pairs:,} (WHALE_MAX_PAIRS).",
            code="limit-exceeded",
        )
    points = [*config.baselines(), *config.grid()]
    users = config.simulations * config.rounds * sum(point.users_per_round for point in points)
    scored = users * config.world.n_streamers
    if scored > limits.max_scored_pairs:
        raise InputError(
            "simulations",
            f"Expected at most {limits.max_scored_pairs:,} scored pairs, which are replays × "
            f"rounds × users × streamers; got {scored:,} (WHALE_MAX_SCORED_PAIRS).",
            code="limit-exceeded",
        )
    return config


def _config(mapping: Any) -> SweepConfig:
    """Return the sweep that a mapping describes, or name every setting that is wrong."""
    try:
        return SweepConfig.from_mapping(mapping)
    except InputError as first:
        errors = [first, *islice(_further_errors(mapping, first), MOST_ERRORS - 1)]
        raise (SeveralInputErrors(errors) if len(errors) > 1 else first) from first


def _further_errors(mapping: Any, error: InputError) -> Iterator[InputError]:
    """Yield what is wrong with a mapping once the setting of an error has its default."""
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
    """Refuse a sweep of more simulations, or of more values of k, than may be.

    Raises
    ------
    solver.InputError
    """
    for field, given, most in (
        ("simulations", simulations, limits.max_simulations),
        ("k_values", k_values, limits.max_k_values),
    ):
        if given > most:
            what = "simulations" if field == "simulations" else "values of k"
            setting = f"WHALE_MAX_{field.upper()}"
            raise InputError(
                field,
                f"Expected at most {most:,} {what}; got {given:,} ({setting}).",
                code="limit-exceeded",
            )


def answer(
    config: SweepConfig,
    executor: Executor,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Run a sweep and return its result with its rows, as JSON writes it."""
    timings = Timings()
    finished = run_sweep(config, executor, on_seed)
    timings.ended("replays")
    result = finished.as_mapping()
    timings.ended("summary")
    return {"id": str(uuid.uuid4()), **result, "timings_ms": timings.milliseconds}
