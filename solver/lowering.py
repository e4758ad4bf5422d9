"""Least prices of a tier, from all of its data."""

from __future__ import annotations

import numpy as np

from .kernels import njit
from .rows import NONE, ev_of, row_of


@njit(cache=True)
def by_streamer(at, n_streamers, start, order):  # type: ignore[no-untyped-def]
    """Sort users by streamer, those left out last: writes start (S + 2,) and order (N,) int64."""
    start[:] = 0
    for u in range(len(at)):
        start[(at[u] if at[u] != NONE else n_streamers) + 1] += 1
    for s in range(n_streamers + 1):
        start[s + 1] += start[s]
    place = start[: n_streamers + 1].copy()
    for u in range(len(at)):
        s = at[u] if at[u] != NONE else n_streamers
        order[place[s]] = u
        place[s] += 1


@njit(cache=True)
def _lower(row0, row1, row2, row3, base0, base1, base2, base3, price, here, drop):  # type: ignore[no-untyped-def]
    """Relax four users' full rows at once, to hide memory latency; return entries of slack < 0.

    `base` is a user's profit where it is; slack = base - (ev - price) ≥ 0 at optimal prices.
    """
    wrong = 0
    for s in range(len(price)):
        cost = price[s]
        slack = (base0 + cost) - row0[s]
        slack1 = (base1 + cost) - row1[s]
        slack2 = (base2 + cost) - row2[s]
        slack3 = (base3 + cost) - row3[s]
        # Not min(): a comparison and a choice vectorise.
        slack = slack if slack < slack1 else slack1
        slack2 = slack2 if slack2 < slack3 else slack3
        slack = slack if slack < slack2 else slack2
        wrong += slack < 0.0
        reached = here + slack
        drop[s] = reached if reached < drop[s] else drop[s]
    return wrong


@njit(cache=True)
def _profit_at_home(rows, price, u, s):  # type: ignore[no-untyped-def]
    if s == len(price):
        return 0.0
    return ev_of(rows, u, s) - price[s]


@njit(cache=True)
def _nearest(drop, done):  # type: ignore[no-untyped-def]
    """Return the streamer that is not done whose price can fall least, NONE when all are done."""
    nearest = NONE
    for s in range(len(drop)):
        if not done[s] and (nearest == NONE or drop[s] < drop[nearest]):
            nearest = s
    return nearest


@njit(cache=True)
def _relax_four_at_a_time(rows, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong):  # type: ignore[no-untyped-def]
    """As `_relax_users`, for a matrix."""
    ev = rows[0]
    for j in range(start[s], start[s + 1], 4):
        last = start[s + 1] - 1
        u, v, w, x = (
            order[j],
            order[min(j + 1, last)],
            order[min(j + 2, last)],
            order[min(j + 3, last)],
        )
        suspect = _lower(
            ev[u], ev[v], ev[w], ev[x],
            _profit_at_home(rows, price, u, s), _profit_at_home(rows, price, v, s),
            _profit_at_home(rows, price, w, s), _profit_at_home(rows, price, x, s),
            price, here, drop,
        )  # fmt: skip
        for i in range(j, min(j + 4, last + 1)):
            base = _profit_at_home(rows, price, order[i], s)  # negative: better left out
            if base < -tolerance or (
                suspect > 0 and _worst(ev[order[i]], base, price) < -tolerance
            ):
                wrong_user[n_wrong] = order[i]
                n_wrong += 1
    return n_wrong


@njit(cache=True)
def _relax_tier(  # type: ignore[no-untyped-def]
    rows, tier, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong
):
    """As `_relax_users`, for the whales or the normal users of a matrix twice side by side."""
    ev, whales, left = rows[0], rows[3], len(rows[1])
    four, filled = np.empty(4, np.int64), 0
    for j in range(start[s], start[s + 1]):
        if whales[order[j]] == tier:
            four[filled] = order[j]
            filled += 1
        if filled == 0 or (filled < 4 and j + 1 < start[s + 1]):
            continue
        four[filled:] = four[0]
        u, v, w, x = four
        bases = (
            _profit_at_home(rows, price, u, s), _profit_at_home(rows, price, v, s),
            _profit_at_home(rows, price, w, s), _profit_at_home(rows, price, x, s),
        )  # fmt: skip
        suspect = _lower(ev[u], ev[v], ev[w], ev[x], *bases, price[:left], here, drop[:left])
        if not tier:
            suspect += _lower(ev[u], ev[v], ev[w], ev[x], *bases, price[left:], here, drop[left:])
        for i in range(filled):
            base, row = bases[i], ev[four[i]]
            wrong = base < -tolerance
            if suspect > 0:
                wrong |= _worst(row, base, price[:left]) < -tolerance
                wrong |= not tier and _worst(row, base, price[left:]) < -tolerance
            if wrong:
                wrong_user[n_wrong] = four[i]
                n_wrong += 1
        filled = 0
    return n_wrong


@njit(cache=True)
def _relax_users(rows, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong):  # type: ignore[no-untyped-def]
    """Let the users at s, whose price falls by `here`, say how far the others' may fall.

    Writes `drop` and the users who had better be elsewhere; returns how many these are by now.
    """
    if len(rows) == 2:
        return _relax_four_at_a_time(
            rows, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong
        )
    if len(rows) == 4:
        for tier in (True, False):
            n_wrong = _relax_tier(
                rows, tier, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong
            )
        return n_wrong
    for j in range(start[s], start[s + 1]):
        base = _profit_at_home(rows, price, order[j], s)
        worst = base
        which, values = row_of(rows, order[j])
        for i in range(len(which)):
            if values[i] >= 0.0:
                t = which[i]
                slack = (base + price[t]) - values[i]
                worst = min(worst, slack)
                drop[t] = min(drop[t], here + slack)
        if worst < -tolerance:
            wrong_user[n_wrong] = order[j]
            n_wrong += 1
    return n_wrong


@njit(cache=True)
def lower_prices(rows, cap, price, start, order, tolerance, wrong_user):  # type: ignore[no-untyped-def]
    """Lower optimal prices to the least ones there are, reading every row exactly once.

    How far each price can fall is a shortest path over streamers: from where a price is 0
    because there is room (or a user stays out), a user at s lets the price of t fall by no more
    than the fall at s plus its slack between the two. Dijkstra's method, slack ≥ 0. Every
    entry of the matrix takes part, so these are the least prices of the whole problem; a negative
    slack shows a choice that the short lists missed.

    Parameters
    ----------
    rows : Rows
    price : (S,) float64
        Optimal on the contested arcs; written, unless a slack is negative. Infinite where closed.
    start, order
        From `by_streamer`.
    tolerance : float
        Slack down to minus this counts as rounding, currency units.
    wrong_user : (N,) int64
        Written: users with a choice better than where they are.

    Returns
    -------
    int
        How many such users there are.
    """
    n_streamers = len(price)
    drop = price.copy()
    open_end = np.empty(n_streamers, np.bool_)
    for s in range(n_streamers):
        open_end[s] = start[s + 1] - start[s] < cap[s]
        if open_end[s]:
            drop[s] = 0.0
    done = open_end | (cap == 0)
    n_wrong = 0
    s, here, ground = n_streamers, 0.0, 0
    while True:
        n_wrong = _relax_users(
            rows, price, start, order, s, here, drop, tolerance, wrong_user, n_wrong
        )
        while ground < n_streamers and not open_end[ground]:
            ground += 1
        if ground < n_streamers:
            s = ground
            ground += 1
            continue
        s = _nearest(drop, done)
        if s == NONE:
            break
        here = max(here, drop[s])
        done[s] = True
    if n_wrong == 0:
        for s in range(n_streamers):
            if price[s] < np.inf:
                price[s] = max(0.0, price[s] - drop[s])
    return n_wrong


@njit(cache=True)
def _worst(row, base, price):  # type: ignore[no-untyped-def]
    """Return the least slack of a user's row."""
    worst = np.inf
    for s in range(len(price)):
        worst = min(worst, (base + price[s]) - row[s])
    return worst


@njit(cache=True)
def price_closed(rows, closed, price, at):  # type: ignore[no-untyped-def]
    """Write the prices of streamers without a slot: what the keenest user would gain there."""
    gain = np.zeros(len(price))
    for u in range(len(at)):
        base = 0.0 if at[u] == NONE else ev_of(rows, u, at[u]) - price[at[u]]
        which, values = row_of(rows, u)
        for i in range(len(which)):
            more = values[i] - base
            gain[which[i]] = more if more > gain[which[i]] else gain[which[i]]
    for s in range(len(price)):
        if closed[s]:
            price[s] = gain[s]
