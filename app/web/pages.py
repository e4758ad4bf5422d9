"""The pages: HTML without any data, which modules fetch with the reader's key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import TypeAdapter

from app.access.root_path import root_of
from app.allocations.requests import ProblemRequest
from app.formats.registry import TABLE_LABELS, TABLE_SUFFIXES
from app.http.security_headers import CONTENT_SECURITY_POLICY
from app.jobs.labels import MOST_NAME, MOST_NOTE
from app.studies.matrix_requests import OwnSweepRequest
from app.studies.report_style import REPORT_STYLE
from app.text.language import COOKIE, VARY, language_of
from messages import LANGUAGES, Message, render, templates
from simulator import CRITERIA, POLICIES, SweepConfig
from simulator.policies import COMPARED
from simulator.study.result_json import criterion_json

from .assets import BUNDLE, assets_version
from .presets import PRESETS

router = APIRouter(include_in_schema=False)

REMEMBERED_SECONDS = 365 * 24 * 3600
"""How long a browser keeps the language that its reader has chosen."""

OPEN_PATHS = ("/", "/sweeps", "/sweeps/", "/allocation", "/history", "/compare", "/static/")
"""Paths that need no key: they hold no data."""

LABELS = {"name": MOST_NAME, "note": MOST_NOTE}
"""Most characters of the labels of an experiment."""

_TEMPLATES = Environment(
    loader=PackageLoader("app.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

# A report is shown as a document of this page, and keeps to its policy: its one style sheet may be
# in it, by its digest.
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
        "style-src 'self'", f"style-src 'self' {REPORT_STYLE}"
    ),
    "Vary": VARY,
}


@router.get("/")
async def home(request: Request) -> Response:
    """Return the way in: what this is, and where to go."""
    return _page(request, "home")


@router.get("/sweeps")
async def new_sweep(request: Request) -> Response:
    """Return the question whether a cap helps: on the reader's own table, or in a drawn market."""
    query = request.query_params
    drawn = query.get("data", "drawn" if "from" in query else "own") == "drawn"
    return _page(
        request,
        "new-sweep",
        source="drawn" if drawn else "own",
        presets={name: dict(each) for name, each in PRESETS.items()},
        settings=_sweep_settings(),
        own_settings=_matrix_study_settings(),
        policies=_policies(language_of(request.scope)),
        grids={name: POLICIES[name].grid for name in COMPARED},
        suffixes=",".join(TABLE_SUFFIXES),
    )


@router.get("/sweeps/{experiment_id}")
async def sweep(request: Request, experiment_id: str) -> Response:
    """Return a sweep's own page."""
    study = _study(language_of(request.scope))
    return _page(request, "sweep", experiment_id=experiment_id, study=study, labels=LABELS)


@router.get("/allocation")
async def allocation(request: Request) -> Response:
    """Return the form of an allocation."""
    suffixes = ",".join(TABLE_SUFFIXES)
    return _page(request, "allocation", suffixes=suffixes, settings=_problem_settings())


@router.get("/history")
async def history(request: Request) -> Response:
    """Return the list of experiments."""
    return _page(request, "history", study=_study(language_of(request.scope)), labels=LABELS)


@router.get("/compare")
async def compare(request: Request) -> Response:
    """Return two experiments side by side."""
    return _page(request, "compare", study=_study(language_of(request.scope)))


@cache
def _sweep_settings() -> dict[str, Any]:
    """Return the schemas of a sweep's settings by name, those of its world as `world.…`."""
    schema = TypeAdapter(SweepConfig).json_schema()
    world = schema["$defs"]["WorldConfig"]["properties"]
    settings: dict[str, Any] = dict(schema["properties"])
    return settings | {f"world.{name}": each for name, each in world.items()}


@cache
def _matrix_study_settings() -> dict[str, Any]:
    """Return the schemas of the settings of a sweep on a table."""
    schema = OwnSweepRequest.model_json_schema()
    minimum = schema["$defs"]["MinimumEffectRequest"]["properties"]
    settings: dict[str, Any] = {
        name: each for name, each in schema["properties"].items() if "default" in each
    }
    del settings["minimum_effect"]
    settings |= {f"minimum_effect.{name}": each for name, each in minimum.items()}
    return settings | {"capacity": _problem_settings()["capacity"]}


@cache
def _policies(language: str) -> dict[str, tuple[str, str]]:
    """Return name and description of the policies that a sweep may compare."""
    return {
        name: (render(POLICIES[name].title, language), render(POLICIES[name].description, language))
        for name in COMPARED
    }


@cache
def _problem_settings() -> dict[str, Any]:
    """Return the schemas of the settings that the form of an allocation has bounds for."""
    properties = ProblemRequest.model_json_schema()["properties"]
    return {name: properties[name] for name in ("k", "capacity", "whale_share")}


@cache
def _study(language: str) -> dict[str, Any]:
    """Return what pages of studies need to know: criteria, and names of policies."""
    return {
        "criteria": [criterion_json(each) for each in CRITERIA],
        "policies": {name: render(each.title, language) for name, each in POLICIES.items()},
    }


@cache
def _formats(language: str) -> str:
    """Return the formats of tables, in words."""
    return render(Message("alternatives", names=TABLE_LABELS), language)


def _page(request: Request, name: str, **values: Any) -> Response:
    """Return a page in the reader's language, or remember the language that was chosen."""
    chosen = request.query_params.get("language")
    if chosen is not None and chosen in LANGUAGES:
        return _remembering(request, chosen)
    language, root = language_of(request.scope), root_of(request)
    texts = templates(language, "page")
    html = _TEMPLATES.get_template(f"{name}.html").render(
        page=name,
        language=language,
        languages=LANGUAGES,
        texts=dict(texts),
        t=partial(_text, texts),
        formats=_formats(language),
        here=request.url.remove_query_params("language"),
        root=root,
        static=f"{root}/static/web/{assets_version()}",
        bundle=BUNDLE,
        **values,
    )
    return Response(html, headers=_HEADERS, media_type="text/html")


def _text(texts: Mapping[str, str], name: str, **values: str) -> str:
    text = texts[text_id(name)]
    return text.format(**values) if values else text


def text_id(name: str) -> str:
    """Return the id that a text has in the catalogues, where ids have no dots: "nav.label"."""
    return name.replace(".", "_").replace(" ", "_")


def _remembering(request: Request, language: str) -> Response:
    """Return the way back to the page, in the language that was chosen."""
    rest = request.url.remove_query_params("language")
    target = rest.path + (f"?{rest.query}" if rest.query else "")
    response = RedirectResponse(target, 303)
    response.set_cookie(
        COOKIE, language, max_age=REMEMBERED_SECONDS, httponly=True, samesite="lax",
        path=root_of(request) or "/",
    )  # fmt: skip
    return response
