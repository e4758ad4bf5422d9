"""One market across partitions: sums of what each says mean what they mean on one machine."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Candidates, Problem, ShadowPrices, allocate, certify
from solver.scale.decomposition import (
    DualAscent,
    PartitionIndex,
    allocate_within_quota,
    compute_demand,
    compute_quota,
    sample_prices,
)
from tests.profiles import examples

seeds = st.integers(0, 2**32 - 1)


def drawn(rng: np.random.Generator, n_users: int, n_streamers: int) -> Candidates:
    """Return candidates of which about half are allowed; some EVs tie, some are negative."""
    ev = rng.normal(2.0, 2.0, size=(n_users, n_streamers))
    ev[rng.random(ev.shape) < 0.3] = rng.integers(-1, 4)
    user, streamer = np.nonzero(rng.random(ev.shape) < 0.6)
    return Candidates(user, streamer, ev[user, streamer], ev.shape)


def parts_of(pairs: Candidates, n_parts: int) -> list[Candidates]:
    return [pairs.select_users(each) for each in np.array_split(np.arange(pairs.shape[0]), n_parts)]


def everybody(pairs: Candidates) -> Any:
    return np.ones(pairs.shape[0], dtype=np.bool_)


@examples(40)
@given(seed=seeds, n_parts=st.integers(1, 5))
def test_demands_of_partitions_add_up_and_bound_what_any_allocation_is_worth(
    seed: int, n_parts: int
) -> None:
    rng = np.random.default_rng(seed)
    pairs = drawn(rng, 20, 5)
    cap = rng.integers(0, 6, size=5)
    price, step_limit = rng.exponential(1.0, size=5), np.full(5, 0.5)
    charged = np.where(cap > 0, price, np.inf)

    said = [
        compute_demand(each, everybody(each), charged, step_limit)
        for each in parts_of(pairs, n_parts)
    ]
    total = said[0]
    for each in said[1:]:
        total = total + each

    whole = compute_demand(pairs, everybody(pairs), charged, step_limit)
    assert total.profit == pytest.approx(whole.profit)
    for mine, its in zip(total[1:], whole[1:], strict=True):
        np.testing.assert_array_equal(mine, its)
    problem = Problem(pairs, whale_cap=cap)
    best = allocate(problem)
    bound = whole.profit + float((cap * price).sum())
    assert bound >= best.whale_objective - 1e-9
    nobody = np.full(20, -1)
    proof = certify(problem, nobody, ShadowPrices(price, np.zeros(5)))
    assert bound == pytest.approx(proof.upper_bound)


@examples(60)
@given(seed=seeds, n_parts=st.integers(1, 7))
def test_quotas_add_up_to_every_cap_and_are_what_is_demanded_where_that_meets_it(
    seed: int, n_parts: int
) -> None:
    rng = np.random.default_rng(seed)
    wanted = rng.integers(0, 4, size=(n_parts, 6)) * rng.integers(0, 2, size=6)
    total = wanted.sum(axis=0)
    cap = np.where(rng.random(6) < 0.5, total, rng.integers(0, 30, size=6))
    before = np.cumsum(wanted, axis=0) - wanted

    shares = np.array([
        compute_quota(cap, before[part], wanted[part], total, PartitionIndex(part, n_parts))
        for part in range(n_parts)
    ])  # fmt: skip

    assert (shares >= 0).all()
    np.testing.assert_array_equal(shares.sum(axis=0), cap)
    met = (cap == total) & (total > 0)
    np.testing.assert_array_equal(shares[:, met], wanted[:, met])


@examples(25)
@given(seed=seeds, n_parts=st.integers(1, 4))
def test_partitions_allocate_within_quotas_keep_every_cap_and_never_beat_the_bound(
    seed: int, n_parts: int
) -> None:
    rng = np.random.default_rng(seed)
    pairs = drawn(rng, 40, 4)
    cap = rng.integers(0, 9, size=4)
    ascent = DualAscent.initial(cap, np.zeros(4), 0.5)
    for _ in range(12):
        wanted = compute_demand(pairs, everybody(pairs), ascent.open_price, ascent.step_limit)
        ascent = ascent.step(wanted)
    charged = np.where(cap > 0, ascent.best, np.inf)
    said = [
        compute_demand(each, everybody(each), charged, ascent.step_limit)
        for each in parts_of(pairs, n_parts)
    ]
    total, before, streamer = sum(each.load for each in said), np.zeros(4, np.int64), []
    for number, (part, each) in enumerate(zip(parts_of(pairs, n_parts), said, strict=True)):
        share = compute_quota(cap, before, each.load, total, PartitionIndex(number, n_parts))
        before = before + each.load
        streamer.append(allocate_within_quota(part, everybody(part), share, ascent.best, 0.0))

    problem = Problem(pairs, whale_cap=cap)
    proof = certify(problem, np.concatenate(streamer), ShadowPrices(ascent.best, np.zeros(4)))
    best = allocate(problem).whale_objective
    assert proof.faults == ()
    assert proof.objective <= best + 1e-9 <= proof.upper_bound + 2e-9
    assert proof.upper_bound == pytest.approx(ascent.bound)
    if n_parts == 1:  # its compute_quota is the whole cap
        assert proof.objective == pytest.approx(best)


def test_prices_reach_the_optimum_of_the_dual() -> None:
    rng = np.random.default_rng(5)
    ev = rng.lognormal(size=(4_000, 8))
    user, streamer = np.nonzero(np.ones_like(ev))
    pairs = Candidates(user, streamer, ev.ravel(), ev.shape)
    cap = np.array([100, 200, 300, 400, 500, 500, 500, 500])
    sample = np.arange(0, 4_000, 8)
    ascent = DualAscent.initial(cap, *sample_prices(pairs.select_users(sample), cap, 1 / 8))
    optimum = allocate(Problem(pairs, whale_cap=cap)).whale_objective

    gaps = []
    for _ in range(25):
        wanted = compute_demand(pairs, everybody(pairs), ascent.open_price, ascent.step_limit)
        ascent = ascent.step(wanted)
        gaps.append(ascent.bound / optimum - 1)

    assert gaps[0] > 1e-4  # a sample is not enough
    assert -1e-9 <= gaps[-1] < 1e-5
    assert all(later <= earlier for earlier, later in pairwise(gaps))


def test_a_sample_of_nobody_has_no_prices() -> None:
    nobody = Candidates([], [], [], (0, 3))

    price, step_limit = sample_prices(nobody, np.array([1, 2, 3]), 0.1)

    assert price.tolist() == [0.0, 0.0, 0.0]
    assert step_limit > 0
