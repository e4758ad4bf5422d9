"""POST /allocate: one allocation."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from app import allocation, errors
from app.codecs import from_json, read_body, to_json
from app.schemas import AllocateAnswer, AllocateRequest, ProblemDetails, request_body
from app.settings import Settings
from app.timings import Timings

router = APIRouter(tags=["allocation"])


@router.post(
    "/allocate",
    summary="Allocate whales first, then everybody else",
    response_model=None,
    responses={
        200: {"model": AllocateAnswer},
        **{status: {"model": ProblemDetails} for status in (400, 413, 422)},
    },
    openapi_extra=request_body("AllocateRequest", required=True),
)
async def post_allocate(request: Request) -> Response:
    """Allocate whales exactly, at most k to a streamer; everybody else into the capacity left.

    Every answer carries shadow prices and a certificate: an upper bound, computed from the data,
    which no allocation can exceed.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings.max_body_bytes)
    return Response(await run_in_threadpool(_answer, body, settings), media_type="application/json")


def _answer(body: bytes, settings: Settings) -> bytes:
    timings = Timings()
    try:
        known = AllocateRequest.model_validate(from_json(body))
    except ValidationError as error:
        raise errors.from_schema(error) from error
    return to_json(allocation.answer(known, settings, timings))
