"""The interactive documentation, with nothing fetched from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from fastapi import APIRouter, Response

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whale matching: the API</title>
<link rel="stylesheet" href="static/docs/swagger-ui.css">
</head>
<body>
<main id="swagger"></main>
<script src="static/docs/swagger-ui-bundle.js"></script>
<script src="static/docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: (request) => {
    const key = sessionStorage.getItem("whale-key");
    if (key && !request.headers.Authorization) request.headers.Authorization = `Bearer ${key}`;
    return request;
  },
});
"""

_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
}


@router.get("/docs")
async def docs() -> Response:
    """Return the page."""
    return Response(_PAGE, media_type="text/html")


@router.get("/static/docs/{name}")
def asset(name: Literal["swagger-ui-bundle.js", "swagger-ui.css", "start.js"]) -> Response:
    """Return a script or the style sheet of the page."""
    if name == "start.js":
        content = _START.encode()
    else:
        content = (files("fastapi_swagger") / "resources" / name).read_bytes()
    return Response(
        content, media_type=_TYPES[name], headers={"Cache-Control": "public, max-age=3600"}
    )
