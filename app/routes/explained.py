"""POST /allocate/explained: an allocation with explanations."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.allocations import explained
from app.allocations.explained_schema import ExplainedAnswer
from app.allocations.requests import AllocateRequest
from app.http.decoding import describe_parts
from app.http.respond import respond
from app.openapi.answers import describe_answer
from app.openapi.bodies import request_body

from .allocate import REFUSALS

router = APIRouter(tags=["allocation"])


@router.post(
    "/allocate/explained",
    summary="Allocate, and say who was displaced, at what cost, and how full each streamer is",
    response_model=None,
    responses={
        200: describe_answer(
            "post_explained", "allocation", model=ExplainedAnswer, headers=("Server-Timing",)
        ),
        **REFUSALS,
    },
    openapi_extra=request_body(
        "AllocateRequest", required=True, parts=describe_parts(AllocateRequest)
    ),
)
async def post_explained(request: Request) -> Response:
    """Answer as `POST /allocate` does, and explain the allocation.

    `displaced` has who is worth more elsewhere, the costliest first; `streamers` load, limits and
    prices, the dearest and fullest first; `picture` the EV of the whales that are worth most, at
    the streamers that they want or have. Each is cut to what a page shows, and says of how many.
    """
    return await respond(request, AllocateRequest, explained.answer_explained)
