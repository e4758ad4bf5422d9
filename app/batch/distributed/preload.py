"""What Dask's workers of our own do before their first task; Dask imports it by its name."""

from __future__ import annotations

from typing import Any

from app.workers.lifetime import end_with_parent


def dask_setup(_worker: Any) -> None:
    """End with the process that started the worker, in the middle of a task too."""
    end_with_parent()
