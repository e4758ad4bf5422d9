"""What is kept of candidates that do not all fit, and what blocks of them say together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import Message
from solver import Candidates, Problem, ShadowPrices, certify
from solver.duality.certificate import whale_charges
from solver.duality.gap_terms import Charges, GapTerms
from solver.scale.working_set import (
    certify_blocks,
    concatenate,
    evaluate_block,
    keep_best_pairs,
    sample_caps,
    sample_mask,
)
from tests.solver.strategies import DOZENS, problems, shuffled_candidates

PAIRS = Candidates([0, 0, 0, 0, 1, 1], [0, 1, 2, 3, 0, 2], [5.0, 9.0, 7.0, -1.0, 3.0, 4.0], (3, 4))
EVERYBODY, NOWHERE = np.ones(3, dtype=bool), np.full(3, -1)


def test_the_best_at_the_prices_stay_and_what_a_user_has() -> None:
    price = np.array([0.0, 5.0, 0.0, 0.0])  # user 0 makes 5, 4, 7 and -1

    kept = keep_best_pairs(PAIRS, EVERYBODY, price, np.array([1, -1, -1]), width=1)

    assert kept.streamers.tolist() == [1, 2, 2]
    assert kept.row_start.tolist() == [0, 2, 3, 3]
    assert kept.ev.tolist() == [9.0, 7.0, 4.0]


def test_those_outside_the_mask_keep_nothing_and_ties_no_more_than_the_width() -> None:
    level = Candidates.from_sorted(PAIRS.users, PAIRS.streamers, np.full(6, 2.0), PAIRS.shape)

    kept = keep_best_pairs(level, np.array([True, False, True]), np.zeros(4), NOWHERE, width=2)

    assert kept.row_start.tolist() == [0, 2, 2, 2]


def test_of_many_that_are_as_good_none_takes_the_place_of_a_better_one() -> None:
    row = Candidates([0] * 5, [0, 1, 2, 3, 4], [3.0, 3.0, 3.0, 9.0, 1.0], (1, 5))

    kept = keep_best_pairs(row, np.array([True]), np.zeros(5), np.array([4]), width=2)

    assert kept.streamers.tolist() == [0, 3, 4]


def test_users_alike_keep_different_ones_of_those_that_are_as_good() -> None:
    """Or all would crowd at the first few streamers, and the others stand empty."""
    n_users, n_streamers = 1_000, 20
    user, streamer = np.repeat(np.arange(n_users), n_streamers), np.tile(np.arange(20), n_users)
    alike = Candidates.from_sorted(user, streamer, np.ones(len(user)), (n_users, n_streamers))

    kept = keep_best_pairs(
        alike, np.ones(n_users, dtype=bool), np.zeros(n_streamers), np.full(n_users, -1), width=3
    )

    assert (np.diff(kept.row_start) == 3).all()
    wanted = np.bincount(kept.streamers, minlength=n_streamers)
    assert wanted.max() < 1.5 * wanted.mean()


def test_a_closed_streamer_earns_nobody_a_profit() -> None:
    price = np.array([0.0, np.inf, 0.0, 0.0])

    judged = evaluate_block(PAIRS, EVERYBODY, Charges.single(price), np.array([0, 2, -1]))

    assert judged.found.worth + judged.found.lost == 7.0 + 4.0
    assert judged.ev.tolist() == [5.0, 4.0, 0.0]


@DOZENS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1), cut=st.integers(0, 100))
def test_blocks_certify_what_all_of_them_do(problem: Problem, seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    sparse = shuffled_candidates(problem, rng)
    prices = ShadowPrices(*rng.uniform(0, 5, (2, problem.n_streamers)).round(1))
    whole = Problem(
        sparse.ev, whales=problem.whales, whale_cap=problem.whale_cap, capacity=problem.capacity
    )
    charges = whale_charges(whole.limits, prices)
    edges = [0, min(cut, problem.n_users), problem.n_users]
    parts = [np.arange(first, stop) for first, stop in pairwise(edges)]
    pairs = sparse.ev
    assert isinstance(pairs, Candidates)
    blocks = [pairs.select_users(part) for part in parts]
    np.testing.assert_array_equal(concatenate(blocks).ev, pairs.ev)
    np.testing.assert_array_equal(concatenate(blocks).row_start, pairs.row_start)

    nowhere = np.full(problem.n_users, -1)
    found = [
        evaluate_block(block, problem.whales[part], charges, nowhere[part]).found
        for block, part in zip(blocks, parts, strict=True)
    ]
    proof = certify_blocks(nowhere, True, sum(found, GapTerms()), prices, whole.limits)

    expected = certify(whole, nowhere, prices)
    assert proof.upper_bound == pytest.approx(expected.upper_bound, rel=1e-12)
    assert proof.faults == expected.faults == ()


def test_broken_rules_are_faults() -> None:
    limits = Problem(PAIRS, whale_cap=1).limits
    free = ShadowPrices.zero(4)

    crowded = certify_blocks(np.array([2, 2, -1]), True, GapTerms(11.0), free, limits)
    forbidden = certify_blocks(NOWHERE, False, GapTerms(), free, limits)

    assert crowded.faults == (
        Message("streamer_overloaded", streamer=2, load=2, counted="whales", cap=1),
    )
    assert forbidden.faults == (Message("whale_at_no_candidate"),)
    assert crowded.gap == forbidden.gap == np.inf


def test_a_sample_is_about_its_share_and_the_same_in_every_block() -> None:
    whole = sample_mask(0, 100_000, 0.1)

    assert abs(whole.mean() - 0.1) < 0.001
    np.testing.assert_array_equal(whole[777:1_777], sample_mask(777, 1_000, 0.1))
    assert sample_mask(0, 100, 1.0).all()


def test_a_sample_has_its_share_of_the_slots_in_all() -> None:
    caps = sample_caps(np.full(10, 3), 0.25)

    assert caps.sum() == 7
    assert caps.max() == 1
