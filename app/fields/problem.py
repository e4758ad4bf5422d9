"""The fields of an allocation problem, each declared once.

A declaration has the type with its bounds, the description, and how multipart bodies (`Part`) and
commands (`Option`) give the field. Requests name these types; HTTP, the OpenAPI document and the
command line follow. To add a field, declare it here, name it in the request that has it, and pass
it to the solver in `app.allocations.problems`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from solver import Algorithm, Fill

from .arrays import Caps, Ids, Matrix, Numbers, Penalties, Positions, Values
from .declarations import Option, Part
from .strict_model import StrictModel
from .whole_numbers import PositiveWhole


class CandidateLists(StrictModel):
    """The allowed pairs, as three lists of one length."""

    user: Positions
    streamer: Positions
    ev: Values


Ev = Annotated[
    Matrix | None,
    Field(description="users × streamers; null = forbidden"),
    Part("users × streamers, .npy of numbers; -inf = forbidden"),
]

CandidatePairs = Annotated[CandidateLists | None, Field(description="allowed pairs, instead of ev")]

CAPS_PART = Part("one per streamer, .npy of whole numbers")
WEALTH_PART = Part("one per user, .npy of numbers; or a table of users and their wealth")

K = Annotated[
    Caps | None,
    Field(
        description="most whales a streamer takes; one number or one per streamer, 0 closes it to "
        "whales; may be left out where whale_penalty is given, and is then unbounded"
    ),
    CAPS_PART,
    Option("caps"),
]

CurveK = Annotated[
    Caps | None,
    Field(
        description="the caps at which slot_gain is worked out; one number or one per streamer; "
        "by default unbounded, and slots are then scarce, and gain anything, only by capacity"
    ),
    CAPS_PART,
    Option("caps"),
]

Capacity = Annotated[
    Caps | None,
    Field(
        description="most users a streamer takes, whales included; one number or one per "
        "streamer, 0 closes it; null = unbounded"
    ),
    CAPS_PART,
    Option("caps"),
]

MinUsers = Annotated[
    Caps | None,
    Field(
        description="least users a streamer is shown to, whales included: a guarantee of "
        "exposure; one number or one per streamer; default 0. A user is never placed at a "
        "negative EV, not even to meet a guarantee, unless allow_negative_ev is true"
    ),
    CAPS_PART,
    Option("caps"),
]

AllowNegativeEv = Annotated[
    bool,
    Field(
        description="whether guarantees (min_users) may be met by pairs of negative EV, at the "
        "greatest total EV there is: what distances (EV = -distance) need. Beyond what is "
        "guaranteed, nobody is placed at a negative EV"
    ),
    Option("flag"),
]

WhalePenalty = Annotated[
    Penalties | None,
    Field(
        description="what the first, second, … whale at a streamer costs, currency units: a soft "
        "cap; never falling, the last price goes on",
        examples=[[0, 0, 5, 20]],
    ),
    Part("of the first, second, … whale, .npy of numbers"),
    Option("prices"),
]

StreamersPerUser = Annotated[
    PositiveWhole,
    Field(description="most different streamers a user is shown to; each counts its EV"),
    Option(),
]

Wealth = Annotated[
    Numbers | None,
    Field(description="one per user; any unit"),
    WEALTH_PART,
]

OrderedWealth = Annotated[
    Numbers,
    Field(description="one per user; any unit: only the order counts"),
    WEALTH_PART,
]

WhaleShare = Annotated[
    float | None,
    Field(
        gt=0,
        le=1,
        description="wealthiest share of users; 1 makes everybody a whale and needs no wealth",
    ),
    Option(),
]

WhaleThreshold = Annotated[
    float | None,
    Field(description="users at least this wealthy"),
    Option(),
]

Whales = Annotated[
    Ids | None,
    Field(description="ids of the whales; as text or numbers, whichever user_ids has"),
]

SideIds = Annotated[
    Ids | None,
    Field(
        description='text or whole numbers of 64 bits, each once; default "0", "1", …. Numbers '
        "come back as numbers wherever JSON has them: in lists and values, while names of an "
        'object\'s members are text. 17 and "17" are one id'
    ),
]

AlgorithmName = Annotated[Algorithm, Field(description="of the whale tier"), Option()]

FillName = Annotated[
    Fill,
    Field(description="how normal users are allocated"),
    Option(),
]

KMax = Annotated[
    PositiveWhole,
    Field(description="the curve goes from k = 1 to this; the server sets its largest"),
    Option(),
]
