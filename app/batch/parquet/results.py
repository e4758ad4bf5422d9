"""Allocations as Parquet: partitions of users, prices, and the manifest."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.formats.arrow import tier_column
from app.formats.json import to_json_file
from app.text.members import write_messages
from messages import Message
from solver import Certificate, InputError, ShadowPrices

from .destination import MANIFEST, Destination
from .sides import Side

PARTITION = 1 << 20
"""Number of users per partition of a result."""

FORMAT = 1
"""Version of the manifest; it changes when keys change."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The allocation of consecutive users.

    Parameters
    ----------
    first : int
        Position of the first user.
    assignment : (n,) int
        Each user's streamer; -1 for none.
    ev : (n,) float64
        EV of each user's pair, currency units; undefined for users without a streamer.
    whales : (n,) bool
    """

    first: int
    assignment: NDArray[Any]
    ev: NDArray[np.float64]
    whales: NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """Allocated users and the objective, in currency units, of both tiers."""

    allocated_whales: int
    allocated_normal: int
    whale_objective: float
    normal_objective: float


def write_partition(
    destination: Destination,
    number: int,
    outcome: Outcome,
    users: Side,
    streamers: Side,
    prices: ShadowPrices,
) -> dict[str, Any]:
    """Write the allocation of consecutive users; return its manifest entry.

    The columns are user and streamer (ids if the input has them, else positions), tier ("whale" or
    "normal"), ev, and price, the shadow price of the slot. Users without a streamer have nulls.
    """
    streamer, whale_price, slot_price = outcome.assignment, prices.whale_price, prices.slot_price
    unassigned = streamer < 0
    position = np.where(unassigned, 0, streamer)
    price = np.where(outcome.whales, whale_price[position], slot_price[position])
    user = np.arange(outcome.first, outcome.first + len(streamer))
    table = pa.table(
        {
            "user": users.ids_at(user),
            "streamer": streamers.ids_at(streamer),
            "tier": tier_column(outcome.whales),
            "ev": pa.array(outcome.ev, mask=unassigned),
            "price": pa.array(price, mask=unassigned),
        }
    )
    name = f"part-{number:05}.parquet"
    destination.write_table(name, table, use_dictionary=["streamer", "tier", "price"])
    return {"file": name, "rows": len(streamer), "allocated": int((~unassigned).sum())}


def write_prices(destination: Destination, streamers: Side, prices: ShadowPrices) -> None:
    """Write `prices.parquet`: the shadow prices of both caps, by streamer."""
    table = pa.table(
        {
            "streamer": streamers.ids_at(np.arange(streamers.count)),
            "whale_cap": prices.whale_cap,
            "capacity": prices.capacity,
        }
    )
    destination.write_table("prices.parquet", table)


def write_fairness(
    destination: Destination, streamers: Side, columns: Mapping[str, NDArray[np.float64]]
) -> None:
    """Write `fairness.parquet`: weights, prices at these weights, and revenues, by streamer."""
    positions = np.arange(streamers.count)
    table = pa.table({"streamer": streamers.ids_at(positions), **columns})
    destination.write_table("fairness.parquet", table)


def write_manifest(
    destination: Destination,
    certificate: Certificate,
    partitions: list[dict[str, Any]],
    summary: dict[str, Any],
) -> dict[str, Any]:
    """Write `manifest.json`, the last file of a result, and return it.

    Raises
    ------
    solver.InputError
        If a partition is missing: a worker wrote it to a disk that is not shared.
    """
    _expect_partitions(destination, partitions)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "certificate": {
            **certificate.as_mapping(),
            "objective": certificate.objective,
            "relative_gap": certificate.relative_gap,
        },
        **summary,
        "versions": _versions(),
        "partitions": partitions,
    }
    manifest = write_messages(manifest)
    destination.write_bytes(MANIFEST, to_json_file(manifest))
    return manifest


def _expect_partitions(destination: Destination, partitions: list[dict[str, Any]]) -> None:
    names = destination.names()
    for partition in partitions:
        if partition["file"] not in names:
            raise InputError("output", Message("output_not_shared", file=partition["file"]))


def _versions() -> dict[str, str]:
    names = ("whale-matching", "numpy", "numba", "ortools", "pyarrow", "fsspec")
    return {"python": platform.python_version()} | {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a checkout
        return "unknown"
