"""POST /allocate, one allocation; POST /allocate/curve and …/frontier, many."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.access.keys import key_of
from app.allocations import allocation, curve, frontier, plans
from app.allocations.requests import AllocateRequest, CurveRequest, FrontierRequest
from app.allocations.schemas import AllocateAnswer, CurveAnswer, FrontierAnswer, PlanAnswer
from app.formats.json import MEDIA_TYPE as JSON
from app.formats.registry import ANSWER_MEDIA_TYPES, negotiate_media_type
from app.http.body import receive_body
from app.http.connection import while_connected
from app.http.decoding import describe_parts
from app.http.prefer import Preferences, Preferred
from app.http.respond import Answer, encode_answer, respond
from app.jobs.kinds import count_points
from app.jobs.submit import build_submission_with_body, submit
from app.observability.timings import Timings
from app.openapi.answers import describe_accepted, describe_answer
from app.openapi.bodies import request_body
from app.openapi.errors import describe_errors
from app.settings import Settings

router = APIRouter(tags=["allocation"])

ValidateOnly = Annotated[
    bool, Query(description="check the request and say how large it is", examples=[True])
]
TABLES = {each: {"schema": {"type": "string", "format": "binary"}} for each in ANSWER_MEDIA_TYPES}
REFUSALS = describe_errors(400, 413, 415, 422, 500, 503, 504)
ALLOCATION = describe_answer(
    "post_allocate",
    "allocation",
    "fair",
    "validate_only",
    model=AllocateAnswer | PlanAnswer,
    headers=("Server-Timing",),
)


@router.post(
    "/allocate",
    summary="Allocate whales first, then everybody else",
    response_model=None,
    responses={
        200: {**ALLOCATION, "content": ALLOCATION["content"] | TABLES},
        **describe_accepted("post_allocate"),
        **REFUSALS,
    },
    openapi_extra=request_body(
        "AllocateRequest", required=True, parts=describe_parts(AllocateRequest)
    ),
)
async def post_allocate(
    request: Request, preferred: Preferred, validate_only: ValidateOnly = False
) -> Response:
    """Allocate whales exactly, at most k per streamer, and everybody else into the capacity left.

    Streamers can be guaranteed users (`min_users`), further whales at a streamer can have a price
    (`whale_penalty`), and users can be shown to several streamers (`max_streamers_per_user`). A
    user is never placed at a negative EV, not even to meet a guarantee, unless the request has
    `allow_negative_ev`. If whales have no streamer, the first of `notes` says how many and why.
    Every answer has shadow prices and a certificate: an upper bound, computed from the data,
    which no allocation can exceed.

    With `fairness`, the streamers' revenues are made more equal: as equal as possible within
    `max_loss`, at least as equal as `max_gini`, or by the weight `theta` or `alpha`. The answer's
    `fairness` has what is given up, and what no allocation reaches. `objective` is that of the
    fair allocation; `certificate.upper_bound` and `shadow_prices` remain those of the optimum, so
    that `certificate.gap` is what equality costs and `proven_optimal` is false if it costs
    anything. `base` is revenue that streamers had before.

    Send large inputs as `multipart/form-data`, without JSON. With `Accept:
    application/vnd.apache.arrow.stream`, the allocation is an Arrow table of user, streamer, tier
    and ev; its schema's metadata have the rest of the answer as JSON. With `validate_only`, the
    request is checked and its size returned; nothing is solved.

    With `Prefer: respond-async`, the request is checked and answered with 202 and the address of
    an experiment of kind allocation, whose result is the allocation.
    """
    if preferred.respond_async and not validate_only:
        return await _submit(request, preferred)
    answer: Answer[AllocateRequest] = allocation.answer_allocation
    if validate_only:
        answer = plans.answer_plan
    elif negotiate_media_type(request.headers.get("accept", "")) in ANSWER_MEDIA_TYPES:
        answer = allocation.answer_table
    return await respond(request, AllocateRequest, answer)


async def _submit(request: Request, preferred: Preferences) -> Response:
    """Check a request, and submit it as an experiment."""
    state = request.app.state
    settings: Settings = state.settings
    accept = negotiate_media_type(request.headers.get("accept", ""))
    async with receive_body(request, settings.max_body_bytes) as body:
        check = state.pool.run(
            encode_answer, AllocateRequest, plans.answer_plan, body, settings, Timings(),
            seconds=settings.max_solve_seconds, key=key_of(request),
        )  # fmt: skip
        await while_connected(request, check)
        submission = await asyncio.to_thread(
            build_submission_with_body, "allocation", body, accept, preferred
        )
        return await submit(request, submission, preferred)


@router.post(
    "/allocate/curve",
    summary="Value of the whale tier under every k",
    response_model=None,
    responses={
        200: describe_answer("post_curve", "curve", model=CurveAnswer, headers=("Server-Timing",)),
        **REFUSALS,
    },
    openapi_extra=request_body("CurveRequest", required=True, parts=describe_parts(CurveRequest)),
)
async def post_curve(request: Request) -> Response:
    """Solve the whale tier exactly for k = 1, 2, …, `k_max`, the same at every streamer.

    Each value is the whale objective, less penalties, of `POST /allocate` with that k and fill
    none. `slot_gain` has the value of one more slot at the `k` of the request, which is used for
    nothing else. Without it, k is unbounded: only capacity makes slots scarce.
    """
    return await respond(request, CurveRequest, curve.answer_curve)


@router.post(
    "/allocate/frontier",
    summary="What equality among streamers costs, and what is impossible",
    response_model=None,
    responses={
        200: describe_answer(
            "post_frontier", "frontier", model=FrontierAnswer, headers=("Server-Timing",)
        ),
        **describe_accepted("post_frontier"),
        **REFUSALS,
    },
    openapi_extra=request_body(
        "FrontierRequest", required=True, parts=describe_parts(FrontierRequest)
    ),
)
async def post_frontier(request: Request, preferred: Preferred) -> Response:
    """Trace the trade-off between the total and the Gini coefficient of streamers' revenues.

    Each of the `points` is the allocation of `POST /allocate` at one θ, from 0, the optimum, to 1.
    `gini_at_least` is proven: no allocation of at least that objective has a lower Gini
    coefficient. `lorenz` is the Lorenz curve; that of the first point is the one before. With
    `assignments`, each point has its allocation.

    With `Prefer: respond-async`, the request is checked and answered with 202 and the address of
    an experiment of kind frontier, whose progress is the number of points found. It finds each on
    its own: its points can differ within their gaps.
    """
    if not preferred.respond_async:
        return await respond(request, FrontierRequest, frontier.answer_frontier)
    state = request.app.state
    settings: Settings = state.settings
    async with receive_body(request, settings.max_body_bytes) as body:
        check = state.pool.run(
            count_points, body, settings,
            seconds=settings.max_solve_seconds, key=key_of(request),
        )  # fmt: skip
        points = await while_connected(request, check)
        submission = await asyncio.to_thread(
            build_submission_with_body, "frontier", body, JSON, preferred, points=points
        )
        return await submit(request, submission, preferred)
