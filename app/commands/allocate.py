"""whale-matching allocate."""

from __future__ import annotations

from typing import Annotated

import typer

from app.allocations import allocation
from app.files import expect_writable, to_json_file, write_atomically
from app.schemas import AllocateRequest, checked
from app.settings import Settings
from app.timings import Timings
from solver import Algorithm, Fill

from .problem import (
    Capacity,
    Ev,
    K,
    MinUsers,
    Output,
    StreamersPerUser,
    Wealth,
    WhalePenalty,
    WhaleShare,
    WhaleThreshold,
    problem,
)


def allocate(
    ev: Ev,
    output: Output,
    k: K = None,
    wealth: Wealth = None,
    whale_share: WhaleShare = None,
    whale_threshold: WhaleThreshold = None,
    capacity: Capacity = None,
    min_users: MinUsers = None,
    whale_penalty: WhalePenalty = None,
    max_streamers_per_user: StreamersPerUser = 1,
    algorithm: Annotated[Algorithm, typer.Option(help="of the whale tier")] = "min-cost-flow",
    fill: Annotated[Fill, typer.Option(help="how normal users are allocated")] = "greedy",
    tolerance: Annotated[
        float, typer.Option(help="gap, a share of the objective, at which to stop")
    ] = 0.0,
) -> None:
    """Allocate the users of an EV matrix."""
    expect_writable(output)
    timings = Timings()
    given = problem(
        ev, k, wealth, whale_share, whale_threshold,
        capacity, min_users, whale_penalty, max_streamers_per_user,
    )  # fmt: skip
    given |= {"algorithm": algorithm, "fill": fill, "tolerance": tolerance}
    answer = allocation.answer(checked(AllocateRequest, given), Settings(), timings)
    write_atomically(output, to_json_file(answer))
    objective, certificate = answer["objective"], answer["certificate"]
    proof = "proven optimal" if certificate["proven_optimal"] else f"gap {certificate['gap']:.6g}"
    less = " less penalties" if "penalty" in objective else ""
    print(
        f"Total EV{less} {objective['total']:.6g}; {certificate['scope']} tier {proof}. → {output}"
    )
