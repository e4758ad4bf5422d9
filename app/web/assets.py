"""What the page's HTML refers to: modules, style sheets, and the bundle that draws charts."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request, Response

from app.errors.problem_details import RefusalError
from app.files import write_atomically
from app.settings import Settings
from messages import Message

router = APIRouter(include_in_schema=False)

BUNDLE = "vega.js"

_BUNDLED = "window.vegaEmbed = vegaEmbed;"
"""The only name that the page needs of the bundle."""

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Asset:
    """A file as it goes out.

    Parameters
    ----------
    media_type : str
    compressed : bytes
        By gzip.
    """

    media_type: str
    compressed: bytes

    def answer(self, request: Request, *, known_version: bool) -> Response:
        """Return the file; one whose address names its version never changes."""
        headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
        if known_version:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        content = self.compressed
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, headers=headers, media_type=self.media_type)


@cache
def assets() -> dict[str, Asset]:
    """Return the files of the page by name, without the bundle."""
    assets_by_name = {}
    for file in (files("app.web") / "static").iterdir():
        suffix = Path(file.name).suffix
        if suffix in _TYPES:
            assets_by_name[file.name] = Asset(_TYPES[suffix], gzip.compress(file.read_bytes(), 9))
    return assets_by_name


@cache
def assets_version() -> str:
    """Return what changes whenever any file of the page does, the bundle included."""
    digest = hashlib.sha256(version("vl-convert-python").encode())
    for name, asset in sorted(assets().items()):
        digest.update(name.encode())
        digest.update(gzip.decompress(asset.compressed))
    return digest.hexdigest()[:12]


def load_bundle(directory: Path) -> bytes:
    """Return the bundle that draws charts, by gzip: from a file, which the first call writes.

    Making it takes seconds and more memory than the rest of the service: for a worker.

    Parameters
    ----------
    directory : Path
        Of the file. Where it cannot be written to, every start makes the bundle again.
    """
    kept = directory / f"vega-{version('vl-convert-python')}.js.gz"
    try:
        return kept.read_bytes()
    except OSError:
        pass
    import vl_convert

    compressed = gzip.compress(vl_convert.javascript_bundle(_BUNDLED).encode(), 9)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_atomically(kept, compressed)
    except OSError:
        pass  # it is a convenience
    return compressed


async def _bundle(request: Request) -> Asset:
    state = request.app.state
    if getattr(state, "chart_bundle", None) is None:
        settings: Settings = state.settings
        async with state.drawing.acquire():
            compressed = await state.pool.run(
                load_bundle, settings.data_directory, seconds=settings.max_report_seconds
            )
        state.chart_bundle = Asset(_TYPES[".js"], compressed)
    bundle: Asset = state.chart_bundle
    return bundle


@router.get("/static/web/{asked_version}/{name}")
async def asset(request: Request, asked_version: str, name: str) -> Response:
    """Return a file of the page."""
    match = await _bundle(request) if name == BUNDLE else assets().get(name)
    if match is None:
        raise RefusalError("unknown-file", Message("unknown_file", name=name[:60]))
    return match.answer(request, known_version=asked_version == assets_version())
