"""Descriptions of answers, with recorded answers of the service as examples."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from app.formats.json import MEDIA_TYPE as JSON
from app.jobs.schemas import ExperimentAnswer

from .headers import header


@cache
def read_recorded_answers() -> dict[str, dict[str, Any]]:
    """Return the recorded answers to the examples, by operation and name."""
    text = (files("app.openapi") / "answers.json").read_text(encoding="utf-8")
    answers: dict[str, dict[str, Any]] = json.loads(text)
    return answers


def describe_answer(
    operation: str,
    *names: str,
    model: Any = None,
    media_type: str = JSON,
    headers: tuple[str, ...] = (),
    description: str = "Success",
) -> dict[str, Any]:
    """Return the description of an answer for a route's `responses`.

    Parameters
    ----------
    operation, names : str
        The recorded answers that are its examples.
    model : type, optional
        Model of the answer.
    media_type : str
    headers : tuple of str
        Headers that the answer always has.
    description : str
    """
    examples = {name: {"summary": f"{operation}: {name}"} for name in names}
    response: dict[str, Any] = {
        "description": description,
        "content": {media_type: {"examples": examples}},
        "headers": header(*headers),
    }
    return response if model is None else {**response, "model": model}


def fill_examples(operation: str, response: dict[str, Any]) -> None:
    """Add the recorded answers to a response of the document, in place.

    The framework would drop their null members.
    """
    for content in response.get("content", {}).values():
        for name, example in content.get("examples", {}).items():
            if "value" not in example:
                example["value"] = read_recorded_answers()[operation][name]


def describe_accepted(operation: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of a 202 answer for a route's `responses`."""
    return {
        202: describe_answer(
            operation,
            "accepted",
            model=ExperimentAnswer,
            headers=("Location", "Preference-Applied"),
            description="Accepted: with Prefer: respond-async",
        )
    }


def describe_sweep(operation: str, model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of a sweep's answers for a route's `responses`."""
    done = describe_answer(operation, "done", model=model, headers=("Content-Location",))
    return {200: done, **describe_accepted(operation)}
