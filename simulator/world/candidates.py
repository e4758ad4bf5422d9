"""Drawn candidates by the million: who is popular, who is wealthy, and who likes whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.kernels import njit

BLOCK = 1024
"""Users that are drawn from one seed: what comes out depends on nothing else."""

MEAN_TRIES = 32
"""Draws a candidate, on average, before a user's last ones are taken in a row."""

TAIL = 1.2
"""Exponent of the Pareto distribution of popularity."""

LIKING = 0.5
"""Standard deviation of the logarithm of what a user likes a streamer."""


@dataclass(frozen=True, eq=False)
class Popularity:
    """How often each streamer is drawn, as an alias table.

    A. J. Walker, "An efficient method for generating discrete random variables with general
    distributions", ACM Transactions on Mathematical Software 3 (1977).

    Parameters
    ----------
    stay : (S,) float64
        How likely the streamer first drawn is kept.
    other : (S,) int32
        Who is taken in its place if not.
    """

    stay: NDArray[np.float64]
    other: NDArray[np.int32]

    @staticmethod
    def drawn(n_streamers: int, seed: int) -> Popularity:
        """Return popularities with a Pareto tail."""
        rng = np.random.default_rng([seed, 0])
        weight = rng.pareto(TAIL, size=n_streamers) + 1
        stay, other = _alias(weight / weight.sum() * n_streamers)
        return Popularity(stay, other)


@dataclass(frozen=True, eq=False)
class CandidateBlock:
    """The candidates of users in a row.

    Parameters
    ----------
    wealth : (n,) float64
        Of each user, currency units; lognormal.
    streamers : (n, C) int32
        Ascending and different within a user.
    ev : (n, C) float32
        A user's wealth times its liking of the streamer, currency units; lognormal.
    """

    wealth: NDArray[np.float64]
    streamers: NDArray[np.int32]
    ev: NDArray[np.float32]


def draw_block(
    popularity: Popularity, n_candidates: int, seed: int, block: int, n_users: int = BLOCK
) -> CandidateBlock:
    """Draw the candidates of a block of users.

    Parameters
    ----------
    popularity : Popularity
    n_candidates : int
        Of each user, at most S.
    seed, block : int
        Which world, and which of its blocks; from 0 on.
    n_users : int
        Users in the block, if fewer than `BLOCK`: the first of a whole one.

    Returns
    -------
    CandidateBlock
    """
    rng = np.random.default_rng([seed, 1, block])
    wealth = rng.lognormal(sigma=1.0, size=BLOCK)[:n_users]
    streamers = np.empty((n_users, n_candidates), dtype=np.int32)
    _draw_streamers(rng, popularity.stay, popularity.other, streamers)
    liking = rng.standard_normal(streamers.shape, dtype=np.float32)
    np.exp(np.float32(LIKING) * liking, out=liking)
    liking *= wealth.astype(np.float32)[:, None]
    return CandidateBlock(wealth, streamers, liking)


def _alias(share: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return the alias table of shares, (S,), that are 1 on average."""
    stay, other = share.copy(), np.arange(len(share), dtype=np.int32)
    below, above = list(np.flatnonzero(share < 1)), list(np.flatnonzero(share >= 1))
    while below and above:
        low, high = below.pop(), above[-1]
        other[low] = high
        stay[high] -= 1 - stay[low]
        if stay[high] < 1:
            below.append(above.pop())
    return stay, other


@njit(cache=True, nogil=True)
def _draw_streamers(rng: Any, stay: Any, other: Any, streamers: Any) -> None:
    """Write each user's streamers: different ones by popularity, ascending."""
    n_users, n_candidates = streamers.shape
    n_streamers = len(stay)
    drawn_by = np.full(n_streamers, -1)
    for u in range(n_users):
        row = streamers[u]
        found, tries = 0, 0
        s = 0
        while found < n_candidates:
            tries += 1
            if tries <= MEAN_TRIES * n_candidates:
                at = rng.random() * n_streamers
                s = min(int(at), n_streamers - 1)
                if at - s >= stay[s]:
                    s = other[s]
            else:  # nearly all are drawn already: those that follow will do
                s = s + 1 if s + 1 < n_streamers else 0
            if drawn_by[s] == u:
                continue
            drawn_by[s] = u
            i = found
            while i > 0 and row[i - 1] > s:
                row[i] = row[i - 1]
                i -= 1
            row[i] = s
            found += 1
