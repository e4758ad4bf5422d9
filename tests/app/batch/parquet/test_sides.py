"""SortedIds of files, positions inside."""

from __future__ import annotations

import pickle
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.parquet.sides import Side
from app.sheets.ids import SortedIds
from messages import Message
from solver import InputError

NAMED = SortedIds.of(pa.array([f"u{at}" for at in range(1_000)], pa.large_string()))
NUMBERED = SortedIds.of(pa.array([7 * at * (-1) ** at + 10**15 for at in range(1_000)], pa.int64()))
USERS = Side("user", 1_000, NAMED)


@pytest.mark.parametrize(
    "positions",
    [
        [400, 401, 401, 402],  # in the order of the table, close together
        [402, 400, 402, 401],  # out of order
        [3, 999, 0],  # far apart
        [],
    ],
)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_ids_are_found_wherever_they_stand(positions: list[int], kind: pa.DataType) -> None:
    column = pa.chunked_array([[f"u{at}" for at in positions]], kind)

    assert USERS.positions(column, "here").tolist() == positions
    assert USERS.positions(column.dictionary_encode(), "here").tolist() == positions


@given(st.lists(st.integers(0, 999)), st.sampled_from([pa.int64(), pa.uint64()]))
def test_whole_numbers_are_ids_like_others(positions: list[int], kind: pa.DataType) -> None:
    ids = NUMBERED.values.take(pa.array(positions, pa.int32())).cast(kind)
    users = Side("user", 1_000, NUMBERED)

    assert users.positions(pa.chunked_array([ids]), "here").tolist() == positions
    assert users.ids_at(np.array(positions, dtype=np.int64)).to_pylist() == ids.to_pylist()


@given(st.lists(st.text(), unique=True), st.randoms(use_true_random=False))
def test_ids_are_found_after_a_journey_to_another_process(names: list[str], rng: Random) -> None:
    wanted = rng.sample([*names, *(name + "!" for name in names)], len(names))
    sent = pickle.dumps(SortedIds.of(pa.array(names, pa.large_string())))
    ids = pickle.loads(sent)  # noqa: S301 - our own bytes

    found = ids.positions(pa.array(wanted, pa.large_string()))

    known = {name: at for at, name in enumerate(names)}
    assert found.tolist() == [known.get(name, -1) for name in wanted]


@pytest.mark.parametrize(("ids", "twin"), [(["b", "a", "b"], "b"), (["b", "a"], None), ([], None)])
def test_an_id_that_is_there_twice_is_found(ids: list[str], twin: str | None) -> None:
    assert SortedIds.of(pa.array(ids, pa.large_string())).duplicate() == twin


@pytest.mark.parametrize("ids", [["u1", "nobody", "u2"], ["nobody"], ["u2", "u1", "nobody"]])
def test_an_unknown_id_is_named_with_its_row(ids: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        USERS.positions(pa.chunked_array([ids]), "here")

    row = ids.index("nobody")
    assert refused.value.message == Message(
        "candidate_unknown", side="user", row=row, where="here", id="'nobody'", part="whole"
    )


def test_positions_are_named_as_files_have_them() -> None:
    at = np.array([2, -1, 0])

    assert USERS.ids_at(at).to_pylist() == ["u2", None, "u0"]
    assert Side("user", 3).ids_at(at).to_pylist() == [2, None, 0]
