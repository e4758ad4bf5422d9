"""whale-matching serve."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn


def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="server processes")] = 1,
) -> None:
    """Start the service."""
    uvicorn.run("app.main:create_app", factory=True, host=host, port=port, workers=workers)
