"""Links from answers to the operations that can follow."""

from __future__ import annotations

from typing import Any

_EXPERIMENT_OPERATIONS = {
    "get_experiment": "its progress and result",
    "get_events": "its events, to its end",
    "get_result": "its result alone",
    "get_figures": "the names of its figures",
    "get_report": "its report",
    "patch_experiment": "name it, or note something about it",
    "delete_experiment": "cancel or delete it",
}


def _to_experiment(id_: str) -> dict[str, Any]:
    return {
        operation: {
            "operationId": operation,
            "parameters": {"experiment_id": id_},
            "description": description,
        }
        for operation, description in _EXPERIMENT_OPERATIONS.items()
    }


_LINKS_OF_202 = {"202": _to_experiment("$response.body#/id")}
_LINKS_OF_SWEEP = {"200": _to_experiment("$response.body#/id"), **_LINKS_OF_202}

LINKS: dict[str, dict[str, dict[str, Any]]] = {
    "post_allocate": _LINKS_OF_202,
    "post_frontier": _LINKS_OF_202,
    "post_whale_sweep": _LINKS_OF_SWEEP,
    "post_find_settings": _LINKS_OF_SWEEP,
    "post_find_gate": _LINKS_OF_SWEEP,
    "post_own_sweep": _LINKS_OF_SWEEP,
    "get_experiments": {
        "200": {
            **_to_experiment("$response.body#/experiments/0/id"),
            "get_experiments": {
                "operationId": "get_experiments",
                "parameters": {"before": "$response.body#/experiments/0/id"},
                "description": "those before the newest",
            },
        }
    },
    "get_experiment": {"200": _to_experiment("$response.body#/id")},
    "patch_experiment": {"200": _to_experiment("$response.body#/id")},
    "delete_experiment": {"200": _to_experiment("$response.body#/id")},
    "get_figures": {
        "200": {
            "get_figure": {
                "operationId": "get_figure",
                "parameters": {
                    "experiment_id": "$request.path.experiment_id",
                    "name": "$response.body#/0",
                },
                "description": "one of them",
            }
        }
    },
}
"""By operation and status."""
