"""The optimum on whole rows, for ties and near-ties of any width, held against SciPy's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from solver import Problem, allocate, allocation
from solver.duality.least_prices import compute_least_prices
from solver.flow.row_paths import solve_by_shortest_paths
from solver.kernels.rows import NONE, rounding_noise
from solver.model.candidates import Candidates
from solver.model.limits import single_tier_limits
from tests.solver.strategies import DOZENS, FAMILIES, HUNDREDS

Matrix = NDArray[np.float64]
Shape = tuple[int, int]

CLOSE = 1e-9

LARGER: dict[str, Callable[[np.random.Generator, Shape], Matrix]] = {
    "i · j": lambda _, shape: np.outer(*(np.arange(1.0, size + 1) for size in shape)),
    "rank one": FAMILIES["of rank one"],
    "rank one, whole": FAMILIES["whole, of rank one"],
    "rank one, heavy tails": lambda rng, shape: np.outer(
        rng.lognormal(0, 1, shape[0]), rng.lognormal(0, 1, shape[1])
    ),
    "rank one, 1 % of noise": lambda rng, shape: (
        FAMILIES["of rank one"](rng, shape) * rng.uniform(1, 1.01, shape)
    ),
    "sums": lambda rng, shape: rng.random((shape[0], 1)) + rng.random(shape[1]),
    "0 or 1": lambda rng, shape: rng.integers(0, 2, shape).astype(float),
    "0 to 3": lambda rng, shape: rng.integers(0, 4, shape).astype(float),
    "0 to 100": lambda rng, shape: rng.integers(0, 101, shape).astype(float),
    "all equal": lambda _, shape: np.full(shape, 7.0),
}
"""Larger inputs on which price wars and ties once led to OR-Tools' flow."""

SHAPES = {"square, k = 1": ((60, 60), 1), "scarce": ((150, 12), 8), "a slot each": ((150, 15), 10),
          "to spare": ((150, 15), 13), "wide": ((25, 70), 2)}  # fmt: skip


def by_scipy(ev: Matrix, cap: NDArray[np.int64]) -> float:
    """Return the greatest total EV; a pair worth less than 0 is not made."""
    columns = np.repeat(np.maximum(ev, 0.0), cap, axis=1)
    return float(columns[linear_sum_assignment(columns, maximize=True)].sum())


@HUNDREDS
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    shape=st.tuples(st.integers(1, 30), st.integers(1, 9)),
    most=st.integers(1, 12),
    forbidden=st.sampled_from((0.0, 0.3)),
    begun=st.sampled_from(("at no price", "at any price", "at any price and place")),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_start_ends_at_the_optimum_and_at_prices_that_prove_it(
    family: str, shape: Shape, most: int, forbidden: float, begun: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    ev = FAMILIES[family](rng, shape)
    ev[rng.random(shape) < forbidden] = -np.inf
    cap = np.minimum(rng.integers(1, most + 1, shape[1]), shape[0])
    largest = max(float(ev.max()), 0.0)
    price, at = np.zeros(shape[1]), np.full(shape[0], NONE)
    if begun != "at no price":
        price = rng.uniform(0, 1.2, shape[1]) * (largest or 1.0)
    if begun == "at any price and place":
        slots = rng.permutation(np.repeat(np.arange(shape[1]), cap))[: shape[0]]
        at[: len(slots)] = slots
        at[ev[np.arange(shape[0]), at] < 0] = NONE

    ended = solve_by_shortest_paths(ev, cap, price, at, rounding_noise(largest))

    assert ended
    user = np.flatnonzero(at != NONE)
    assert (np.bincount(at[user], minlength=shape[1]) <= cap).all()
    assert (ev[user, at[user]] >= 0).all()
    total = ev[user, at[user]].sum()
    bound = np.maximum(0.0, (ev - price).max(axis=1)).sum() + (cap * price).sum()
    noise = 1e-12 * largest * shape[0]
    assert (price >= 0).all()
    assert total == pytest.approx(by_scipy(ev, cap), rel=CLOSE, abs=noise)
    assert bound == pytest.approx(total, rel=CLOSE, abs=noise)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", LARGER)
@pytest.mark.parametrize("share", [0.0, 0.2], ids=["every pair", "a fifth forbidden"])
def test_ties_and_rank_one_need_no_flow(
    family: str, shape: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocation, "allocate_by_flow", _unexpected_flow)
    rng = np.random.default_rng(3)
    size, k = SHAPES[shape]
    ev = LARGER[family](rng, size)
    ev[rng.random(size) < share] = -np.inf

    result = allocate(Problem(ev, whale_cap=k), fill="none")

    assert result.certificate.proven_optimal
    best = by_scipy(ev, np.full(size[1], k))
    assert result.objective == pytest.approx(best, rel=CLOSE)


@DOZENS
@given(
    family=st.sampled_from(sorted(LARGER)),
    shape=st.tuples(st.integers(2, 40), st.integers(2, 12)),
    k=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
def test_prices_on_whole_rows_are_the_least(family: str, shape: Shape, k: int, seed: int) -> None:
    ev = LARGER[family](np.random.default_rng(seed), shape)
    result = allocate(Problem(ev, whale_cap=k), fill="none")

    user, streamer = np.nonzero(np.isfinite(ev))
    pairs = Candidates.from_sorted(user, streamer, ev[user, streamer], shape)
    least = compute_least_prices(
        pairs, result.assignment[user] == streamer, single_tier_limits(*_caps(shape, k))
    )
    paid = result.shadow_prices.whale_cap + result.shadow_prices.capacity
    np.testing.assert_allclose(
        paid, least.whale_cap + least.capacity, rtol=1e-9, atol=1e-10 * ev.max()
    )


def _caps(shape: Shape, k: int) -> tuple[int, NDArray[np.int64]]:
    return shape[0], np.full(shape[1], min(k, shape[0]))


def _unexpected_flow(*_: object) -> object:
    raise AssertionError("Shortest paths gave up.")
