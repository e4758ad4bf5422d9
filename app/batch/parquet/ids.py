"""Ids of the one side or the other: which of them stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Ids:
    """Ids by position, and sorted, so that each is found without looking at all.

    Parameters
    ----------
    values : (n,) pyarrow array, large_string or int64
        By position.
    ascending : (n,) pyarrow array
        The same, sorted; `values` itself where that is sorted.
    order : (n,) uint64 or None
        Position of each that is sorted; None where these are 0 … n-1.
    """

    values: pa.Array
    ascending: pa.Array
    order: NDArray[np.uint64] | None

    @staticmethod
    def of(values: pa.Array) -> Ids:
        """Return ids in an order of their own."""
        n_ids = len(values)
        if pc.all(pc.less_equal(values.slice(0, max(n_ids - 1, 0)), values.slice(1))).as_py():
            return Ids(values, values, None)
        order = pc.sort_indices(values)
        return Ids(values, values.take(order), order.to_numpy())

    def __reduce__(self) -> tuple[Any, ...]:
        """Send the ids alone, and no more of them than these, to another process."""
        return Ids.of, (pa.concat_arrays([self.values]),)

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        sorted_apart = 0 if self.order is None else self.ascending.nbytes + self.order.nbytes
        return int(self.values.nbytes + sorted_apart)

    @property
    def are_text(self) -> bool:
        """Whether they are text; else whole numbers."""
        return bool(pa.types.is_large_string(self.values.type))

    def twin(self) -> Any | None:
        """Return an id that is there twice, if there is one."""
        again = pc.equal(self.ascending.slice(0, max(len(self.values) - 1, 0)),
                         self.ascending.slice(1))  # fmt: skip
        index = pc.index(again, True).as_py()
        return None if index < 0 else self.ascending[index].as_py()

    def positions(self, wanted: pa.Array) -> NDArray[np.int32]:
        """Return the positions of ids of the same type, (m,) int32; -1 for those that are none."""
        if not len(self.values):
            return np.full(len(wanted), -1, dtype=np.int32)
        sought = pc.search_sorted(self.ascending, wanted).to_numpy()
        nearest = np.minimum(sought, len(self.values) - 1)
        is_there = pc.equal(self.ascending.take(pa.array(nearest)), wanted)
        position = nearest if self.order is None else self.order[nearest]
        there = is_there.to_numpy(zero_copy_only=False)
        return np.where(there, position.astype(np.int32), np.int32(-1))
