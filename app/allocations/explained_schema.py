"""Schemas of explained allocations."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .schemas import AllocateAnswer, Id


class DisplacedUser(BaseModel):
    """A user that is worth more elsewhere."""

    user: Id
    whale: bool
    wanted: Id | None = Field(
        description="its best streamer were there no caps; null where a guarantee places it at a "
        "negative EV and it would rather have none"
    )
    got: Id | None = Field(description="null = not allocated")
    wanted_ev: float
    ev: float = Field(description="0 where it is not allocated")
    cost: float = Field(description="wanted_ev less ev, currency units")


class Displaced(BaseModel):
    """Whom the caps displace; users who nobody tried to place are not counted."""

    whales: int
    whale_cost: float
    users: int = Field(description="whales included")
    cost: float
    largest: list[DisplacedUser] = Field(description="the costliest first; 200 at most")


class StreamerLoad(BaseModel):
    """A streamer with its users, its limits and what one more slot would add."""

    streamer: Id
    whales: int
    users: int
    wanted: int = Field(description="whales that would choose it were there no caps")
    k: int | None
    capacity: int | None = Field(description="null = unbounded")
    price_k: float
    price_capacity: float


class Streamers(BaseModel):
    """Streamers, the dearest and fullest first."""

    count: int
    listed: list[StreamerLoad] = Field(description="500 at most")


class Picture(BaseModel):
    """EV of the whales that are worth most, at the streamers that they want or have."""

    whales: list[Id]
    streamers: list[Id]
    ev: list[list[float | None]] = Field(description="whales × streamers; null = forbidden")
    wanted: list[Id | None] = Field(description="by whale")
    got: list[Id | None] = Field(description="by whale")
    of_whales: int
    of_streamers: int


class ExplainedAnswer(AllocateAnswer):
    """One allocation with what explains it."""

    ev: dict[str, float] = Field(
        description="by user id as text: what each is worth where it is; 0 for none"
    )
    displaced: Displaced
    streamers: Streamers
    picture: Picture
