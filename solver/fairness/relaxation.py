"""Weights and prices of the least bound: the fair problem in which users are divisible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import map_blocks, njit
from .instance import MAX_SAMPLE, Instance, Shortlists, SlotPrices, shortlist
from .welfare import Welfare


class Phase(NamedTuple):
    """A part of the descent at one temperature.

    Parameters
    ----------
    temperature : float
        Profits that are so near are shared, as a share of the user's greatest EV.
    margin : float
        How near pairs must be to be listed, beyond that.
    rounds : int
        How often pairs are listed anew at most: until weights and prices hardly move.
    steps : int
        Most steps of each round.
    """

    temperature: float
    margin: float
    rounds: int
    steps: int


COLD = (
    Phase(0.06, 0.3, 10, 20),
    Phase(0.015, 0.1, 10, 30),
    Phase(0.005, 0.05, 5, 40),
    Phase(0.0025, 0.05, 3, 60),
)
"""From weights and prices that may be far."""

WARM = (Phase(0.03, 0.15, 20, 30), Phase(0.008, 0.08, 10, 40), Phase(0.0025, 0.05, 3, 60))
"""From those of a welfare that differs a little."""

FINE = (Phase(0.0006, 0.05, 3, 150), Phase(0.00015, 0.05, 3, 300))
"""After the others where there are few pairs: the bound is then as tight as it is cheap."""

FEW_PAIRS = 100_000

SAMPLED_TEMPERATURE = 0.01
"""Temperature above which a sample of the users stands for all of them."""

LEAST_SCALE = 0.1
"""Least scale of a user's temperature, as a share of the mean greatest EV: that of the poorest
would slow the descent down and change nothing that counts."""

SHARED_PAIRS = 1 << 15
"""Least pairs of which a thread gives shares."""

SETTLED = 0.3
"""Movement of weights and prices, as a share of the margin, after which lists need not change."""

STILL = 1e-7
"""Relative change over `STILL_STEPS` steps at which a round ends."""

STILL_TEMPERATURE = 0.0025
"""Temperature below which they must stand still for longer."""

STILL_STEPS = 6


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The fair problem's solution where users are divisible.

    Parameters
    ----------
    weights : (S,) float64
        ω: what a unit of revenue is worth at each streamer.
    prices : SlotPrices
    revenue : (S,) float64
        Of the divisible solution, currency units, without what streamers had before.
    penalty : float
        Of the whales of the divisible solution, currency units.
    temperature : float
        At which the last phase shared near profits.
    """

    weights: NDArray[np.float64]
    prices: SlotPrices
    revenue: NDArray[np.float64]
    penalty: float
    temperature: float

    @staticmethod
    def start(instance: Instance, prices: SlotPrices) -> Relaxation:
        """Return where a descent starts: everybody counts alike."""
        ones = np.ones(instance.n_streamers)
        return Relaxation(ones, prices, np.zeros(instance.n_streamers), 0.0, 1.0)


def relax(
    instance: Instance, welfare: Welfare, start: Relaxation, phases: tuple[Phase, ...] = COLD
) -> Relaxation:
    """Minimise the bound on the welfare over weights and prices together.

    The bound ``Σ_u max(0, max_s (ω_s EV - λ_s)) + Σ_s k_s λ_s + ω·base`` is smoothed by giving each
    user shares of its pairs with a quadratic penalty (Y. Nesterov, "Smooth minimization of
    non-smooth functions", 2005) and minimised by accelerated proximal gradients with restarts
    (A. Beck and M. Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009; B.
    O'Donoghue and E. Candès, "Adaptive restart for accelerated gradient schemes", 2015). The
    gradient at the weights is the revenue of the shares.

    Parameters
    ----------
    instance : Instance
    welfare : Welfare
    start : Relaxation
        Weights and prices to start from.
    phases : tuple of Phase

    Returns
    -------
    Relaxation
    """
    if instance.n_pairs <= FEW_PAIRS:
        phases = (*phases, *FINE)
    some = instance.sample(MAX_SAMPLE)
    descent = _Descent(some, welfare, start)
    for phase in phases:
        if phase.temperature < SAMPLED_TEMPERATURE and descent.instance is not instance:
            descent = _Descent(instance, welfare, descent.relaxation())
        descent.run(phase)
    if descent.instance is not instance:
        descent = _Descent(instance, welfare, descent.relaxation())
        descent.run(phases[-1])
    return descent.relaxation()


@dataclass(frozen=True, eq=False)
class _Point:
    """Weights and prices."""

    weights: NDArray[np.float64]
    surcharge: NDArray[np.float64]
    slot: NDArray[np.float64]

    def __sub__(self, other: _Point) -> _Point:
        return _Point(
            self.weights - other.weights, self.surcharge - other.surcharge, self.slot - other.slot
        )

    def beyond(self, other: _Point, factor: float) -> _Point:
        """Return the point that lies as far beyond this one, seen from another, by a factor."""
        return _Point(
            self.weights + factor * (self.weights - other.weights),
            self.surcharge + factor * (self.surcharge - other.surcharge),
            self.slot + factor * (self.slot - other.slot),
        )

    @property
    def prices(self) -> SlotPrices:
        return SlotPrices(self.surcharge, self.slot)


class _Descent:
    """Accelerated proximal gradients on one instance."""

    def __init__(self, instance: Instance, welfare: Welfare, start: Relaxation) -> None:
        self.instance, self._welfare = instance, welfare
        self._at = _Point(welfare.project(start.weights), *start.prices)
        self._revenue, self._temperature = start.revenue, start.temperature
        self._penalty = start.penalty
        scale = instance.best_ev
        mean = float(scale.mean()) if len(scale) else 0.0
        self._mean = mean if mean > 0 else 1.0
        self._scale = np.maximum(scale, LEAST_SCALE * self._mean)
        # One unit of a weight moves as much as the revenue of a streamer, one of a price a slot's.
        revenue = max(float(scale.sum()), self._mean) / instance.n_streamers
        self._metric = revenue, revenue / self._mean**2
        self._step, self._still = 10.0, STILL

    def relaxation(self) -> Relaxation:
        at = self._at
        return Relaxation(at.weights, at.prices, self._revenue, self._penalty, self._temperature)

    def run(self, phase: Phase) -> None:
        """Descend at one temperature."""
        self._temperature = phase.temperature
        self._still = STILL * min(1.0, (phase.temperature / STILL_TEMPERATURE) ** 2)
        margin = 2.0 * phase.temperature + phase.margin
        for _ in range(phase.rounds):
            lists = shortlist(self.instance, self._at.weights, self._at.prices, margin)
            before = self._at
            self._descend(lists, phase.temperature * self._scale, phase)
            if self._drift(before, self._at) < SETTLED * phase.margin:
                break

    def _drift(self, before: _Point, after: _Point) -> float:
        """Return how far profits have moved, as a share of users' greatest EVs, about."""
        moved = after - before
        prices = np.abs(moved.surcharge).max() + np.abs(moved.slot).max()
        return float(np.abs(moved.weights).max() + prices / self._mean)

    def _descend(self, lists: Shortlists, scale: NDArray[np.float64], phase: Phase) -> None:
        start = last = ahead = self._at
        momentum, history = 1.0, [math.inf]
        of_weight, of_price = self._metric
        for step in range(phase.steps):
            value, gradient, _ = self._smooth(lists, scale, ahead)
            while True:
                point = self._proximal(ahead, gradient)
                moved = point - ahead
                smooth, at_point, revenue = self._smooth(lists, scale, point)
                change = (
                    gradient.weights @ moved.weights
                    + gradient.surcharge @ moved.surcharge
                    + gradient.slot @ moved.slot
                )
                size = of_weight * (moved.weights @ moved.weights) + of_price * (
                    moved.surcharge @ moved.surcharge + moved.slot @ moved.slot
                )
                if smooth <= value + change + 0.5 * self._step * size + 1e-12 * abs(value):
                    break
                self._step *= 2.0
            onward = point - last
            uphill = of_weight * ((ahead.weights - point.weights) @ onward.weights) + of_price * (
                (ahead.surcharge - point.surcharge) @ onward.surcharge
                + (ahead.slot - point.slot) @ onward.slot
            )
            following = 0.5 * (1.0 + math.sqrt(1.0 + 4.0 * momentum**2))
            if uphill > 0:
                following, ahead = 1.0, point
            else:
                ahead = point.beyond(last, (momentum - 1.0) / following)
                ahead = _Point(ahead.weights, np.maximum(ahead.surcharge, 0.0), ahead.slot)
            last, momentum, self._revenue = point, following, revenue
            self._step *= 0.9
            history.append(smooth + self._cost(point))
            loads = -at_point.surcharge
            if step > STILL_STEPS and abs(history[-1 - STILL_STEPS] - history[-1]) <= (
                self._still * abs(history[-1])
            ):
                break
            if self._drift(start, point) > phase.margin:
                break  # pairs may be near now that are not listed
        self._at = last
        self._penalty = self._penalty_of(loads)

    def _penalty_of(self, whales: NDArray[np.float64]) -> float:
        """Return the penalties of numbers of whales, (S,) float64, parts included."""
        penalty = self.instance.limits.whale_penalty
        if not len(penalty):
            return 0.0
        paid = np.concatenate([[0.0], np.cumsum(penalty)])
        most = len(penalty)
        within = np.interp(np.minimum(whales, most), np.arange(most + 1), paid)
        return float((within + np.maximum(whales - most, 0.0) * penalty[-1]).sum())

    def _smooth(
        self, lists: Shortlists, scale: NDArray[np.float64], at: _Point
    ) -> tuple[float, _Point, NDArray[np.float64]]:
        """Return the smoothed profits with what streamers had, their gradient, and the revenue."""
        instance = self.instance
        total, revenue, whales, users = share_out(
            lists, instance.is_whale, scale, at.weights, at.prices, instance.per_user
        )
        gradient = _Point(revenue + instance.base, -whales, -users)
        return total + float(at.weights @ instance.base), gradient, revenue

    def _proximal(self, ahead: _Point, gradient: _Point) -> _Point:
        """Return the next point: down the gradient, then what the limits cost, then valid."""
        instance = self.instance
        of_weight, of_price = (self._step * each for each in self._metric)
        weights = self._welfare.project(ahead.weights - gradient.weights / of_weight)
        surcharge = price_slots(
            ahead.surcharge - gradient.surcharge / of_price,
            instance.whale_units,
            instance.limits.whale_penalty,
            1.0 / of_price,
        )
        slot = ahead.slot
        if instance.has_slot_price:
            slot = slot - gradient.slot / of_price
            above, below = slot - instance.units / of_price, slot - instance.least_units / of_price
            slot = np.where(above > 0, above, np.minimum(below, 0.0))
        return _Point(weights, surcharge, slot)

    def _cost(self, at: _Point) -> float:
        """Return what the limits cost at prices."""
        instance = self.instance
        slots = np.where(at.slot > 0, instance.units, instance.least_units) @ at.slot
        whale_slots = penalized_units(
            at.surcharge, instance.whale_units, instance.limits.whale_penalty
        )
        return float(slots + whale_slots)


def share_out(
    lists: Shortlists,
    is_whale: NDArray[np.bool_],
    scale: NDArray[np.float64],
    weights: NDArray[np.float64],
    prices: SlotPrices,
    per_user: int,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give each user shares of its pairs, by profit.

    The shares p ≥ 0, at most `per_user` in all, maximise ``Σ p profit - scale Σ p² / 2``.

    Parameters
    ----------
    lists : Shortlists
    is_whale : (n,) bool
    scale : (n,) float64
        Above 0.
    weights : (S,) float64
    prices : SlotPrices
    per_user : int

    Returns
    -------
    (float, (S,) float64, (S,) float64, (S,) float64)
        The maximum; revenue, whales and users of each streamer in all shares.
    """
    n_streamers = len(weights)

    def read(first: int, stop: int) -> tuple[float, NDArray[np.float64]]:
        shared = np.zeros((3, n_streamers))
        part = slice(first, stop)
        total = share_pairs(
            lists.start[first : stop + 1], lists.streamers, lists.ev, is_whale[part], scale[part],
            weights, prices.surcharge, prices.slot, per_user, shared, np.empty(0),
        )  # fmt: skip
        return total, shared

    parts = map_blocks(read, len(is_whale), len(lists.ev), SHARED_PAIRS)
    revenue, whales, users = np.sum([shared for _, shared in parts], axis=0)
    return math.fsum(total for total, _ in parts), revenue, whales, users


@njit(cache=True, nogil=True)
def share_pairs(
    start, streamers, ev, is_whale, scale, weights, surcharge, slot, per_user, shared, shares
):
    """Give users shares of their pairs; see `share_out`.

    `shared` is increased; `shares`, (E,) float64, is written if it has a length.
    """
    total, longest = 0.0, 1
    for u in range(len(scale)):
        longest = max(longest, start[u + 1] - start[u])
    profit, near = np.empty(longest), np.empty(longest, np.int64)
    for u in range(len(scale)):
        low, high = start[u], start[u + 1]
        most = 0.0
        for i in range(low, high):
            s = streamers[i]
            profit[i - low] = weights[s] * ev[i] - slot[s] - (surcharge[s] if is_whale[u] else 0.0)
            most = max(most, profit[i - low])
        if len(shares) > 0:
            shares[low:high] = 0.0
        # Only profits so near to the best have a share, unless several streamers are shown.
        count, least = 0, most - scale[u] if per_user == 1 else -np.inf
        for i in range(high - low):
            if profit[i] > least:
                profit[count], near[count] = profit[i], low + i
                count += 1
        level = _find_level(profit[:count], most, scale[u], per_user)
        for n in range(count):
            share = (profit[n] - level) / scale[u]
            if per_user > 1 and share > 1.0:
                share = 1.0
            if share > 0.0:
                i = near[n]
                s = streamers[i]
                total += share * (profit[n] - 0.5 * scale[u] * share)
                shared[0, s] += share * ev[i]
                shared[1, s] += share if is_whale[u] else 0.0
                shared[2, s] += share
                if len(shares) > 0:
                    shares[i] = share
    return total


@njit(inner=True)
def _find_level(profit, most, scale, per_user):
    """Return the level ≥ 0 above which profits, over scale, are the shares."""
    if per_user > 1:
        return _find_level_of_several(profit, most, scale, per_user)
    level = max(0.0, most - scale)
    while True:
        count, total = 0, 0.0
        for each in profit:
            if each > level:
                count += 1
                total += each
        if count == 0:
            return level
        following = (total - scale) / count
        if following <= level + 1e-15 * most:
            return level
        level = following


@njit(inner=True)
def _find_level_of_several(profit, most, scale, per_user):
    """Return the level by bisection, with shares of at most 1."""
    if _sum_shares(profit, 0.0, scale) <= per_user:
        return 0.0
    low, high = 0.0, most
    while high - low > 1e-12 * most:
        level = 0.5 * (low + high)
        if _sum_shares(profit, level, scale) > per_user:
            low = level
        else:
            high = level
    return high


@njit(inner=True)
def _sum_shares(profit, level, scale):
    total = 0.0
    for each in profit:
        total += min(1.0, max(0.0, (each - level) / scale))
    return total


@njit(cache=True)
def price_slots(price, units, penalty, step):
    """Return the prices ≥ 0 that minimise (x - price)² / 2 + step · `penalized_units`(x).

    Parameters
    ----------
    price, units : (S,) float64
    penalty : (J,) float64
        Non-decreasing; empty if whales cost nothing.
    step : float
    """
    found = np.empty(len(price))
    for s in range(len(price)):
        x, sold = price[s], 0.0
        for number in range(len(penalty)):
            own = min(1.0 if number < len(penalty) - 1 else np.inf, units[s] - sold)
            if own <= 0.0 or x <= penalty[number]:
                break
            x, sold = max(penalty[number], x - step * own), sold + own
        if len(penalty) == 0:
            x -= step * units[s]
        found[s] = max(x, 0.0)
    return found


@njit(cache=True)
def penalized_units(price, units, penalty):
    """Return what slots cost at prices: Σ_s Σ_j max(0, price_s - penalty_j) over units."""
    total = 0.0
    for s in range(len(price)):
        if len(penalty) == 0:
            total += price[s] * units[s]
            continue
        sold = 0.0
        for number in range(len(penalty)):
            own = min(1.0 if number < len(penalty) - 1 else np.inf, units[s] - sold)
            if own <= 0.0 or price[s] <= penalty[number]:
                break
            total += (price[s] - penalty[number]) * own
            sold += own
    return total
