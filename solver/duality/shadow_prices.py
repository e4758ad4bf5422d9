"""Shadow prices of an allocation: what one more unit of a limit would add to the objective."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..display import Displayed, Row, price_parts, price_rows
from ..kernels import rounding_noise
from ..model import Limits


@dataclass(frozen=True, eq=False, repr=False)
class ShadowPrices(Displayed):
    """Shadow prices of the limits: what one more unit of a limit adds to the optimum.

    Prices are in currency units per slot, and 0 where a limit does not bind.

    Parameters
    ----------
    whale_cap : (S,) float64
        Price of one more whale slot at each streamer, ≥ 0.
    capacity : (S,) float64
        Price of one more slot for any user at each streamer, ≥ 0.
    min_users : (S,) float64, optional
        Gain from one guaranteed user less at each streamer, ≥ 0. None means 0.
    whale_penalty : (S,) float64, optional
        Part of the price of a whale slot that comes from the penalty, ≥ 0. None means 0.

    Examples
    --------
    >>> from whale_matching import Problem, allocate
    >>> allocation = allocate(Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1))
    >>> allocation.shadow_prices.whale_cap
    array([1., 0.])
    >>> allocation.shadow_prices
    ShadowPrices(2 streamers, whale_cap=0…1, capacity=0)
    """

    whale_cap: NDArray[np.float64]
    capacity: NDArray[np.float64]
    min_users: NDArray[np.float64] | None = None
    whale_penalty: NDArray[np.float64] | None = None

    def _parts(self) -> Iterator[str]:
        yield f"{len(self.whale_cap):,} streamers"
        yield from price_parts(*self._by_limit())

    def _rows(self) -> Iterator[Row]:
        return self.price_rows()

    def price_rows(self) -> Iterator[Row]:
        """Yield where the limits have a price, as rows of a summary."""
        return price_rows(*self._by_limit())

    def _by_limit(self) -> Iterator[tuple[str, NDArray[np.float64] | None]]:
        for limit in ("whale_cap", "capacity", "min_users", "whale_penalty"):
            yield limit, getattr(self, limit)

    @staticmethod
    def zero(n_streamers: int) -> ShadowPrices:
        """Return prices of 0, for limits that do not bind."""
        nothing = np.zeros(n_streamers)
        return ShadowPrices(nothing, nothing)

    @staticmethod
    def of(
        surcharge: NDArray[np.float64], slot_price: NDArray[np.float64], limits: Limits
    ) -> ShadowPrices:
        """Return the prices of the limits, given what users pay.

        Parameters
        ----------
        surcharge : (S,) float64
            What a whale pays in addition to the slot price.
        slot_price : (S,) float64
            What every user pays. Below 0 where a guarantee attracts users.
        limits : Limits
        """
        cap_price = surcharge - limits.marginal_penalty(limits.whale_cap + 1)
        cap_price[cap_price <= rounding_noise(1.0) * (surcharge + np.abs(slot_price))] = 0.0
        return ShadowPrices(
            whale_cap=cap_price,
            capacity=np.maximum(slot_price, 0.0),
            min_users=np.maximum(-slot_price, 0.0),
            whale_penalty=surcharge - cap_price,
        )

    @property
    def has_only_caps(self) -> bool:
        """Whether only the two caps have prices."""
        return self.min_users is None and self.whale_penalty is None

    @property
    def whale_surcharge(self) -> NDArray[np.float64]:
        """What a whale pays in addition to the slot price, (S,) float64."""
        return self.whale_cap if self.whale_penalty is None else self.whale_cap + self.whale_penalty

    @property
    def slot_price(self) -> NDArray[np.float64]:
        """What every user pays, (S,) float64."""
        return self.capacity if self.min_users is None else self.capacity - self.min_users

    @property
    def whale_price(self) -> NDArray[np.float64]:
        """What a whale pays in all, (S,) float64."""
        return self.whale_surcharge + self.slot_price
