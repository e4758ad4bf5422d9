"""Fair allocation: how long it takes, how much it proves, and its peers on the same EVs.

Run with ``make bench-fairness``, which writes ``benchmarks/FAIRNESS.md``; or, for the cases that
have one of some words in their names, ``python -m benchmarks.fairness WORD…``. Times are medians of
interleaved calls, from the bare matrix to an allocation with its certificate. Peers' welfare is
given by how far it is below the bound of our certificate.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator import (
    CommonDraws,
    FairOnline,
    SweepConfig,
    WorldConfig,
    draw_world,
    replay_policy,
    run_sweep,
)
from solver import (
    FairAllocation,
    Problem,
    allocate_fair,
    certify_fair,
    frontier,
    warm_up,
)

from .fair_peers import FoundWelfare, frank_wolfe, has_cvxpy, highs, nash
from .inputs import matrix
from .measure import Figure, race

RESULTS = Path(__file__).with_name("FAIRNESS.md")
HEAD = "| case | what | measured | must reach | reached |\n|---|---|---|---|---|"

CAP = 22
ORACLES = (12, 60)
"""Oracles that Frank–Wolfe may ask: what takes about as long as ours, and five times as many."""

MILP_SECONDS = 60.0
NASH_SECONDS = 60.0

ROUNDING = 1e-12
"""Shares below it are shown as 0."""

SMALL_GINI = 0.005
"""Gini coefficient below which a loss need not be used up."""

Matrix = NDArray[np.float64]
Figures = Iterator[Figure]
WorldName = Literal["lognormal", "drawn", "simulator lognormal"]


@dataclass(frozen=True)
class World:
    """A matrix of 10,000 × 500, and how near the floor its Gini must be at most."""

    make: Callable[[], Matrix]
    above_floor: float


def main(words: list[str]) -> None:
    chosen = {
        name: measure
        for name, measure in CASES.items()
        if not words or any(word in name for word in words)
    }
    warm_up()
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = []
    print(HEAD)
    for name, measure in chosen.items():
        for figure in measure():
            lines.append(figure.line(name))
            print(lines[-1], flush=True)
    if not words:
        RESULTS.write_text("\n".join([*write_introduction(load), HEAD, *lines]) + "\n")


def write_introduction(load: str) -> list[str]:
    """Return the lines above the table."""
    peers = [f"{name} {version(name)}" for name in ("scipy", "cvxpy", "scs") if _is_there(name)]
    left_out = (
        []
        if has_cvxpy()
        else ["", "CVXPY or SCS was not installed: Nash's welfare has no peer here."]
    )
    return [
        "# Fair allocation",
        "",
        f"{os.cpu_count()} cores; {', '.join(peers)}; load averages at the start {load}. Where they"
        " are above the number of cores, others computed besides, and times are too long.",
        "",
        "Every user is a whale. Three worlds have 10,000 users × 500 streamers, at most"
        f" {CAP} users a streamer:",
        "",
        "- lognormal: noise (σ 0.5) × popularity (σ 0.2) × wealth (σ 1).",
        "- drawn: the simulator's world, with EV by the amounts that are drawn.",
        "- simulator lognormal: the same, with EV by the published lognormal amounts. A user can be"
        " worth several times what a streamer has on average: there, the floor is loose.",
        "",
        "A welfare gap is the bound of the certificate less the welfare, as a share of it."
        " Frank–Wolfe on the Moreau envelope is our reimplementation, with our solver as its exact"
        " oracle; gaps of peers are against the same bound.",
        *left_out,
        "",
    ]  # fmt: skip


def _is_there(name: str) -> bool:
    return name == "scipy" or has_cvxpy()


def lognormal(n_users: int = 10_000, n_streamers: int = 500) -> Matrix:
    """Return noise × popularity × wealth, (N, S); seed 0."""
    rng = np.random.default_rng(0)
    noise = rng.lognormal(0, 0.5, (n_users, n_streamers))
    return noise * rng.lognormal(0, 0.2, n_streamers) * rng.lognormal(1, 1, (n_users, 1))


def simulated(config: WorldConfig) -> Matrix:
    """Return the EVs of the first round of the simulator's world, seed 0."""
    return matrix(draw_world(config, np.random.default_rng(0)))


WORLDS: dict[WorldName, World] = {
    "lognormal": World(lognormal, 0.003),
    "drawn": World(lambda: simulated(WorldConfig(n_streamers=500, ev_model="drawn")), 0.012),
    "simulator lognormal": World(lambda: simulated(WorldConfig(n_streamers=500)), 0.012),
}


@cache
def world(name: WorldName) -> Matrix:
    return WORLDS[name].make()


def percent(what: str, share: float, at_most: float | None = None) -> Figure:
    value = 100 * share if abs(share) > ROUNDING else 0.0
    return Figure(what, value, "%", at_most=at_most)


def below(bound: float, welfare: float) -> float:
    """Return how far a welfare is below a bound, as a share of itself."""
    return (bound - welfare) / welfare


def inputs(name: WorldName) -> Figures:
    ev = world(name)
    first = allocate_fair(Problem(ev, whale_cap=CAP), theta=0.0)
    yield Figure("Gini at the optimum", first.gini, "")
    richest = float(ev.max()) / float(first.revenue.mean())
    yield Figure("greatest EV ÷ mean revenue of a streamer", richest, "×")


def one_theta(name: WorldName) -> Figures:
    """Time a welfare beside Frank–Wolfe, from the bare matrix."""
    ev, theta = world(name), 0.1
    found: dict[str, FairAllocation] = {}
    peers: dict[int, FoundWelfare] = {}

    def ours() -> None:
        found["ours"] = allocate_fair(Problem(ev, whale_cap=CAP), theta=theta)

    def theirs(oracles: int) -> None:
        peers[oracles] = frank_wolfe(ev, CAP, theta, oracles)

    calls: dict[str, Callable[[], object]] = {"ours": ours}
    calls |= {f"{each}": partial(theirs, each) for each in ORACLES}
    times = race(calls, repeats=3)
    certificate = found["ours"].certificate
    yield Figure("cold, from the matrix to the certificate", times["ours"], "s", at_most=1.7)
    yield percent("welfare gap", certificate.relative_gap, 0.03)
    for each in ORACLES:
        peer, words = peers[each], f"Frank–Wolfe, {each} oracles"
        yield Figure(f"{words}: time ÷ ours", times[f"{each}"] / times["ours"], "×")
        yield percent(f"{words}: gap of whole users", below(certificate.welfare_bound, peer.whole))
        divisible = below(certificate.welfare_bound, peer.divisible)
        yield percent(f"{words}: gap of its divisible users", divisible)
        bound = below(peer.bound, certificate.welfare)
        yield percent(f"{words}: gap of our allocation, by its bound", bound)


def ten_points(name: WorldName) -> Figures:
    """Time `frontier`; its later points have a warm start."""
    ev, at = world(name), list[float]()
    whole, each = list[float](), list[NDArray[np.float64]]()
    for _ in range(3):
        at[:] = [time.perf_counter()]
        problem = Problem(ev, whale_cap=CAP)
        found = frontier(problem, points=10, on_point=lambda _: at.append(time.perf_counter()))
        whole.append(time.perf_counter() - at[0])
        each.append(np.diff(at))
    point = np.median(each, axis=0)
    yield Figure("whole call", statistics.median(whole), "s", at_most=8)
    theta = [each.theta or 0.0 for each in found.points]
    nearest = int(np.abs(np.array(theta) - 0.1).argmin())
    yield Figure(f"warm, its point θ = {theta[nearest]:.2g}", point[nearest], "s", at_most=1)
    slowest = 1 + int(point[1:].argmax())
    yield Figure(f"its slowest point, θ = {theta[slowest]:.2g}", point[slowest], "s")
    above = [each.gini - found.gini_at_least(each.objective) for each in found.points]
    far = int(np.argmax(above))
    words = f"Gini above its floor, at its farthest point, θ = {theta[far]:.2g}"
    yield Figure(words, above[far], "", at_most=0.012)


def losses(name: WorldName) -> Figures:
    """Time `max_loss`, and how much of the loss is used."""
    ev = world(name)
    found: dict[float, FairAllocation] = {}

    def solve(loss: float) -> None:
        found[loss] = allocate_fair(Problem(ev, whale_cap=CAP), max_loss=loss)

    asked = (0.01, 0.005)
    times = race({f"{loss}": partial(solve, loss) for loss in asked}, repeats=3)
    solve(0.001)
    for loss in asked:
        yield Figure(f"`max_loss` {100 * loss:g} %", times[f"{loss}"], "s", at_most=3)
    for loss in sorted(found):
        one, words = found[loss], f"`max_loss` {100 * loss:g} %"
        used, is_small = 100 * one.loss / loss, one.gini < SMALL_GINI
        yield Figure(f"{words}: used of it", used, "%", at_least=None if is_small else 95)
        yield Figure(f"{words}: Gini", one.gini, "")
        above = one.gini - one.certificate.gini_at_least
        goal = WORLDS[name].above_floor
        yield Figure(f"{words}: Gini above its floor", above, "", at_most=goal)
    exceeded = sum(found[loss].loss > loss for loss in found)
    yield Figure("losses exceeded", exceeded, "", at_most=0)


def gaps(name: WorldName) -> Figures:
    problem = Problem(world(name), whale_cap=CAP)
    for theta, goal in ((0.05, 0.03), (0.1, 0.03), (0.15, 0.03), (0.25, 0.2), (0.5, 0.5)):
        found = allocate_fair(problem, theta=theta)
        yield percent(f"welfare gap at θ = {theta:g}", found.certificate.relative_gap, goal)


def certificates(name: WorldName) -> Figures:
    problem = Problem(world(name), whale_cap=CAP)
    found = allocate_fair(problem, theta=0.1)
    check = partial(
        certify_fair, problem, found.assignment, found.weights, found.prices, 0.1,
        large=found.certificate.large,
    )  # fmt: skip
    times = race({"check": check}, repeats=21)
    yield Figure("`certify_fair`", 1e3 * times["check"], "ms", at_most=20)


def never_exceeded() -> Figures:
    """Count losses that are exceeded, on many problems of all shapes."""
    rng, exceeded, count = np.random.default_rng(0), 0, 0
    for _ in range(50):
        n_streamers = int(rng.integers(2, 30))
        n_users = int(rng.integers(2, 15)) * n_streamers
        ev = rng.lognormal(0, rng.uniform(0.1, 1.5), (n_users, n_streamers))
        ev *= rng.lognormal(0, rng.uniform(0, 2), (n_users, 1))
        problem = Problem(ev, whale_cap=int(rng.integers(1, 20)))
        for loss in (0.001, 0.01, 0.05, 0.2):
            exceeded += allocate_fair(problem, max_loss=loss).loss > loss
            count += 1
    yield Figure("problems × losses", count, "")
    yield Figure("losses exceeded", exceeded, "", at_most=0)


def few_users() -> Figures:
    """Two users a streamer: the best whole allocation is far below the best divisible one."""
    problem = Problem(lognormal(1_000, 500), whale_cap=3)
    for theta in (0.05, 0.25):
        found = allocate_fair(problem, theta=theta)
        yield percent(f"welfare gap at θ = {theta:g}", found.certificate.relative_gap)
    found = allocate_fair(problem, max_loss=0.01)
    above = found.gini - found.certificate.gini_at_least
    yield Figure("`max_loss` 1 %: Gini above its floor", above, "")


def beside_highs(n_users: int, n_streamers: int, theta: float) -> Figures:
    """Compare welfare with the MILP's; HiGHS may not have finished."""
    ev, cap = lognormal(n_users, n_streamers), -(-n_users * 11 // (10 * n_streamers))
    found: dict[str, FairAllocation] = {}
    peer: dict[str, FoundWelfare] = {}

    def ours() -> None:
        found["ours"] = allocate_fair(Problem(ev, whale_cap=cap), theta=theta)

    def theirs() -> None:
        peer["HiGHS"] = highs(ev, cap, theta, MILP_SECONDS)

    times = race({"ours": ours, "HiGHS": theirs}, repeats=1)
    certificate, best = found["ours"].certificate, peer["HiGHS"]
    yield Figure("ours", 1e3 * times["ours"], "ms")
    yield Figure(f"HiGHS, at most {MILP_SECONDS:g} s", times["HiGHS"], "s")
    yield percent("ours below HiGHS's best allocation", below(best.whole, certificate.welfare), 0.1)
    yield percent("ours below HiGHS's bound", below(best.bound, certificate.welfare))
    yield percent("ours below our own bound", certificate.relative_gap)


def beside_nash() -> Figures:
    """Nash's welfare, with CVXPY and SCS where they can be imported."""
    ev, cap = lognormal(600, 30), CAP
    found: dict[str, FairAllocation] = {}
    peer: dict[str, FoundWelfare] = {}

    def ours() -> None:
        found["ours"] = allocate_fair(Problem(ev, whale_cap=cap), alpha=1.0)

    def theirs() -> None:
        peer["SCS"] = nash(ev, cap, NASH_SECONDS)

    calls: dict[str, Callable[[], object]] = {"ours": ours}
    if has_cvxpy():
        calls["SCS"] = theirs
    times = race(calls, repeats=1)
    certificate = found["ours"].certificate
    yield Figure("ours", times["ours"], "s")
    yield percent("welfare gap, whole users", certificate.relative_gap)
    if "SCS" in peer:
        yield Figure(f"CVXPY and SCS, at most {NASH_SECONDS:g} s", times["SCS"], "s")
        divisible = below(certificate.welfare_bound, peer["SCS"].divisible)
        yield percent("CVXPY and SCS: gap, divisible users", divisible)


def in_the_simulator() -> Figures:
    """Take the lowest expected Gini within a loss against greedy, by the ends of intervals."""
    config = SweepConfig(
        policies=("fair-online",),
        alphas=(0.2, 0.4, 0.5, 1.0, 2.0),
        whale_shares=(0.05,),
        simulations=20,
        world=WorldConfig(ev_model="drawn"),
    )
    results = run_sweep(config).summary().results
    for loss, goal in ((1.0, 0.11), (2.0, 0.07)):
        within = [
            each
            for each in results
            if -each.effects["total"]["expected_revenue_pct"].bounds[0] <= loss
        ]
        if not within:
            continue
        best = min(within, key=lambda each: each.metrics["expected_streamer_gini"].value)
        lost, fair = best.effects["total"]["expected_revenue_pct"], best.metrics
        words = f"loss ≤ {loss:g} % (α = {best.configuration.alpha:g})"
        yield Figure(f"{words}: loss of expected revenue", -lost.value, "%")
        equal = fair["expected_streamer_gini"]
        yield Figure(f"{words}: expected Gini", equal.value, "")
        yield Figure(f"{words}: the upper end of its interval", equal.bounds[1], "", at_most=goal)


def online_beside_solves() -> Figures:
    """Time a replay of 50 rounds, and solves of the whole population in each of them."""
    rounds, config = 50, WorldConfig(ev_model="drawn")
    drawn = draw_world(config, np.random.default_rng(0))
    ev = matrix(drawn)
    draws = CommonDraws.of_seed(0, n_users=len(ev), rounds=rounds, users_per_round=200)
    cap = -(-len(ev) * 11 // (10 * ev.shape[1]))
    half = replay_policy(drawn, FairOnline(alpha=0.4, horizon=rounds), draws, rounds // 2)
    base = np.bincount(half.streamers, half.expected, ev.shape[1])
    times = race(
        {
            "online": lambda: replay_policy(
                drawn, FairOnline(alpha=0.4, horizon=rounds), draws, rounds
            ),
            "solve": lambda: allocate_fair(Problem(ev, whale_cap=cap), theta=0.1, base=base),
        },
        repeats=3,
    )
    yield Figure("a replay", times["online"], "s")
    yield Figure("one solve of the population", times["solve"], "s")
    ratio = rounds * times["solve"] / times["online"]
    yield Figure(f"{rounds} solves ÷ the replay", ratio, "×", at_least=10)


MEASURES: dict[str, Callable[[WorldName], Figures]] = {
    "its EVs": inputs,
    "θ = 0.1": one_theta,
    "ten points": ten_points,
    "a loss": losses,
    "gaps": gaps,
    "certificate": certificates,
}

CASES: dict[str, Callable[[], Figures]] = {
    **{
        f"{name}: {words}": partial(measure, name)
        for name, (words, measure) in itertools.product(WORLDS, MEASURES.items())
    },
    "1,000 × 500, k = 3": few_users,
    "problems of all shapes": never_exceeded,
    **{
        f"{n_users} × {n_streamers}, θ = {theta:g}": partial(
            beside_highs, n_users, n_streamers, theta
        )
        for (n_users, n_streamers) in ((40, 4), (100, 5), (200, 10))
        for theta in (0.1, 0.3)
    },
    "Nash's welfare, 600 × 30": beside_nash,
    "simulator, 20 seeds": in_the_simulator,
    "simulator, time": online_beside_solves,
}


if __name__ == "__main__":
    main(sys.argv[1:])
