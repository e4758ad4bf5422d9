"""Random problems, by families in which allocation is known to be hard or degenerate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from solver import Candidates, Problem, ShadowPrices
from tests.profiles import examples

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Shape = tuple[int, int]

DOZENS = examples(60)
HUNDREDS = examples(300)


def one_row(rng: np.random.Generator, shape: Shape) -> Matrix:
    return np.tile(rng.integers(0, 9, size=shape[1]).astype(float), (shape[0], 1))


def one_column(rng: np.random.Generator, shape: Shape) -> Matrix:
    return np.tile(rng.integers(0, 9, size=(shape[0], 1)).astype(float), shape[1])


def wanted_by_all(rng: np.random.Generator, shape: Shape) -> Matrix:
    ev = rng.random(shape)
    ev[:, rng.integers(shape[1])] += 10
    return ev


def an_ulp_apart(rng: np.random.Generator, shape: Shape) -> Matrix:
    ev = np.full(shape, rng.uniform(1, 1000))
    for up in (rng.random(shape) < 0.4, rng.random(shape) < 0.4):
        ev[up] = np.nextafter(ev[up], np.inf)
    return ev


def rank_one(rng: np.random.Generator, shape: Shape) -> Matrix:
    return np.outer(rng.random(shape[0]), rng.random(shape[1]))


def whole_rank_one(rng: np.random.Generator, shape: Shape) -> Matrix:
    return np.outer(rng.integers(0, 9, shape[0]), rng.integers(0, 9, shape[1])).astype(float)


WHOLE_FAMILIES: dict[str, Callable[[np.random.Generator, Shape], Matrix]] = {
    "all zero": lambda _, shape: np.zeros(shape),
    "all equal": lambda rng, shape: np.full(shape, float(rng.integers(1, 9))),
    "equal rows": one_row,
    "equal columns": one_column,
    "many ties": lambda rng, shape: rng.integers(0, 4, size=shape).astype(float),
    "none or one": lambda rng, shape: rng.integers(0, 2, size=shape).astype(float),
    "whole, of rank one": whole_rank_one,
    "ties of both signs": lambda rng, shape: rng.integers(-3, 4, size=shape).astype(float),
}
"""Small whole EVs: totals tie exactly, so how many users are placed is certain."""

FAMILIES = WHOLE_FAMILIES | {
    "uniform": lambda rng, shape: rng.random(shape) * 100,
    "of rank one": rank_one,
    "of rank one but for noise": lambda rng, shape: rank_one(rng, shape) + rng.random(shape) / 50,
    "heavy tail": lambda rng, shape: rng.pareto(1.1, size=shape) * 10,
    "mostly negative": lambda rng, shape: rng.normal(-0.5, 1, size=shape),
    "all negative": lambda rng, shape: -rng.random(shape) - 1e-12,
    "1e-9 to 1e9": lambda rng, shape: 10 ** rng.uniform(-9, 9, size=shape),
    "below 1e-12": lambda rng, shape: rng.random(shape) * 1e-12,
    "near 1e15": lambda rng, shape: 1e15 - rng.integers(0, 6, size=shape) / 8,
    "up to 1e15": lambda rng, shape: rng.uniform(-1e15, 1e15, size=shape),
    "an ulp apart": an_ulp_apart,
    "one wanted by all": wanted_by_all,
}

EDGES = (0.0, -0.0, 1.0, 5e-324, 1e-300, 1e15, -1e15, np.nextafter(1.0, 2.0), -np.inf)


def exactly_n(rng: np.random.Generator, shape: Shape) -> NDArray[np.int64]:
    return np.bincount(rng.integers(shape[1], size=shape[0]), minlength=shape[1])


CAPS: dict[str, Callable[[np.random.Generator, Shape], int | NDArray[np.int64]]] = {
    "1": lambda *_: 1,
    "2": lambda *_: 2,
    "per streamer, some 0": lambda rng, shape: rng.integers(0, 4, size=shape[1]),
    "all 0": lambda _, shape: np.zeros(shape[1], dtype=np.int64),
    "too few slots": lambda rng, shape: rng.integers(0, shape[0] // shape[1] + 1, size=shape[1]),
    "exactly one slot a user": exactly_n,
    "one fewer than the users": lambda _, shape: shape[0] - 1,
    "never binding": lambda *_: 2**53,
}


@st.composite
def problems(
    draw: st.DrawFn,
    families: Sequence[str] = (*FAMILIES, "anything"),
    max_users: int = 12,
    max_streamers: int = 6,
) -> Problem:
    shape = draw(st.integers(1, max_users)), draw(st.integers(1, max_streamers))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    family = draw(st.sampled_from(families))
    if family == "anything":
        numbers = st.floats(-1e15, 1e15) | st.sampled_from(EDGES)
        ev = draw(hnp.arrays(np.float64, shape, elements=numbers))
    else:
        ev = FAMILIES[family](rng, shape)
    ev[rng.random(shape) < draw(st.sampled_from((0.0, 0.3)))] = -np.inf
    whale_share = draw(st.sampled_from((1.0, 1.0, 0.5, 0.0)))
    whale_cap, capacity = draw(st.sampled_from(sorted(CAPS))), draw(st.sampled_from(sorted(CAPS)))
    return Problem(
        ev,
        whales=rng.random(shape[0]) < whale_share,
        whale_cap=CAPS[whale_cap](rng, shape),
        capacity=draw(st.sampled_from((None, CAPS[capacity](rng, shape)))),
    )


PENALTIES: tuple[tuple[float, ...] | None, ...] = (None, (0,), (0, 0, 0.1, 0.4), (0.3, 0.3), (1e3,))
"""Prices of extra whales, as shares of the greatest EV."""


@st.composite
def limited_problems(
    draw: st.DrawFn,
    families: Sequence[str] = (*FAMILIES, "anything"),
    max_users: int = 12,
    max_streamers: int = 6,
) -> Problem:
    """Return problems with guarantees, penalties and several streamers a user."""
    plain = draw(problems(families, max_users, max_streamers))
    assert not isinstance(plain.ev, Candidates)
    shape = plain.ev.shape
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    largest = draw(st.sampled_from((0, 1, 1, 3)))
    few = rng.random(shape[1]) < draw(st.sampled_from((0.3, 1.0)))
    penalty = draw(st.sampled_from(PENALTIES))
    scale = max(float(plain.ev.max()), 0.0)
    return Problem(
        plain.ev,
        whales=plain.whales,
        whale_cap=plain.whale_cap,
        capacity=plain.capacity,
        min_users=rng.integers(0, largest + 1, size=shape[1]) * few,
        whale_penalty=None if penalty is None or scale > 1e12 else np.array(penalty) * scale,
        max_streamers_per_user=draw(st.sampled_from((1, 2, 3))),
    )


def tiny_problems(families: Sequence[str] = (*FAMILIES, "anything")) -> st.SearchStrategy[Problem]:
    """Return problems of which every assignment can be tried."""
    return problems(families, max_users=4, max_streamers=3)


def shuffled_candidates(problem: Problem, rng: np.random.Generator) -> Problem:
    """Return the same problem by its allowed pairs, in random order."""
    assert not isinstance(problem.ev, Candidates)
    users, streamers = rng.permutation(np.argwhere(problem.ev > -np.inf)).T
    return with_ev(
        problem, Candidates(users, streamers, problem.ev[users, streamers], problem.ev.shape)
    )


def with_ev(problem: Problem, ev: Matrix | Candidates) -> Problem:
    """Return the problem with other EVs."""
    return changed(problem, ev=ev)


def changed(problem: Problem, **arguments: Any) -> Problem:
    """Return the problem with other arguments in the place of some of its own."""
    limits = problem.limits
    own: dict[str, Any] = {
        "ev": problem.ev,
        "whales": problem.whales,
        "whale_cap": problem.whale_cap,
        "capacity": problem.capacity,
        "min_users": limits.min_users,
        "whale_penalty": limits.whale_penalty if len(limits.whale_penalty) else None,
        "max_streamers_per_user": limits.per_user,
        "allow_negative_ev": limits.allow_negative_ev,
    }
    return Problem(**(own | arguments))


def one_more(problem: Problem, streamer: int, *fields: str, by: int = 1) -> Problem:
    """Return the problem with one more of some limits at one streamer, no limit above N."""
    here = by * (np.arange(problem.n_streamers) == streamer)
    return changed(
        problem,
        **{
            name: np.minimum(getattr(problem.limits, name), problem.n_users) + here
            for name in fields
        },
    )


NOTATIONS = ("matrix", "float32", "candidates")


def in_notation(problem: Problem, notation: str, rng: np.random.Generator) -> Problem:
    """Return the same problem as a matrix of either precision or by its allowed pairs."""
    assert not isinstance(problem.ev, Candidates)
    if notation == "candidates":
        return shuffled_candidates(problem, rng)
    return with_ev(problem, problem.ev.astype(np.float32)) if notation == "float32" else problem


PRICE_KINDS: dict[str, Callable[[np.random.Generator, Vector, float], Vector]] = {
    "right": lambda _, right, __: right,
    "zero": lambda _, right, __: np.zeros(len(right)),
    "a little off": lambda rng, right, _: right * rng.uniform(0.999, 1.001, len(right)),
    "an ulp low": lambda _, right, __: np.nextafter(right, 0),
    "off for one": lambda rng, right, _: right * (rng.permutation(len(right)) > 0),
    "swapped about": lambda rng, right, _: rng.permutation(right),
    "unrelated": lambda rng, right, scale: rng.random(len(right)) * scale,
    "huge": lambda rng, right, _: 10 ** rng.uniform(0, 300, len(right)),
    "tiny": lambda rng, right, _: 10 ** -rng.uniform(0, 320, len(right)),
}


@st.composite
def any_prices(draw: st.DrawFn, problem: Problem, exact: ShadowPrices) -> ShadowPrices:
    """Return prices ≥ 0: right, a little wrong, unrelated or out of all proportion."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ev = problem.ev.ev if isinstance(problem.ev, Candidates) else problem.ev
    scale = max(1e-12, float(ev.max(initial=0)))

    def vector(right: Vector) -> Vector:
        return PRICE_KINDS[draw(st.sampled_from([*PRICE_KINDS]))](rng, right, scale)

    return ShadowPrices(
        vector(exact.whale_cap),
        vector(exact.capacity),
        None if exact.min_users is None else vector(exact.min_users),
        None if exact.whale_penalty is None else vector(exact.whale_penalty),
    )
