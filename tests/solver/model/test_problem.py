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

from messages import Message
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
    ("ev", "position", "code", "parameters"),
    [
        ([[1, 2], [3]], (), "array_ragged", {}),  # ragged
        ([["one", "two"]], (0, 0), "array_entry", {"received": "'one'"}),  # words
        ([[1, "2"]], (0, 1), "array_entry", {"received": "'2'"}),  # text is not read as numbers
        (np.array([["1", "2"]]), (0, 0), "array_entry", {"received": "'1'"}),
        # Also without an imaginary part
        (np.array([[1 + 0j]]), (), "array_type", {"received": "complex128"}),
        ([[1, 2j]], (), "array_type", {"received": "complex128"}),
        (np.array([["2020-01-01"]], "M8[D]"), (), "array_type", {"received": "datetime64[D]"}),
        (np.array([[3]], "m8[s]"), (), "array_type", {"received": "timedelta64[s]"}),
        (
            np.zeros((1, 1), dtype=[("ev", float)]),
            (),
            "array_type",
            {"received": "[('ev', '<f8')]"},
        ),
        (csr_array([[1.0]]), (), "array_sparse", {}),
        ({}, (), "array_type", {"received": "{}"}),  # no sequence at all
        ([[HUGE, 1]], (), "array_ragged", {}),  # a whole number beyond any float
        ([1, 2], (), "two_dimensions_expected", {"received": 1}),  # a vector
        (3, (), "two_dimensions_expected", {"received": 0}),  # a number
        (None, (), "array_type", {"received": "None"}),  # nothing
        (np.zeros((2, 2, 2)), (), "two_dimensions_expected", {"received": 3}),  # a cube
        # No rows: no telling how many streamers
        ([], (), "two_dimensions_expected", {"received": 1}),
        ([[]], (), "problem_empty", {"users": 1, "streamers": 0}),
        (np.zeros((0, 3)), (), "problem_empty", {"users": 0, "streamers": 3}),  # nobody to allocate
        # Nobody to be allocated to
        (np.zeros((3, 0)), (), "problem_empty", {"users": 3, "streamers": 0}),
        ([[1, 2], [np.nan, 4]], (1, 0), "ev_out_of_range", {"received": "nan"}),
        ([[1, None]], (0, 1), "array_entry", {"received": "None"}),  # null is for JSON
        ([[1, NA]], (0, 1), "array_entry", {"received": "<NA>"}),
        (DataFrame({"a": [1, 2], "b": [3.0, NA]}), (1, 1), "array_entry", {"received": "<NA>"}),
        ([[1, 2], [3, np.inf]], (1, 1), "ev_out_of_range", {"received": "inf"}),
        ([[1, 1e308]], (0, 1), "ev_out_of_range", {"received": "1e+308"}),  # sums of these overflow
        # Not forbidden, merely absurd
        ([[1, -1e308]], (0, 1), "ev_out_of_range", {"received": "-1e+308"}),
        ([[2**80, 1]], (0, 0), "ev_out_of_range", {"received": "1.2089258196146292e+24"}),
        # Just beyond
        (
            [[np.nextafter(1e15, np.inf)]],
            (0, 0),
            "ev_out_of_range",
            {"received": "1000000000000000.1"},
        ),
        # The first fault, past a -inf
        ([[-np.inf, np.nan], [np.inf, 1]], (0, 1), "ev_out_of_range", {"received": "nan"}),
    ],
)
def test_an_ev_that_is_no_matrix_of_sane_numbers_is_refused(
    ev: Any, position: tuple[int, ...], code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(ev)

    assert (refused.value.field, refused.value.position) == ("ev", position)
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()


@pytest.mark.parametrize("field", ["whale_cap", "capacity"])
@pytest.mark.parametrize(
    ("caps", "position", "code", "parameters"),
    [
        (-1, (), "cap_out_of_range", {"bound": "least", "received": "-1"}),
        ([1, -1], (1,), "streamer_cap_out_of_range", {"bound": "least", "received": "-1"}),
        # The first of two
        ([-2, -3], (0,), "streamer_cap_out_of_range", {"bound": "least", "received": "-2"}),
        (1.0, (), "array_type", {"received": "float64"}),  # whole, but of a type that need not be
        ([1, 2.5], (), "array_type", {"received": "float64"}),
        (np.nan, (), "array_type", {"received": "float64"}),
        ([2.0, np.nan], (1,), "array_entry", {"received": "nan"}),
        (True, (), "array_type", {"received": "bool"}),  # a flag is no cap
        ("2", (), "array_type", {"received": "<U1"}),
        # Unbounded for one: not expressible
        ([1, None], (1,), "array_entry", {"received": "None"}),
        ([NA, 1], (0,), "array_entry", {"received": "<NA>"}),
        (np.ma.array([1, 2], mask=[False, True]), (1,), "array_entry_masked", {}),
        ([1 + 0j, 2], (), "array_type", {"received": "complex128"}),
        (np.array([1, 2], "m8[s]"), (), "array_type", {"received": "timedelta64[s]"}),
        (2**53 + 1, (), "cap_out_of_range", {"bound": "most", "received": "9007199254740993"}),
        (
            [2**53 + 1, 1],
            (0,),
            "streamer_cap_out_of_range",
            {"bound": "most", "received": "9007199254740993"},
        ),
        # Beyond int64
        (2**63, (), "cap_out_of_range", {"bound": "most", "received": "9223372036854775808"}),
        (2**64, (), "array_type", {"received": "object"}),  # beyond uint64
        ([1], (), "one_or_each_expected", {"shape": "(1,)"}),  # one too few
        ([1, 2, 3], (), "one_or_each_expected", {"shape": "(3,)"}),  # one too many
        ([[1, 2]], (), "one_or_each_expected", {"shape": "(1, 2)"}),  # a row of a matrix
        ([[1], [1, 2]], (), "array_ragged", {}),  # ragged
    ],
)
def test_caps_that_are_not_whole_and_countable_are_refused(
    field: str, caps: Any, position: tuple[int, ...], code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, **{field: caps})

    assert (refused.value.field, refused.value.position) == (field, position)
    assert refused.value.message.parameters["field"] == field
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()


def test_every_streamer_needs_a_whale_cap() -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, whale_cap=None)  # type: ignore[arg-type]

    assert refused.value.message.code == "array_type"


@pytest.mark.parametrize(
    ("whales", "code", "parameters"),
    [
        # Positions, or a mask? not said
        ([0, 1], "whale_mask_expected", {"type": "int64", "shape": "(2,)"}),
        ([0.0, 1.0], "whale_mask_expected", {"type": "float64", "shape": "(2,)"}),
        # Ids belong to the edges
        (["u0"], "whale_mask_expected", {"type": "<U2", "shape": "(1,)"}),
        ([True], "whale_mask_expected", {"type": "bool", "shape": "(1,)"}),  # one user short
        ([True, False, True], "whale_mask_expected", {"type": "bool", "shape": "(3,)"}),
        ([[True, False]], "whale_mask_expected", {"type": "bool", "shape": "(1, 2)"}),
        (True, "whale_mask_expected", {"type": "bool", "shape": "()"}),
        ([], "whale_mask_expected", {"type": "float64", "shape": "(0,)"}),
        ([[True], [True, False]], "array_ragged", {}),  # ragged
    ],
)
def test_whales_that_are_not_one_boolean_per_user_are_refused(
    whales: Any, code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, whales=whales)

    assert (refused.value.field, refused.value.position) == ("whales", ())
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()


@pytest.mark.parametrize(
    ("users", "streamers", "ev", "field", "position", "code", "parameters"),
    [
        # Unequal lengths
        (
            [0, 1],
            [0],
            [1, 2],
            "candidates",
            (),
            "candidate_lengths_differ",
            {"users": 2, "streamers": 1, "values": 2},
        ),
        (
            [0],
            [0, 1],
            [1, 2],
            "candidates",
            (),
            "candidate_lengths_differ",
            {"users": 1, "streamers": 2, "values": 2},
        ),
        (
            [0, 1],
            [0, 1],
            [1],
            "candidates",
            (),
            "candidate_lengths_differ",
            {"users": 2, "streamers": 2, "values": 1},
        ),
        # Other than lists
        ([[0]], [0], [1], "candidates.user", (), "candidate_positions_expected", {"type": "int64"}),
        ([0], 0, [1], "candidates.streamer", (), "candidate_positions_expected", {"type": "int64"}),
        (
            [0],
            [0],
            [[1]],
            "candidates",
            (),
            "candidate_lengths_differ",
            {"users": 1, "streamers": 1, "values": 1},
        ),
        ([[0], [0, 1]], [0, 1], [1, 2], "candidates.user", (), "array_ragged", {}),
        ([0, 1], [0, 1], [[1], [1, 2]], "candidates.ev", (), "array_ragged", {}),
        # Positions that are no whole numbers
        (
            [0.0],
            [0],
            [1],
            "candidates.user",
            (),
            "candidate_positions_expected",
            {"type": "float64"},
        ),
        (
            [0],
            [0.5],
            [1],
            "candidates.streamer",
            (),
            "candidate_positions_expected",
            {"type": "float64"},
        ),
        ([True], [0], [1], "candidates.user", (), "candidate_positions_expected", {"type": "bool"}),
        (
            [0],
            ["s0"],
            [1],
            "candidates.streamer",
            (),
            "candidate_positions_expected",
            {"type": "<U2"},
        ),
        # Positions out of range
        (
            [0, -1],
            [0, 1],
            [1, 1],
            "candidates.user",
            (1,),
            "candidate_position_out_of_range",
            {"received": -1},
        ),
        (
            [3],
            [0],
            [1],
            "candidates.user",
            (0,),
            "candidate_position_out_of_range",
            {"received": 3},
        ),
        (
            [0],
            [2],
            [1],
            "candidates.streamer",
            (0,),
            "candidate_position_out_of_range",
            {"received": 2},
        ),
        (
            [2**63],
            [0],
            [1],
            "candidates.user",
            (0,),
            "candidate_position_out_of_range",
            {"received": 9223372036854775808},
        ),
        # Values
        (
            [0, 1],
            [0, 1],
            [1, np.nan],
            "candidates.ev",
            (1,),
            "candidate_ev_out_of_range",
            {"received": "nan"},
        ),
        (
            [0],
            [0],
            [np.inf],
            "candidates.ev",
            (0,),
            "candidate_ev_out_of_range",
            {"received": "inf"},
        ),
        (
            [0],
            [0],
            [-np.inf],
            "candidates.ev",
            (0,),
            "candidate_ev_out_of_range",
            {"received": "-inf", "is_forbidden": True},
        ),
        (
            [0],
            [0],
            [1e308],
            "candidates.ev",
            (0,),
            "candidate_ev_out_of_range",
            {"received": "1e+308"},
        ),
        ([0], [0], [None], "candidates.ev", (0,), "array_entry", {"received": "None"}),
        ([0], [0], [1j], "candidates.ev", (), "array_type", {"received": "complex128"}),
        ([0], [0], np.ma.array([1.0], mask=True), "candidates.ev", (0,), "array_entry_masked", {}),
        ([None], [0], [1], "candidates.user", (0,), "array_entry", {"received": "None"}),
        ([0], [0], [HUGE], "candidates.ev", (), "array_ragged", {}),
        ([0], [0], ["much"], "candidates.ev", (0,), "array_entry", {"received": "'much'"}),
        # Duplicates, side by side and apart
        (
            [1, 1],
            [0, 0],
            [1, 1],
            "candidates",
            (1,),
            "candidate_twice",
            {"user": 1, "streamer": 0, "first": 0, "second": 1},
        ),
        (
            [2, 0, 2],
            [1, 1, 1],
            [1, 2, 3],
            "candidates",
            (2,),
            "candidate_twice",
            {"user": 2, "streamer": 1, "first": 0, "second": 2},
        ),
    ],
)
def test_candidates_that_are_no_pairs_of_the_problem_are_refused(
    users: Any,
    streamers: Any,
    ev: Any,
    field: str,
    position: tuple[int, ...],
    code: str,
    parameters: dict[str, Any],
) -> None:
    with pytest.raises(InputError) as refused:
        Candidates(users, streamers, ev, (3, 2))

    assert (refused.value.field, refused.value.position) == (field, position)
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_candidates_of_an_empty_side_make_no_problem(shape: tuple[int, int]) -> None:
    with pytest.raises(InputError) as refused:
        Problem(Candidates([], [], [], shape))

    assert (refused.value.field, refused.value.message.code) == ("ev", "problem_empty")


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
    message = Message("two_dimensions_expected", received=1)
    error = InputError("ev", message, (3, 4))

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert isinstance(copy, ValueError)
    assert (copy.field, copy.message, copy.position) == ("ev", message, (3, 4))
    assert str(copy) == str(message)


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
        assert certificate.faults[0].code == "prices_not_numbers"


def test_a_masked_allocation_is_none() -> None:
    masked = np.ma.array([0, 1], mask=[True, False])

    assert certify(Problem(EV), masked, ShadowPrices.zero(2)).faults


@pytest.mark.parametrize("call", [allocate, sensitivity])
def test_a_matrix_that_is_no_problem_is_refused(call: Callable[[Any], Any]) -> None:
    with pytest.raises(InputError) as refused:
        call([[1.0, 2.0]])

    assert refused.value.message == Message("problem_expected", type="list")
