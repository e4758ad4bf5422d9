"""Calibration: fit a world whose replays give gifts like those in the log of a platform.

The parts of the world are fitted one after the other:

1. *Price tiers* are the log's prices (`price_tiers`).
2. *Who gives how often*, the slope of the odds of a gift in wealth and the tail of wealth, has the
   greatest likelihood given the numbers of gifts per user (`gift_rate`).
3. *Intercept and tier weights* are corrected after a replay of the greedy policy, again and again:
   the intercept by the log-odds that the gift rate is off, a weight by the ratio that its tier is
   off (iterative proportional fitting; W. E. Deming and F. F. Stephan, Annals of Mathematical
   Statistics 11, 1940). How often a tier comes is expected from who gives whom, not counted: the
   dearest are too rare to be counted in one replay.
4. *Popularity* is the tail index, of a few, under which gifts are as unequal over streamers.

The world is a scale model: as many interactions per user as in the log, and fewer users where the
log is large. What is reported as fitted is measured in replays of seeds that nothing was fitted to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from messages import Message
from simulator.policies import Greedy
from simulator.replay.metrics import gini
from simulator.replay.replay import Replay, replay_policy
from simulator.settings import LARGEST, Share, check
from simulator.study.config import SweepConfig
from simulator.world.population import World, WorldConfig, draw_world
from simulator.world.random_numbers import SequentialDraws
from solver import InputError

from .gift_log import GiftFigures, GiftLog
from .gift_rate import fit_gift_rate
from .price_tiers import PriceTiers

GIFT_RATE = 0.0148
"""Gifts per interaction where nothing else is known: that of the public KuaiLive data."""

MOST_INTERACTIONS = 400_000
"""Interactions of one replay; a larger log is fitted by a smaller world."""

MOST_STREAMERS = 1_000
"""Streamers of the fitted world."""

LEAST_USERS = 200

LEAST_GIFTS = 100
"""Fewer gifts do not determine a world."""

CORRECTIONS = 4
"""Replays after which intercept and tier weights are corrected, before and after popularity."""

POPULARITY_INDICES = (0.3, 0.6, 1.2, 2.4, 4.8)

MEASURED_REPLAYS = 3
"""Replays that are measured at the end."""

STEPS = CORRECTIONS + len(POPULARITY_INDICES) + 1 + MEASURED_REPLAYS


@dataclass(frozen=True)
class Calibration:
    """A fitted world, and how near it comes.

    Parameters
    ----------
    config : SweepConfig
        The world, and rounds as long as the log.
    target, fitted : GiftFigures
        Of the log, and the mean over replays of the greedy policy in the world.
    target_rate, fitted_rate : float
        Gifts per interaction.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import GiftLog, calibrate
    >>> rng = np.random.default_rng(7)
    >>> amounts = rng.choice([1.0, 10.0, 100.0], size=150)
    >>> log = GiftLog(rng.integers(60, size=150), rng.integers(8, size=150), amounts)
    >>> calibration = calibrate(log, gift_rate=0.05)
    >>> name, target, fitted = calibration.table()[1]
    >>> name, target, fitted
    ('amount_p50', 10.0, 10.0)
    """

    config: SweepConfig
    target: GiftFigures
    fitted: GiftFigures
    target_rate: float
    fitted_rate: float

    def table(self) -> list[tuple[str, float | None, float | None]]:
        """Return name, target and fitted figure of everything that is compared."""
        target, fitted = asdict(self.target), asdict(self.fitted)
        rows = [(name, target[name], fitted[name]) for name in target]
        return [("gift_rate", self.target_rate, self.fitted_rate), *rows]


def calibrate(
    log: GiftLog,
    gift_rate: float = GIFT_RATE,
    n_users: int | None = None,
    n_streamers: int | None = None,
    seed: int = 42,
    on_step: Callable[[int, int], None] = lambda _done, _total: None,
) -> Calibration:
    """Fit a world to a log of gifts.

    Parameters
    ----------
    log : GiftLog
    gift_rate : float
        Gifts per interaction, above 0 and at most 1: a log of gifts alone does not say it.
    n_users, n_streamers : int, optional
        Users and streamers there are, with gifts or without; at least as many as the log names.
        By default twice as many users as gave, and the streamers that got anything.
    seed : int
        Of the replays.
    on_step : callable
        Called with the number of steps done and to do.

    Returns
    -------
    Calibration

    Raises
    ------
    solver.InputError
        With the field at fault.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import GiftLog, calibrate
    >>> rng = np.random.default_rng(7)
    >>> amounts = rng.choice([1.0, 10.0, 100.0], size=150)
    >>> log = GiftLog(rng.integers(60, size=150), rng.integers(8, size=150), amounts)
    >>> calibration = calibrate(log, gift_rate=0.05)
    >>> calibration.config.world.tiers
    (1.0, 10.0, 100.0)
    >>> calibration.target_rate
    0.05
    """
    if len(log.amounts) < LEAST_GIFTS:
        message = Message("calibration_too_few", least=LEAST_GIFTS, received=len(log.amounts))
        raise InputError("gifts", message)
    rate = check("gift_rate", gift_rate, Share)
    check("seed", seed, Annotated[int, Ge(0), Le(LARGEST)])
    givers, receivers = len(log.gifts_by_user), len(log.gifts_by_streamer)
    users = 2 * givers if n_users is None else _at_least("users", n_users, givers)
    streamers = receivers if n_streamers is None else n_streamers
    _at_least("streamers", streamers, receivers)
    interactions = len(log.amounts) / rate
    per_user, most = interactions / users, MOST_INTERACTIONS // LEAST_USERS
    if per_user > most:
        message = Message("calibration_interactions", most=most, received=round(per_user))
        raise InputError("gift_rate", message)

    scale = _Scale.of(interactions, users)
    start = WorldConfig(n_users=scale.n_users)
    sample = _some_users(log, scale.n_users / users, seed)
    scarce = round(streamers * len(sample.gifts_by_streamer) / receivers)
    streamer_gini = _gini_over(sample.gifts_by_streamer, max(scarce, 1))

    tiers = PriceTiers.of(log.amounts)
    attendance = scale.users_per_round / scale.n_users
    counts = np.minimum(log.gifts_by_user, scale.rounds)
    rate_model = fit_gift_rate(counts, users, scale.rounds, attendance, start)
    first = replace(
        start,
        n_streamers=min(streamers, MOST_STREAMERS),
        gift_intercept=rate_model.offset,
        wealth_slope=rate_model.slope,
        wealth_tail_index=rate_model.tail_index,
        tiers=tuple(map(float, tiers.prices)),
        tier_weights=tuple(map(float, tiers.shares)),
    )
    fit = _Fit(first, scale, tiers, rate, seed, on_step)
    for _ in range(CORRECTIONS):
        fit.correct()
    fit.choose_popularity(streamer_gini)
    fit.correct()
    fitted, fitted_rate = fit.measure()
    config = SweepConfig(
        simulations=10,
        rounds=scale.rounds,
        users_per_round=scale.users_per_round,
        world=fit.world,
    )
    return Calibration(config, log.figures(), fitted, rate, fitted_rate)


@dataclass(frozen=True)
class _Scale:
    """How many users the fitted world has, come in a round, and for how many rounds."""

    n_users: int
    users_per_round: int
    rounds: int

    @classmethod
    def of(cls, interactions: float, users: int) -> _Scale:
        """Return the scale model that has the log's interactions per user."""
        per_user = interactions / users
        n_users = max(LEAST_USERS, round(min(users, MOST_INTERACTIONS / per_user)))
        n_users = min(n_users, users) if users >= LEAST_USERS else users
        per_round = max(1, min(1_000, n_users // 10))
        return cls(n_users, per_round, max(1, round(per_user * n_users / per_round)))


@dataclass
class _Fit:
    """The state of a calibration.

    Parameters
    ----------
    world : WorldConfig
        As fitted so far.
    scale : _Scale
        How long replays are.
    tiers : PriceTiers
        Of the log.
    rate : float
        Gifts per interaction to reach.
    seed : int
    on_step : callable
    """

    world: WorldConfig
    scale: _Scale
    tiers: PriceTiers
    rate: float
    seed: int
    on_step: Callable[[int, int], None]
    _steps: int = 0

    def correct(self) -> None:
        """Correct the intercept and the tier weights by their errors in a replay."""
        drawn_world, replay = self._replay(self.world, self.seed)
        log = _gifts_of(replay)
        correction = _log_odds(self.rate) - _log_odds(len(log.amounts) / len(replay.amounts))
        weights = np.array(self.world.tier_weights)
        liking = np.einsum(
            "ij,ij->i", drawn_world.preference[log.users], drawn_world.content[log.streamers]
        )
        tier_chances = self.tiers.chances(weights, np.log1p(drawn_world.wealth[log.users]), liking)
        weights *= self.tiers.shares / tier_chances.mean(axis=0)
        self.world = replace(
            self.world,
            gift_intercept=float(np.clip(self.world.gift_intercept + correction, -50, 50)),
            tier_weights=tuple(map(float, weights / weights.sum())),
        )

    def choose_popularity(self, streamer_gini: float) -> None:
        """Take the tail index under which gifts are as unequal over streamers as in the log."""
        misses = []
        for index in POPULARITY_INDICES:
            world = replace(self.world, popularity_tail_index=index)
            log = _gifts_of(self._replay(world, self.seed)[1])
            gini_of_world = _gini_over(log.gifts_by_streamer, world.n_streamers)
            misses.append((abs(gini_of_world - streamer_gini), world))
        self.world = min(misses, key=lambda miss: miss[0])[1]

    def measure(self) -> tuple[GiftFigures, float]:
        """Return the mean figures, and the gift rate, of replays that nothing was fitted to."""
        figures: list[GiftFigures] = []
        gifts = interactions = 0
        for seed in range(self.seed + 1, self.seed + 1 + MEASURED_REPLAYS):
            _, replay = self._replay(self.world, seed)
            log = _gifts_of(replay)
            figures.append(log.figures())
            gifts += len(log.amounts)
            interactions += len(replay.amounts)
        return GiftFigures.mean_of(figures), gifts / interactions

    def _replay(self, world: WorldConfig, seed: int) -> tuple[World, Replay]:
        rng = np.random.default_rng(seed)
        drawn_world = draw_world(world, rng)
        draws = SequentialDraws(rng, drawn_world.n_users, self.scale.users_per_round)
        replay = replay_policy(drawn_world, Greedy(), draws, self.scale.rounds)
        self._steps += 1
        self.on_step(self._steps, STEPS)
        return drawn_world, replay


def _some_users(log: GiftLog, fraction: float, seed: int) -> GiftLog:
    """Return the gifts of a random share of the users, at least of one."""
    if fraction >= 1:
        return log
    givers, giver_of_gift = np.unique(log.users, return_inverse=True)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(givers)) < max(1, round(fraction * len(givers)))
    is_chosen = chosen[giver_of_gift]
    return GiftLog(log.users[is_chosen], log.streamers[is_chosen], log.amounts[is_chosen])


def _gini_over(counts: NDArray[np.int64], n: int) -> float:
    """Return the Gini coefficient of counts among n, those without any included."""
    all_counts = np.zeros(max(n, len(counts)))
    all_counts[: len(counts)] = counts
    return gini(all_counts)


def _gifts_of(replay: Replay) -> GiftLog:
    if not (replay.amounts > 0).any():
        raise InputError("gift_rate", Message("calibration_without_gifts"))
    return GiftLog.of_replay(replay)


def _log_odds(rate: float) -> float:
    share = min(max(rate, 1e-9), 1 - 1e-9)
    return float(np.log(share / (1 - share)))


def _at_least(field: str, value: int, least: int) -> int:
    """Return a whole number that is not below another."""
    number: int = check(field, value, Annotated[int, Ge(least), Le(LARGEST)])
    return number
