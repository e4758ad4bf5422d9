"""A sweep on the caller's own matrix, from a request to its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.allocations.problems import NamedProblem, build_problem
from app.http.body import Body
from app.http.decoding import decode_request
from app.observability.timings import Timings
from app.settings import Settings
from messages import Message
from simulator import GiftModel, MatrixStudyConfig, MinimumEffect, study_matrix
from solver import InputError

from .matrix_requests import OwnSweepRequest
from .study_answer import StudyAnswer
from .whale_sweep import expect_within


def answer(
    request: OwnSweepRequest,
    limits: Settings,
    timings: Timings,
    on_point: Callable[[int, int], None] = lambda _done, _total: None,
) -> StudyAnswer:
    """Run the study that a request asks for.

    Parameters
    ----------
    request : OwnSweepRequest
    limits : Settings
    timings : Timings
        Already running; the request's decoding counts as its first step.
    on_point : callable
        Called with the number of allocations done and to do.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    config, named = _read(request, limits)
    timings.record("decode")
    streamer_ids = [*map(str, named.streamer_ids)]
    study = study_matrix(named.problem, request.wealth, config, streamer_ids, on_point)
    timings.record("sweep")
    return StudyAnswer(study, timings.milliseconds)


def answer_json(request: OwnSweepRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the answer to a request as JSON has it; see `answer`."""
    return answer(request, limits, timings).as_mapping()


def expect_answerable(body: Body, limits: Settings) -> None:
    """Refuse an invalid body before any work is done for it.

    Raises
    ------
    RefusalError
        400 where the body is not what its type says.
    solver.InputError
        With the field and the position at fault.
    """
    _read(decode_request(OwnSweepRequest, body, limits)[0], limits)


def _read(request: OwnSweepRequest, limits: Settings) -> tuple[MatrixStudyConfig, NamedProblem]:
    """Return the settings and the problem of a request."""
    config = MatrixStudyConfig(
        tuple(request.k_values),
        tuple(request.whale_shares),
        request.simulations,
        request.seed,
        GiftModel(request.gift_probability, request.amount_sigma),
        MinimumEffect(request.minimum_effect.revenue_pct, request.minimum_effect.streamer_gini),
    )
    expect_within(limits, config.simulations, len(config.k_values))
    named = build_problem(request.problem(), limits)
    problem = named.problem
    points = len(config.k_values) * len(config.whale_shares)
    scored = points * problem.n_users * problem.n_streamers
    if scored > limits.max_scored_pairs:
        message = Message("study_scored_pairs", most=limits.max_scored_pairs, received=scored)
        raise InputError("k_values", message, code="limit-exceeded")
    gifts = config.simulations * problem.n_users * config.gifts.probability
    if gifts > limits.max_pairs:
        message = Message("study_gifts", most=limits.max_pairs, received=round(gifts))
        raise InputError("simulations", message, code="limit-exceeded")
    return config, named
