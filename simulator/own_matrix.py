"""The sweep on a caller's own matrix: k × whale share against everybody's best streamer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solver import Allocation, InputError, Problem, allocate, wealthiest

from .gate import gate_word, judge
from .metrics import gini
from .own_configuration import OwnSweepConfig
from .own_findings import own_findings
from .own_gifts import Givers
from .statistics import resampling_weights, spread

METRICS = ("revenue", "streamer_gini", "overcrowded_share", "overload_rate")
"""What is measured of every simulation."""


def sweep_own(
    problem: Problem,
    wealth: ArrayLike,
    config: OwnSweepConfig,
    streamer_ids: Sequence[str] | None = None,
    on_point: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Allocate an own matrix under every whale share and k, and judge each against no cap at all.

    The baseline sends everybody to its best streamer, whatever the capacities. A configuration
    allocates whales exactly, at most k to a streamer, then everybody else in order of position
    into the capacity left (`solver.allocate`, fill greedy). What an allocation is expected to
    bring is exact; what it brings is drawn `simulations` times by `GiftModel`, and differences
    from the baseline are paired by simulation.

    Parameters
    ----------
    problem : Problem
        EV, a matrix or candidates, and capacities. Its whales and whale caps count for nothing.
    wealth : (N,) array_like of float
        Who is a whale: only the order counts.
    config : OwnSweepConfig
    streamer_ids : sequence of str, optional
        By default "0", "1", ….
    on_point : callable
        Called with the number of allocations done and to do.

    Returns
    -------
    dict
        As JSON writes it, in the shape of a sweep of drawn worlds (`Sweep.summary`) with what an
        own matrix says besides: `expected`, `objective`, `certificate`, `shadow_prices` and
        `displaced`.

    Raises
    ------
    solver.InputError
        On wealth that is not one finite number for each user, or a problem that shows users to
        several streamers.
    """
    if problem.limits.per_user != 1:
        raise InputError(
            "max_streamers_per_user", "Expected users who are shown to one streamer each."
        )
    richness = _checked_wealth(wealth, problem.n_users)
    simulated = _Simulated.of(config, problem.n_users)
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    baseline = _Placed.of(problem, problem.first_choices(everybody))
    base_values = simulated.values(problem, baseline)
    total = len(config.whale_shares) * len(config.k_values)
    results: list[dict[str, Any]] = []
    for whale_share in config.whale_shares:
        whales = wealthiest(richness, whale_share)
        for k in config.k_values:
            cap = np.full(problem.n_streamers, k)
            capped = problem.with_limits(replace(problem.limits, whales=whales, whale_cap=cap))
            allocation = allocate(capped)
            placed = _Placed.of(capped, allocation.streamer)
            point = {"k": k, "whale_share": whale_share, "capacity_scale": 1.0}
            results.append(
                point
                | {"algorithm": "min-cost-flow"}
                | simulated.compared(capped, placed, base_values)
                | _expected(capped, placed, baseline)
                | _exact(capped, allocation, streamer_ids)
                | _displaced(capped, placed, baseline)
            )
            on_point(len(results), total)
    whole = {
        "capacity_scale": 1.0,
        "whale_share": config.whale_shares[0],
        "metrics": simulated.metrics(base_values),
        **_expected(problem, baseline, baseline),
    }
    sizes = {"n_users": problem.n_users, "n_streamers": problem.n_streamers}
    return {
        "config": config.as_mapping() | sizes,
        "baseline": whole,
        "baselines": [whole],
        "results": results,
        "gate_5c": gate_word(any(result["gate_5c"] == "PASS" for result in results)),
        "best": max(results, key=_merit),
        "findings": own_findings(results, whole, config.simulations),
    }


@dataclass(frozen=True, eq=False)
class _Placed:
    """An allocation with what it is worth.

    Parameters
    ----------
    streamer : (N,) int64
        -1 for none.
    ev : (N,) float64
        What each user is worth where it is; 0 where it is nowhere.
    load : (S,) int64
    """

    streamer: NDArray[np.int64]
    ev: NDArray[np.float64]
    load: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem, streamer: NDArray[np.int64]) -> _Placed:
        ev = np.zeros(problem.n_users)
        users = np.flatnonzero(streamer >= 0)
        ev[users] = problem.ev_at(users, streamer[users])
        load = np.bincount(streamer[users], minlength=problem.n_streamers)
        return cls(streamer, ev, load)

    def revenue(self) -> NDArray[np.float64]:
        """Return what each streamer is expected to get, (S,) float64."""
        met = self.streamer >= 0
        totals = np.bincount(self.streamer[met], self.ev[met], minlength=len(self.load))
        return totals.astype(np.float64, copy=False)


@dataclass(frozen=True, eq=False)
class _Simulated:
    """The givers of every simulation, the same for all allocations, and the resamples."""

    givers: Sequence[Givers]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, config: OwnSweepConfig, n_users: int) -> _Simulated:
        seeds = range(config.seed, config.seed + config.simulations)
        givers = [config.gifts.draw(n_users, np.random.default_rng(seed)) for seed in seeds]
        return cls(givers, resampling_weights(config.simulations, config.seed))

    def values(self, problem: Problem, placed: _Placed) -> NDArray[np.float64]:
        """Return the metrics of every simulation, (simulations, 4) float64."""
        crowded = placed.load > problem.capacity
        met = int(placed.load.sum())
        overcrowded = float(placed.load[crowded].sum() / met) if met else 0.0
        rows = []
        for givers in self.givers:
            revenue = givers.revenue(placed.streamer, placed.ev, problem.n_streamers)
            rows.append((revenue.sum(), gini(revenue), overcrowded, crowded.mean()))
        return np.array(rows, dtype=np.float64)

    def metrics(self, values: NDArray[np.float64]) -> dict[str, Any]:
        return dict(zip(METRICS, spread(values, self.weights), strict=True))

    def compared(
        self, problem: Problem, placed: _Placed, base: NDArray[np.float64]
    ) -> dict[str, Any]:
        """Return the metrics of an allocation, its differences and its verdict."""
        values = self.values(problem, placed)
        metrics = self.metrics(values)
        differences = values - base
        revenue_pct: dict[str, Any] = {"mean": None, "std": None, "ci95": [None, None]}
        base_revenue = base[:, 0].mean()
        if base_revenue > 0:
            percent = 100 * differences[:, :1] / base_revenue
            revenue_pct = spread(percent, self.weights)[0]
        others = dict(zip(METRICS[1:], spread(differences[:, 1:], self.weights), strict=True))
        delta = {"revenue_pct": revenue_pct, **others}
        verdict = judge(
            metrics["overcrowded_share"]["mean"],
            delta["streamer_gini"]["mean"],
            delta["revenue_pct"]["mean"],
        )
        return {
            "metrics": metrics,
            "delta": delta,
            "hypotheses": verdict.hypotheses,
            "gate_5c": verdict.gate_5c,
        }


def _checked_wealth(wealth: ArrayLike, n_users: int) -> NDArray[np.float64]:
    try:
        checked = np.asarray(wealth, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError("wealth", "Expected wealth in numbers, one per user.") from error
    if checked.shape != (n_users,):
        shape = " × ".join(map(str, checked.shape)) or "one number"
        raise InputError("wealth", f"Expected wealth for each of {n_users} users; got {shape}.")
    bad = np.flatnonzero(~np.isfinite(checked))
    if len(bad):
        at = int(bad[0])
        raise InputError(
            "wealth", f"Expected finite numbers in wealth; user {at} has {checked[at]}.", (at,)
        )
    return checked


def _expected(problem: Problem, placed: _Placed, baseline: _Placed) -> dict[str, Any]:
    """Return what an allocation is expected to bring, exactly."""
    revenue, base = placed.revenue(), baseline.revenue()
    base_total = float(base.sum())
    change = float(revenue.sum()) - base_total
    expected: dict[str, Any] = {
        "revenue": float(revenue.sum()),
        "streamer_gini": gini(revenue),
        "overload_rate": float((placed.load > problem.capacity).mean()),
        "unallocated_users": int((placed.streamer < 0).sum()),
    }
    if placed is not baseline:
        expected["revenue_pct"] = 100 * change / base_total if base_total > 0 else None
        expected["streamer_gini_change"] = expected["streamer_gini"] - gini(base)
    return {"expected": expected}


def _exact(problem: Problem, allocation: Allocation, ids: Sequence[str] | None) -> dict[str, Any]:
    """Return what the solver proves, what each cap costs and whether k binds at all."""
    certificate, demand = allocation.certificate, allocation.demand
    prices = allocation.shadow_prices
    over = demand > np.minimum(problem.whale_cap, problem.capacity)
    return {
        "objective": {
            "whale": allocation.whale_objective,
            "normal": allocation.normal_objective,
            "total": allocation.objective,
        },
        "certificate": {
            "scope": certificate.scope,
            "upper_bound": certificate.upper_bound,
            "gap": certificate.gap,
            "proven_optimal": certificate.proven_optimal,
        },
        "shadow_prices": {
            "whale_cap": _non_zero(prices.whale_cap, ids),
            "capacity": _non_zero(prices.capacity, ids),
        },
        "binding": {
            "rounds_share": float(over.any()),
            "binding_rounds": int(over.any()),
            "rounds": 1,
            "whales_per_round": int(problem.whales.sum()),
            "max_whales_wanted": int(demand.max()),
            "streamers_over_cap": int(over.sum()),
        },
    }


def _non_zero(prices: NDArray[np.float64], ids: Sequence[str] | None) -> dict[str, float]:
    """Return prices by the id of their streamer, only those that are not 0."""
    return {
        str(at) if ids is None else ids[at]: float(prices[at])
        for at in np.flatnonzero(prices).tolist()
    }


def _displaced(problem: Problem, placed: _Placed, baseline: _Placed) -> dict[str, Any]:
    """Return how many users of each tier get less than at their first choice, and how much less.

    A user at another streamer of the same EV loses nothing, and does not count.
    """
    lost = baseline.ev - placed.ev
    tiers = {"whales": problem.whales, "normal": ~problem.whales}
    return {"displaced": {name: _loss(lost[tier]) for name, tier in tiers.items()}}


def _loss(lost: NDArray[np.float64]) -> dict[str, Any]:
    less = lost[lost > 0]
    return {
        "users": len(less),
        "cost": float(less.sum()),
        "mean_cost": float(less.mean()) if len(less) else 0.0,
    }


def _merit(result: Mapping[str, Any]) -> tuple[int, float]:
    """Order results as a sweep does: more hypotheses met first, then more expected revenue."""
    return sum(result["hypotheses"].values()), result["expected"]["revenue"]
