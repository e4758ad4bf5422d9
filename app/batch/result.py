"""The result of a batch: an allocation, its prices and its certificate, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.text.shortage import slots_reason, whales_left_out
from messages import Message
from solver import Certificate, ShadowPrices

from .fair import FairOutcome
from .inputs import Inputs
from .parquet.destination import Destination
from .parquet.results import Counts, write_fairness, write_manifest, write_prices


@dataclass(frozen=True, eq=False)
class Result:
    """An allocation with its prices and its certificate.

    Parameters
    ----------
    mode : str
        "in memory" or "out of core".
    assignment : (N,) int64
        Each user's streamer; -1 for none.
    ev : callable
        Returns the EVs of a slice of users, (n,) float64, currency units; the values of users
        without a streamer are undefined.
    whale_objective, normal_objective : float
        Total EV of each tier, currency units.
    prices : ShadowPrices
    certificate : Certificate
    fair : FairOutcome, optional
        Of an allocation that weighs equality against the total.
    """

    mode: str
    assignment: NDArray[np.int64]
    ev: Callable[[slice], NDArray[np.float64]]
    whale_objective: float
    normal_objective: float
    prices: ShadowPrices
    certificate: Certificate
    fair: FairOutcome | None = None


def write_result(
    destination: Destination,
    inputs: Inputs,
    partitions: list[dict[str, Any]],
    prices: ShadowPrices,
    certificate: Certificate,
    counts: Counts,
    details: dict[str, Any],
    timings: Timings,
    fair: FairOutcome | None = None,
) -> dict[str, Any]:
    """Write prices and manifest beside the partitions of a result; return the manifest.

    Parameters
    ----------
    destination : Destination
    inputs : Inputs
    partitions : list of dict
        The manifest's entries of the partitions, which are written already.
    prices : ShadowPrices
    certificate : Certificate
    counts : Counts
    details : dict
        Members of the manifest that only this mode has.
    timings : Timings
    fair : FairOutcome, optional

    Raises
    ------
    solver.InputError
        Where a file cannot be written, or a partition is missing.
    """
    write_prices(destination, inputs.streamers, prices)
    if fair is not None:
        write_fairness(destination, inputs.streamers, fair.streamer_columns())
        details = {**details, "fairness": fair.as_mapping()}
    optimality = certificate if fair is None else fair.optimum.certificate
    timings.record("write")
    request, whales = inputs.request, inputs.limits.whales
    n_whales = int(np.count_nonzero(whales))
    left_out = n_whales - counts.allocated_whales
    summary = {
        "counts": {"users": len(whales), "whales": n_whales, **asdict(counts)},
        "streamers": inputs.streamers.count,
        "pairs": inputs.n_pairs,
        "row_groups": len(inputs.groups),
        "fill": request.fill,
        "tolerance": request.tolerance,
        "tolerance_reached": optimality.is_within(request.tolerance),
        "warnings": _warn_of_shortage(inputs, n_whales, left_out),
        "timings_ms": timings.total(),
        **details,
    }
    return write_manifest(destination, certificate, partitions, summary)


def _warn_of_shortage(inputs: Inputs, n_whales: int, left_out: int) -> list[Message]:
    """Return a message on the whales that have no streamer, if there are any."""
    if not left_out:
        return []
    limits = inputs.limits
    slots = int(np.minimum(limits.whale_cap, limits.capacity).sum())
    beyond_slots = min(left_out, max(0, n_whales - slots))
    reasons = []
    if beyond_slots:
        reason = slots_reason(limits.whale_cap if inputs.capped else None, limits.capacity)
        reasons.append((reason, beyond_slots))
    if left_out > beyond_slots:
        reasons.append((Message("no_streamer_with_room"), left_out - beyond_slots))
    return [whales_left_out(left_out, n_whales, reasons)]
