"""What a request for an allocation may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from app.fields.arrays import Caps, Ids, Matrix, Numbers, Penalties, Positions, Values
from app.fields.strict_model import StrictModel
from app.fields.whole_numbers import Whole
from solver import Algorithm, Fill

IDS = (
    'text or whole numbers of 64 bits, each once; default "0", "1", …. Numbers come back as '
    "numbers wherever JSON has them: in lists and values, while names of an object's members are "
    'text. 17 and "17" are one id'
)


class CandidateLists(StrictModel):
    """The allowed pairs, as three lists of one length."""

    user: Positions
    streamer: Positions
    ev: Values


class ProblemRequest(StrictModel):
    """An allocation problem: EV, limits, and exactly one way to say who is a whale."""

    ev: Matrix | None = Field(None, description="users × streamers; null = forbidden")
    candidates: CandidateLists | None = Field(None, description="allowed pairs, instead of ev")
    k: Caps | None = Field(
        None,
        description="most whales a streamer takes; one number or one per streamer, 0 closes it to "
        "whales; may be left out where whale_penalty is given, and is then unbounded",
    )
    capacity: Caps | None = Field(
        None,
        description="most users a streamer takes, whales included; one number or one per "
        "streamer, 0 closes it; null = unbounded",
    )
    min_users: Caps | None = Field(
        None,
        description="least users a streamer is shown to, whales included: a guarantee of "
        "exposure; one number or one per streamer; default 0. A user is never placed at a "
        "negative EV, not even to meet a guarantee, unless allow_negative_ev is true",
    )
    allow_negative_ev: bool = Field(
        False,
        description="whether guarantees (min_users) may be met by pairs of negative EV, at the "
        "greatest total EV there is: what distances (EV = -distance) need. Beyond what is "
        "guaranteed, nobody is placed at a negative EV",
    )
    whale_penalty: Penalties | None = Field(
        None,
        description="what the first, second, … whale at a streamer costs, currency units: a soft "
        "cap; never falling, the last price goes on",
        examples=[[0, 0, 5, 20]],
    )
    max_streamers_per_user: Whole = Field(
        1, ge=1, description="most different streamers a user is shown to; each counts its EV"
    )
    wealth: Numbers | None = Field(None, description="one per user; any unit")
    whale_share: float | None = Field(
        None,
        gt=0,
        le=1,
        description="wealthiest share of users; 1 makes everybody a whale and needs no wealth",
    )
    whale_threshold: float | None = Field(None, description="users at least this wealthy")
    whales: Ids | None = Field(
        None, description="ids of the whales; as text or numbers, whichever user_ids has"
    )
    user_ids: Ids | None = Field(None, description=IDS)
    streamer_ids: Ids | None = Field(None, description=IDS)


Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class StartPrices(StrictModel):
    """Prices to begin with, currency units, by streamer id; 0 where none is given."""

    whale_cap: dict[str, Price] = Field({}, description="of one more whale")
    capacity: dict[str, Price] = Field({}, description="of one more user")
    min_users: dict[str, Price] = Field({}, description="of one guaranteed user less")
    whale_penalty: dict[str, Price] = Field({}, description="what penalties add for a whale")


class AllocateRequest(ProblemRequest):
    """One allocation problem: EV, limits, exactly one way to say who is a whale; and how."""

    algorithm: Algorithm = Field("min-cost-flow", description="of the whale tier")
    fill: Fill = Field("greedy", description="how normal users are allocated")
    prices: StartPrices | None = Field(
        None,
        description="a warm start: the shadow_prices of an earlier answer to a similar problem; "
        "they change how long it takes, not how good the allocation is",
    )
    tolerance: float = Field(
        0,
        ge=0,
        le=1,
        description="gap to the optimum, as a share of the objective, at which the solver may "
        "stop; default 0, exact",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[85.3, 12.0], [40.1, None]],
                    "k": 2,
                    "wealth": [52340.5, 18.2],
                    "whale_share": 0.01,
                    "user_ids": ["u0", "u1"],
                    "streamer_ids": ["s0", "s1"],
                },
                {
                    "ev": [[9.0, 1.0], [8.0, 7.0], [4.0, 3.0]],
                    "whale_penalty": [0, 0.5, 5],
                    "min_users": [0, 1],
                    "whales": ["0", "1"],
                },
                {
                    "ev": [[-1.5, -4.0], [-2.0, -0.5], [-3.0, -2.5]],
                    "k": 3,
                    "min_users": 1,
                    "allow_negative_ev": True,
                    "whales": ["0", "1", "2"],
                },
            ]
        }
    )


class CurveRequest(ProblemRequest):
    """An allocation problem, and up to which k the curve goes.

    `k` counts for `slot_gain` alone: on the curve, every streamer has the same k, also one that
    `k` closes. A capacity of 0 keeps it closed.
    """

    k_max: Whole = Field(
        20, ge=1, description="the curve goes from k = 1 to this; the server sets its largest"
    )
    k: Caps | None = Field(
        None,
        description="the caps at which slot_gain is worked out; one number or one per streamer; "
        "by default unbounded, and slots are then scarce, and gain anything, only by capacity",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[9.0, 1.0], [8.0, 7.0], [6.0, 2.0]],
                    "k": 1,
                    "k_max": 4,
                    "whales": ["u0", "u1", "u2"],
                    "user_ids": ["u0", "u1", "u2"],
                    "streamer_ids": ["s0", "s1"],
                }
            ]
        }
    )
