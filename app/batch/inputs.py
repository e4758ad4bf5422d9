"""Inputs of a batch: the request, row groups of candidates, both sides, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sheets.streamer_revenue import StreamerRevenue
from messages import Message
from solver import Fill, InputError, wealthiest
from solver.kernels import count_cores
from solver.model import Limits, as_caps

from .parquet.row_groups import RowGroup, row_groups
from .parquet.side_tables import SideTable, match_candidate_order, read_side, side_of_pairs
from .parquet.sides import Side
from .parquet.storage import partitions


@dataclass(frozen=True)
class Request:
    """The options of a batch.

    Parameters
    ----------
    candidates : str
        Path or URL of the pairs.
    users, streamers : str, optional
        Of the tables beside them.
    k, capacity : int, optional
        Caps alike for all streamers; else the columns k and capacity of `streamers`.
    whale_share, whale_threshold : float, optional
    all_whales : bool
    fill : {"greedy", "joint", "none"}
    tolerance : float
        Gap, a share of the objective, at which the solver may stop.
    memory : int, optional
        Most bytes to take: where candidates need more, they are read again and again instead.
    fairness : mapping, optional
        Arguments of `solver.allocate_fair`; if given, streamers' revenues are made more equal.
    base : StreamerRevenue, optional
        What they had before.
    """

    candidates: str
    users: str | None
    streamers: str | None
    k: int | None
    capacity: int | None
    whale_share: float | None
    whale_threshold: float | None
    all_whales: bool
    fill: Fill
    tolerance: float
    memory: int | None = None
    fairness: Mapping[str, Any] | None = None
    base: StreamerRevenue | None = None


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything that is read before the candidates themselves.

    Parameters
    ----------
    request : Request
    groups : list of RowGroup
        Of the candidates.
    users, streamers : Side
    limits : Limits
    capped : bool
        Whether the request or the table of streamers sets k.
    """

    request: Request
    groups: list[RowGroup]
    users: Side
    streamers: Side
    limits: Limits
    capped: bool

    @property
    def n_pairs(self) -> int:
        """The number of candidates."""
        return sum(group.n_rows for group in self.groups)


def read_inputs(request: Request) -> Inputs:
    """Read the footers of the candidates, the tables beside them, and the limits.

    Raises
    ------
    solver.InputError
    """
    with ThreadPoolExecutor(count_cores()) as pool:
        groups = row_groups(partitions(request.candidates, "candidates"), pool)
    users, streamers = _tables(request, groups)
    n_users, n_streamers = users.side.count, streamers.side.count
    whale_cap, capacity = (
        as_caps(streamers.columns.get(name, n_users) if cap is None else cap, name, n_streamers)
        for name, cap in (("k", request.k), ("capacity", request.capacity))
    )
    no_guarantees = np.zeros(n_streamers, dtype=np.int64)
    limits = Limits(_whales(request, users), whale_cap, capacity, no_guarantees, np.empty(0), 1)
    capped = request.k is not None or "k" in streamers.columns
    return Inputs(request, groups, users.side, streamers.side, limits, capped)


def _tables(request: Request, groups: list[RowGroup]) -> tuple[SideTable, SideTable]:
    users, streamers = request.users, request.streamers
    return (
        SideTable(side_of_pairs(groups, "user"), {})
        if users is None
        else match_candidate_order(
            read_side(users, "user", ("wealth", "whale"), "users"), groups[0]
        ),
        SideTable(side_of_pairs(groups, "streamer"), {})
        if streamers is None
        else read_side(streamers, "streamer", ("capacity", "k"), "capacity"),
    )


def _whales(request: Request, users: SideTable) -> NDArray[np.bool_]:
    """Return the mask of whales: all, by share or threshold of wealth, by column, or 1 %."""
    columns, share = users.columns, request.whale_share
    if request.all_whales:
        return np.ones(users.side.count, dtype=np.bool_)
    if share is None and request.whale_threshold is None:
        if "whale" in columns:
            return columns["whale"]
        share = 0.01
    if "wealth" not in columns:
        raise InputError(
            "users",
            Message("whale_columns_missing"),
        )
    if share is None:
        return np.asarray(columns["wealth"] >= np.float64(request.whale_threshold or 0.0))
    if not 0 < share <= 1:
        raise InputError("whale_share", Message("whale_share_expected", received=str(share)))
    return wealthiest(columns["wealth"], share)
