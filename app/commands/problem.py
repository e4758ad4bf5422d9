"""The options that state an allocation problem, and the request that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.files import read_array
from app.formats.registry import WRITERS, alternatives
from messages import Message
from solver import InputError

Ev = Annotated[
    Path | None,
    typer.Option(help="users × streamers, .npy, -inf = forbidden; or any file of --table"),
]
OutputFile = Annotated[
    str, typer.Option(help=f"where the answer goes: {alternatives((*WRITERS,))}; - prints JSON")
]
K = Annotated[str | None, typer.Option(help="most whales a streamer takes; or a .npy, one each")]
Wealth = Annotated[
    Path | None, typer.Option(help="one per user, .npy; or a table of users and their wealth")
]
WhaleShare = Annotated[
    float | None, typer.Option(help="wealthiest share of users; by default 0.01")
]
AllWhales = Annotated[
    bool, typer.Option("--all-whales", help="every user is a whale; needs no wealth")
]
WhaleThreshold = Annotated[float | None, typer.Option(help="users at least this wealthy, instead")]
Capacity = Annotated[
    str | None, typer.Option(help="most users a streamer takes; or a .npy, one each")
]
MinUsers = Annotated[
    str | None, typer.Option(help="least users a streamer is shown to; or a .npy, one each")
]
WhalePenalty = Annotated[
    str | None,
    typer.Option(help="price of the first, second, … whale at a streamer, as 0,0,5,20"),
]
AllowNegativeEv = Annotated[
    bool,
    typer.Option("--allow-negative-ev", help="meet guarantees also by pairs of negative EV"),
]
StreamersPerUser = Annotated[int, typer.Option(help="most streamers a user is shown to")]


def problem(
    given: dict[str, Any],
    k: str | None,
    whale_share: float | None,
    whale_threshold: float | None,
    all_whales: bool,
    capacity: str | None,
    min_users: str | None,
    whale_penalty: str | None,
    max_streamers_per_user: int,
    allow_negative_ev: bool,
) -> dict[str, Any]:
    """Return the fields of a request that name the problem; the top percent are whales.

    Parameters
    ----------
    given : dict
        The fields that files give.

    Raises
    ------
    solver.InputError
        Where whales are said in two ways.
    """
    named = {"whale_share": whale_share, "whale_threshold": whale_threshold}
    if all_whales:
        for name, value in named.items():
            if value is not None:
                option = f"--{name.replace('_', '-')}"
                message = Message(
                    "option_excluded", option=option, beside=("--all-whales",), received=str(value)
                )
                raise InputError(name, message)
        whale_share = 1.0
    elif whale_share is None and whale_threshold is None:
        whale_share = 0.01
    return {
        **given,
        "k": caps(k, "k"),
        "capacity": caps(capacity, "capacity"),
        "min_users": caps(min_users, "min_users"),
        "whale_penalty": None if whale_penalty is None else _prices(whale_penalty),
        "max_streamers_per_user": max_streamers_per_user,
        "allow_negative_ev": allow_negative_ev,
        "whale_share": whale_share,
        "whale_threshold": whale_threshold,
    }


def caps(value: str | None, field: str) -> Any:
    """Return one cap, or an array of one per streamer, or None.

    Raises
    ------
    solver.InputError
        On what is neither a whole number nor a .npy file.
    """
    if value is None:
        return None
    if value.lstrip("-").isdecimal():
        return int(value)
    if value.endswith(".npy"):
        return read_array(Path(value), field)
    raise InputError(field, Message("cap_option_expected", field=field, received=value))


def _prices(value: str) -> list[float]:
    """Return the prices of a list such as 0,0,5,20."""
    try:
        return [float(price) for price in value.split(",")]
    except ValueError:
        message = Message(
            "list_option_expected", field="whale_penalty", items="numbers", received=value
        )
        raise InputError("whale_penalty", message) from None
