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
    summary="Allocate and explain: displaced users, their cost, and the load of each streamer",
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

    `displaced` has the users who are worth more elsewhere, the costliest first; `streamers` has
    loads, limits and prices, the dearest and fullest first; `picture` has the EV of the most
    valuable whales at the streamers that they want or have. Each is cut to the size of a page and
    has the total number.
    """
    return await respond(request, AllocateRequest, explained.answer_explained)
