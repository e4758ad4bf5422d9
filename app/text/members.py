"""Members of answers that contain text: each has a second member with the messages as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from messages import DEFAULT_LANGUAGE, Message, read_message, render
from simulator.study.result_json import split_answer

MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "notes": "note_messages",
        "findings": "finding_messages",
        "conclusions": "conclusion_messages",
        "warnings": "warning_messages",
    }
)
"""Members that are lists of texts, and the members with the messages behind them."""


_MESSAGE_WITH_TEXT = {"code", "parameters", "text"}
"""Members of an object that is a message, such as `answer`."""


def write_messages(answer: Mapping[str, Any], language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return an answer whose lists of messages are written as text and as data.

    Parameters
    ----------
    answer : mapping
        Members of `MEMBERS` are lists of `Message`; lists of text stay as they are.
    language : str
    """
    written = dict(answer)
    for texts, data in MEMBERS.items():
        values = answer.get(texts)
        if values is None or data in answer:
            continue
        messages = [each for each in values if isinstance(each, Message)]
        if messages or not values:
            written[texts] = [
                render(each, language) if isinstance(each, Message) else each for each in values
            ]
            written[data] = [each.as_mapping() for each in messages]
    if answer.get("fault"):
        written["fault"] = _translate_fault(answer["fault"], language)
    return written


def _translate_fault(fault: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return an error of a field with its text in a language."""
    return {**fault, "message": render(Message.from_mapping(fault["reason"]), language)}


def translate(answer: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return an answer as JSON has it with its texts written anew from the messages behind them.

    Members of objects in the answer are translated, too, and members that are a message with its
    text; lists are not searched.
    """
    if answer.keys() >= _MESSAGE_WITH_TEXT:
        message = read_message(answer, answer["text"])
        written = {**answer, "text": render(message, language)}
        if answer.get("parts"):
            written["parts"] = [render(each, language) for each in split_answer(message)]
        return written
    translated = {
        name: translate(value, language) if isinstance(value, dict) else value
        for name, value in answer.items()
    }
    for texts, data in MEMBERS.items():
        if answer.get(data):
            messages = answer[data]
            stored = [*answer.get(texts, ()), *[""] * len(messages)]
            translated[texts] = [
                render(read_message(each, text), language)
                for each, text in zip(messages, stored, strict=False)
            ]
    return translated
