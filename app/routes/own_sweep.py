"""POST /experiments/own-sweep: the sweep across k on the caller's own matrix."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.answering import respond
from app.decoding import parts_of
from app.own_requests import OwnSweepRequest
from app.own_sweep import answer
from app.schemas import ProblemDetails, SweepAnswer, request_body

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.post(
    "/own-sweep",
    summary="Allocate an own matrix across k and judge whether a cap is worth having",
    response_model=None,
    responses={
        200: {"model": SweepAnswer},
        **{status: {"model": ProblemDetails} for status in (400, 413, 422, 503, 504)},
    },
    openapi_extra=request_body("OwnSweepRequest", required=True, parts=parts_of(OwnSweepRequest)),
)
async def post_own_sweep(request: Request) -> Response:
    """Allocate under every whale share and k; compare with everybody at their best streamer.

    The answer has the shape of a whale sweep's. Each result says besides what is exact: expected
    revenue and its Gini, the optimum with its certificate, the price of each cap, and how many
    whales are displaced at what cost. Intervals come from gifts drawn around EV, the same users
    giving under every k.
    """
    return await respond(request, OwnSweepRequest, answer, request.app.state.background)
