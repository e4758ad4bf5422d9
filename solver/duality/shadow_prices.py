"""Shadow prices of an allocation: what one more unit of a limit would add to the objective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..kernels import rounding_noise
from ..model import Displayed, Limits


@dataclass(frozen=True, eq=False, repr=False)
class ShadowPrices(Displayed):
    """Prices of the limits, currency units a slot; 0 where a limit is slack.

    Parameters
    ----------
    whale_cap : (S,) float64
        Price of one more whale at each streamer, ≥ 0.
    capacity : (S,) float64
        Price of one more user at each streamer, ≥ 0.
    min_users : (S,) float64, optional
        What one guaranteed user less would add, ≥ 0; None stands for 0.
    whale_penalty : (S,) float64, optional
        What the penalty adds to the price of a whale's slot, ≥ 0; None stands for 0.
    """

    whale_cap: NDArray[np.float64]
    capacity: NDArray[np.float64]
    min_users: NDArray[np.float64] | None = None
    whale_penalty: NDArray[np.float64] | None = None

    def _facts(self) -> dict[str, object]:
        price = self.whale_price
        priced = int(np.count_nonzero(price))
        return {"streamers": len(price), "priced": priced, "highest": f"{price.max():.10g}"}

    @staticmethod
    def zero(n_streamers: int) -> ShadowPrices:
        """Return the prices of limits that do not bind."""
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
            What a whale pays on top of what everybody pays.
        slot_price : (S,) float64
            What everybody pays; below 0 where a guarantee draws users in.
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
        """What a whale pays on top of what everybody pays, (S,) float64."""
        return self.whale_cap if self.whale_penalty is None else self.whale_cap + self.whale_penalty

    @property
    def slot_price(self) -> NDArray[np.float64]:
        """What everybody pays, (S,) float64."""
        return self.capacity if self.min_users is None else self.capacity - self.min_users

    @property
    def whale_price(self) -> NDArray[np.float64]:
        """What a whale pays in all, (S,) float64."""
        return self.whale_surcharge + self.slot_price
