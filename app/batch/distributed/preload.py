"""Setup of the Dask workers that this process starts; Dask imports this module by name."""

from __future__ import annotations

from typing import Any

from app.workers.lifetime import end_with_parent


def dask_setup(_worker: Any) -> None:
    """End the worker together with the process that started it, even during a task."""
    end_with_parent()
