"""What a problem and its candidates accept, and how they refuse the rest."""

from __future__ import annotations

import doctest
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import NA, DataFrame
from scipy.sparse import csr_array

from solver import (
    Candidates,
    InputError,
    Problem,
    ShadowPrices,
    allocate,
    certify,
    sensitivity,
)
from solver.model import problem
from tests.solver.strategies import DOZENS, problems

EV = [[1.0, 2.0], [3.0, 4.0]]
HUGE = 10**400


@pytest.mark.parametrize(
    ("ev", "position", "fragment"),
    [
        ([[1, 2], [3]], (), "rows of one length"),  # ragged
        ([["one", "two"]], (0, 0), "user 0, streamer 0 has 'one'"),  # words
        ([[1, "2"]], (0, 1), "user 0, streamer 1 has '2'"),  # text is not read as numbers
        (np.array([["1", "2"]]), (0, 0), "has '1'"),
        (np.array([[1 + 0j]]), (), "got complex128"),  # also without an imaginary part
        ([[1, 2j]], (), "got complex128"),
        (np.array([["2020-01-01"]], "M8[D]"), (), "got datetime64[D]"),
        (np.array([[3]], "m8[s]"), (), "got timedelta64[s]"),
        (np.zeros((1, 1), dtype=[("ev", float)]), (), "a matrix of numbers"),
        (csr_array([[1.0]]), (), "got a sparse matrix, whose pairs are listed in Candidates"),
        ({}, (), "a matrix of numbers"),  # no sequence at all
        ([[HUGE, 1]], (), "a matrix of numbers"),  # a whole number beyond any float
        ([1, 2], (), "two dimensions, users × streamers; got 1"),  # a vector
        (3, (), "got 0"),  # a number
        (None, (), "got None"),  # nothing
        (np.zeros((2, 2, 2)), (), "got 3"),  # a cube
        ([], (), "got 1"),  # no rows: no telling how many streamers
        ([[]], (), "at least one user and one streamer; got 1 users × 0 streamers"),
        (np.zeros((0, 3)), (), "got 0 users × 3 streamers"),  # nobody to allocate
        (np.zeros((3, 0)), (), "got 3 users × 0 streamers"),  # nobody to be allocated to
        ([[1, 2], [np.nan, 4]], (1, 0), "user 1, streamer 0 has nan"),
        ([[1, None]], (0, 1), "user 0, streamer 1 has None"),  # null is for JSON
        ([[1, NA]], (0, 1), "user 0, streamer 1 has <NA>"),
        (DataFrame({"a": [1, 2], "b": [3.0, NA]}), (1, 1), "user 1, streamer 1 has <NA>"),
        ([[1, 2], [3, np.inf]], (1, 1), "user 1, streamer 1 has inf"),
        ([[1, 1e308]], (0, 1), "has 1e+308"),  # sums of these overflow
        ([[1, -1e308]], (0, 1), "has -1e+308"),  # not forbidden, merely absurd
        ([[2**80, 1]], (0, 0), "between -1e15 and 1e15"),
        ([[np.nextafter(1e15, np.inf)]], (0, 0), "has 1000000000000000.1"),  # just beyond
        ([[-np.inf, np.nan], [np.inf, 1]], (0, 1), "has nan"),  # the first fault, past a -inf
    ],
)
def test_an_ev_that_is_no_matrix_of_sane_numbers_is_refused(
    ev: Any, position: tuple[int, ...], fragment: str
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(ev)

    assert (refused.value.field, refused.value.position) == ("ev", position)
    assert fragment in str(refused.value)


@pytest.mark.parametrize("field", ["whale_cap", "capacity"])
@pytest.mark.parametrize(
    ("caps", "position", "fragment"),
    [
        (-1, (), "≥ 0; got -1."),
        ([1, -1], (1,), "≥ 0 for every streamer; streamer 1 has -1."),
        ([-2, -3], (0,), "streamer 0 has -2."),  # the first of two
        (1.0, (), "in whole numbers; got float64."),  # whole, but of a type that need not be
        ([1, 2.5], (), "in whole numbers; got float64."),
        (np.nan, (), "in whole numbers; got float64."),
        ([2.0, np.nan], (1,), "in whole numbers; streamer 1 has nan."),
        (True, (), "in whole numbers; got bool."),  # a flag is no cap
        ("2", (), "in whole numbers; got <U1."),
        ([1, None], (1,), "streamer 1 has None."),  # unbounded for one: not expressible
        ([NA, 1], (0,), "streamer 0 has <NA>."),
        (np.ma.array([1, 2], mask=[False, True]), (1,), "streamer 1 is masked."),
        ([1 + 0j, 2], (), "in whole numbers; got complex128."),
        (np.array([1, 2], "m8[s]"), (), "in whole numbers; got timedelta64[s]."),
        (2**53 + 1, (), "≤ 2^53; got 9007199254740993."),
        ([2**53 + 1, 1], (0,), "≤ 2^53 for every streamer; streamer 0 has 9007199254740993."),
        (2**63, (), "≤ 2^53; got 9223372036854775808."),  # beyond int64
        (2**64, (), "in whole numbers; got object."),  # beyond uint64
        ([1], (), "one number or one per streamer (2); got shape (1,)."),  # one too few
        ([1, 2, 3], (), "got shape (3,)."),  # one too many
        ([[1, 2]], (), "got shape (1, 2)."),  # a row of a matrix
        ([[1], [1, 2]], (), "in rows of one length"),  # ragged
    ],
)
def test_caps_that_are_not_whole_and_countable_are_refused(
    field: str, caps: Any, position: tuple[int, ...], fragment: str
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, **{field: caps})

    assert (refused.value.field, refused.value.position) == (field, position)
    assert str(refused.value).startswith(f"Expected {field} ")
    assert fragment in str(refused.value)


def test_every_streamer_needs_a_whale_cap() -> None:
    with pytest.raises(InputError, match="Expected whale_cap in whole numbers"):
        Problem(EV, whale_cap=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("whales", "fragment"),
    [
        ([0, 1], "got int64 of shape (2,)"),  # positions, or a mask? not said
        ([0.0, 1.0], "got float64 of shape (2,)"),
        (["u0"], "got <U2 of shape (1,)"),  # ids belong to the edges
        ([True], "got bool of shape (1,)"),  # one user short
        ([True, False, True], "got bool of shape (3,)"),
        ([[True, False]], "got bool of shape (1, 2)"),
        (True, "got bool of shape ()"),
        ([], "got float64 of shape (0,)"),
        ([[True], [True, False]], "in rows of one length"),  # ragged
    ],
)
def test_whales_that_are_not_one_boolean_per_user_are_refused(whales: Any, fragment: str) -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, whales=whales)

    assert (refused.value.field, refused.value.position) == ("whales", ())
    assert fragment in str(refused.value)


@pytest.mark.parametrize(
    ("users", "streamers", "ev", "field", "position", "fragment"),
    [
        # Unequal lengths
        ([0, 1], [0], [1, 2], "candidates", (), "one length; got 2, 1 and 2."),
        ([0], [0, 1], [1, 2], "candidates", (), "one length; got 1, 2 and 2."),
        ([0, 1], [0, 1], [1], "candidates", (), "one length; got 2, 2 and 1."),
        # Other than lists
        ([[0]], [0], [1], "candidates.user", (), "got 2 dimensions of int64."),
        ([0], 0, [1], "candidates.streamer", (), "got 0 dimensions of int64."),
        ([0], [0], [[1]], "candidates", (), "one length"),
        ([[0], [0, 1]], [0, 1], [1, 2], "candidates.user", (), "in rows of one length"),
        ([0, 1], [0, 1], [[1], [1, 2]], "candidates.ev", (), "in rows of one length"),
        # Positions that are no whole numbers
        ([0.0], [0], [1], "candidates.user", (), "got 1 dimensions of float64."),
        ([0], [0.5], [1], "candidates.streamer", (), "got 1 dimensions of float64."),
        ([True], [0], [1], "candidates.user", (), "got 1 dimensions of bool."),
        ([0], ["s0"], [1], "candidates.streamer", (), "got 1 dimensions of <U2."),
        # Positions out of range
        ([0, -1], [0, 1], [1, 1], "candidates.user", (1,), "candidate 1 has user -1."),
        ([3], [0], [1], "candidates.user", (0,), "from 0 to 2; candidate 0 has user 3."),
        ([0], [2], [1], "candidates.streamer", (0,), "from 0 to 1; candidate 0 has streamer 2."),
        ([2**63], [0], [1], "candidates.user", (0,), "has user 9223372036854775808."),
        # Values
        ([0, 1], [0, 1], [1, np.nan], "candidates.ev", (1,), "candidate 1 has nan."),
        ([0], [0], [np.inf], "candidates.ev", (0,), "candidate 0 has inf."),
        ([0], [0], [-np.inf], "candidates.ev", (0,), "leave a forbidden pair out"),
        ([0], [0], [1e308], "candidates.ev", (0,), "between -1e15 and 1e15"),
        ([0], [0], [None], "candidates.ev", (0,), "candidate 0 has None"),
        ([0], [0], [1j], "candidates.ev", (), "got complex128"),
        ([0], [0], np.ma.array([1.0], mask=True), "candidates.ev", (0,), "candidate 0 is masked"),
        ([None], [0], [1], "candidates.user", (0,), "candidate 0 has None"),
        ([0], [0], [HUGE], "candidates.ev", (), "in numbers"),
        ([0], [0], ["much"], "candidates.ev", (0,), "candidate 0 has 'much'"),
        # Duplicates, side by side and apart
        ([1, 1], [0, 0], [1, 1], "candidates", (1,), "candidate 0 and candidate 1."),
        (
            [2, 0, 2],
            [1, 1, 1],
            [1, 2, 3],
            "candidates",
            (2,),
            "user 2 with streamer 1 is both candidate 0 and candidate 2.",
        ),
    ],
)
def test_candidates_that_are_no_pairs_of_the_problem_are_refused(
    users: Any, streamers: Any, ev: Any, field: str, position: tuple[int, ...], fragment: str
) -> None:
    with pytest.raises(InputError) as refused:
        Candidates(users, streamers, ev, (3, 2))

    assert (refused.value.field, refused.value.position) == (field, position)
    assert fragment in str(refused.value)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_candidates_of_an_empty_side_make_no_problem(shape: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="at least one user and one streamer") as refused:
        Problem(Candidates([], [], [], shape))

    assert refused.value.field == "ev"


def test_one_cap_is_for_every_streamer_and_no_capacity_is_one_that_cannot_bind() -> None:
    made = Problem([[1, 2, 3]] * 4, whale_cap=2)

    assert made.whale_cap.tolist() == [2, 2, 2]
    assert made.capacity.tolist() == [4, 4, 4]
    assert made.whales.tolist() == [True] * 4
    assert (made.n_users, made.n_streamers) == (4, 3)


def test_the_limits_themselves_are_accepted() -> None:
    made = Problem([[1e15, -1e15, -np.inf]], whale_cap=2**53, capacity=[0, 2**53, 1])

    assert made.whale_cap.tolist() == [2**53] * 3
    assert made.capacity.tolist() == [0, 2**53, 1]


def test_an_input_error_is_a_value_error_and_survives_pickling() -> None:
    error = InputError("ev", "Expected better.", (3, 4))

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert isinstance(copy, ValueError)
    assert (copy.field, copy.message, copy.position) == ("ev", "Expected better.", (3, 4))
    assert str(copy) == "Expected better."


def test_the_example_in_the_docstring_is_true() -> None:
    results = doctest.testmod(problem)

    assert results.attempted > 0
    assert results.failed == 0


@DOZENS
@given(problem=problems(), data=st.data(), float32=st.booleans())
def test_a_masked_entry_is_a_forbidden_pair_whatever_is_behind_the_mask(
    problem: Problem, data: st.DataObject, float32: bool
) -> None:
    assert not isinstance(problem.ev, Candidates)
    dtype = np.float32 if float32 else np.float64
    ev = np.where(np.abs(problem.ev) <= 1e15, problem.ev, 0.0).astype(dtype)
    seed = data.draw(st.integers(0, 2**32 - 1))
    mask = np.random.default_rng(seed).random(ev.shape) < 0.4
    behind = data.draw(st.sampled_from((np.nan, np.inf, 1e15)))
    masked = np.ma.array(np.where(mask, dtype(behind), ev), mask=mask)
    plain = Problem(np.where(mask, dtype(-np.inf), ev), whale_cap=2)

    for given_as in (masked, [*masked]):
        got = Problem(given_as, whale_cap=2)

        np.testing.assert_array_equal(got.ev, plain.ev)
        np.testing.assert_array_equal(allocate(got).assignment, allocate(plain).assignment)
    assert Problem(masked, whale_cap=2).ev.dtype == dtype


def test_decimals_fractions_and_numbers_of_any_width_are_numbers() -> None:
    given_as = [
        [[Decimal("1.5"), Fraction(1, 4)]],
        np.array([[1.5, 0.25]], np.float16),
        np.array([[1.5, 0.25]], np.longdouble),
        DataFrame({"a": [1.5], "b": [0.25]}),
    ]

    for each in given_as:
        np.testing.assert_array_equal(Problem(each).ev, [[1.5, 0.25]])
    np.testing.assert_array_equal(Problem([[True, False]]).ev, [[1.0, 0.0]])


@pytest.mark.parametrize(
    "prices",
    [
        np.array([1j, 0]),
        np.array(["1", "2"]),
        np.array([None, 0]),
        np.ma.array([1.0, 2], mask=[1, 0]),
    ],
)
def test_prices_that_are_no_numbers_prove_nothing(prices: Any) -> None:
    stated = Problem(EV)
    streamer = allocate(stated).assignment

    for given_as in (ShadowPrices(prices, np.zeros(2)), ShadowPrices(np.zeros(2), prices)):
        certificate = certify(stated, streamer, given_as)
        assert not certificate.proven_optimal
        assert certificate.faults[0].endswith("not numbers.")


def test_a_masked_allocation_is_none() -> None:
    masked = np.ma.array([0, 1], mask=[True, False])

    assert certify(Problem(EV), masked, ShadowPrices.zero(2)).faults


@pytest.mark.parametrize("call", [allocate, sensitivity])
def test_a_matrix_that_is_no_problem_is_refused_in_a_sentence(call: Callable[[Any], Any]) -> None:
    with pytest.raises(InputError, match="Expected a Problem, as"):
        call([[1.0, 2.0]])
