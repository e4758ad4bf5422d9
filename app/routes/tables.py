"""POST /tables/preview: how the service reads a table."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.http.preview import expect_multipart, preview_body
from app.http.respond import respond_to_body
from app.openapi.answers import describe_answer
from app.openapi.bodies import table_body
from app.openapi.errors import describe_errors
from app.tables.schemas import PreviewAnswer

router = APIRouter(prefix="/tables", tags=["allocation"])


@router.post(
    "/preview",
    summary="Preview how the service reads a table",
    response_model=None,
    responses={
        200: describe_answer(
            "post_preview", "preview", "fault", model=PreviewAnswer, headers=("Server-Timing",)
        ),
        **describe_errors(400, 413, 415, 422, 500, 503, 504),
    },
    openapi_extra=table_body(),
)
async def post_preview(request: Request) -> Response:
    """Read a table; return its format, its shape, the role of each column, and warnings.

    Routes with a part `table` read it in the same way. If the preview is wrong, send these routes
    the roles in `columns`, by heading, or by number if a column has none, and `header`.

    If a cell or a heading does not fit the roles, `fault` says so, beside the assumed roles; other
    routes refuse such a table for the same reason. A file that cannot be read at all is refused
    here too.
    """
    expect_multipart(request.headers.get("content-type", ""))
    return await respond_to_body(request, preview_body)
