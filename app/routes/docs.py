"""Documentation pages of the service: Swagger UI and the error codes. They work offline."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Literal

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from app.errors.codes import CODES, PAGE, description_of, title_of
from app.errors.input_errors import MOST_ERRORS
from app.text.language import VARY, language_of
from messages import Message, render

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whale matching: the API</title>
<link rel="icon" href="static/docs/icon.svg" type="image/svg+xml">
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
    request.headers["X-Requested-With"] = "whale-matching";
    return request;
  },
});
"""

_ERRORS_STYLE = """:root { color-scheme: light dark; --ink: #17202a; --pale: #53606d;
  --paper: #fbfcfd; --line: #d9e0e6; --accent: #0b5e8a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7ebef; --pale: #a7b2bd; --paper: #12161b; --line: #323c46; --accent: #6dbbe8; }
}
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: break-word;
  font: 1rem/1.6 -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
h1 { font-size: 2rem; line-height: 1.2; }
h2 { font-size: 1.1rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
nav ul { columns: 15rem; padding: 0; list-style: none; }
a { color: var(--accent); }
.pale { color: var(--pale); font-weight: normal; }
section:target h2 { border-top: 3px solid var(--accent); }
"""

_TEMPLATES = Environment(
    loader=PackageLoader("app"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def _mark_code(text: str) -> Markup:
    """Return text as HTML, with text between backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


_TEMPLATES.filters["mark_code"] = _mark_code

_TYPES = {
    "icon.svg": "image/svg+xml",
    "errors.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
}


@router.get("/docs")
async def docs() -> Response:
    """Return the page."""
    return Response(_PAGE, media_type="text/html")


@router.get(PAGE)
async def errors(request: Request) -> Response:
    """Return the page that explains the error codes, in the reader's language."""
    language = language_of(request.scope)
    page = _TEMPLATES.get_template("errors.html").render(
        codes=CODES,
        title_of=title_of,
        description_of=description_of,
        most_errors=MOST_ERRORS,
        language=language,
        render=lambda message: render(message, language),
        text=lambda code, **parameters: render(Message(code, **parameters), language),
    )
    return Response(page, media_type="text/html", headers={"Vary": VARY})


@router.get("/static/docs/{name}")
def asset(
    name: Literal["icon.svg", "swagger-ui-bundle.js", "swagger-ui.css", "start.js", "errors.css"],
) -> Response:
    """Return a script or a style sheet of the pages."""
    if name == "start.js":
        content = _START.encode()
    elif name == "errors.css":
        content = _ERRORS_STYLE.encode()
    elif name == "icon.svg":
        content = (files("app.web") / "static" / name).read_bytes()
    else:
        content = (files("fastapi_swagger") / "resources" / name).read_bytes()
    return Response(
        content, media_type=_TYPES[name], headers={"Cache-Control": "public, max-age=3600"}
    )
