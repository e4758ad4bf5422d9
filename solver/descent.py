"""An auction that goes on as caps fall."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .bids import auction, withdraw_slots
from .lists import least_margin
from .mending import mend, repaired
from .offers import Offers, empty_lists
from .phases import BIDS_PER_USER
from .rows import NONE, total_ev
from .transport import REACH, heaps_for

Caps = NDArray[np.int64]


@dataclass(eq=False)
class Descent:
    """An auction that goes on as caps fall: prices only rise, and few users bid again.

    Parameters
    ----------
    offers : Offers
        Of a matrix, with short lists.
    least : float
        Least rise of a bid, currency units.
    largest : (S,) int64
        The first caps, at least 1.
    """

    offers: Offers
    least: float
    largest: Caps

    def __post_init__(self) -> None:
        n_users, n_streamers = self.offers.rows[0].shape
        self._heaps = heaps_for(self.largest)
        self._load = np.zeros(n_streamers, dtype=np.int64)
        self._price = np.zeros(n_streamers)
        self._at = np.full(n_users, NONE)

    def optimum(self, cap: Caps) -> float | None:
        """Return the greatest total EV under caps, (S,) int64, no larger than those before.

        None where ties are too many for a repair.
        """
        budget = BIDS_PER_USER * len(self._at)
        state = self._price, self._at, self._load, *self._heaps
        withdraw_slots(cap, *state)
        price, at, load, *heaps = state
        rise = auction(self.offers.choices, cap, price, self.least, budget, at, load, *heaps)
        reach = REACH * rise
        lists = self.offers.lists or empty_lists(len(at))
        at, lowered = at.copy(), price.copy()
        mended = mend(self.offers, lists, cap, lowered, at, reach) != NONE
        # What is off the lists was worse by a margin; prices that moved less leave it worse.
        margin = min(reach, least_margin(price, *lists))
        fall = lowered - price
        moved = max(0.0, float(fall.max())) + max(0.0, -float(fall.min()))
        if not mended or moved > margin:
            # Lists of its own, which it writes for other prices than the auction goes on with.
            listed, listed_ev, count, bound = lists
            copied = listed.copy(), listed_ev.copy(), count.copy(), bound.copy()
            apart = replace(self.offers, lists=copied)
            at, lowered = self._at.copy(), price.copy()
            if repaired(apart, cap, lowered, at, reach) == NONE:
                return None
        return float(total_ev(self.offers.rows, at))
