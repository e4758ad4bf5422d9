"""The catalogues: texts of messages by language and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .message import Message, Parameter

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})
"""Languages by their codes, as they call themselves; the first is the default."""

DEFAULT_LANGUAGE = "en"

_LOCALES = {"en": "en-GB", "zh": "zh-Hans-CN"}
"""Locales that set plurals and lists; British English writes "1, 2 and 5"."""


def render(message: Message, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the text of a message in a language.

    Parameters
    ----------
    message : Message
    language : str
        A key of `LANGUAGES`.

    Raises
    ------
    LookupError
        If the catalogue has no such code, or its text names a parameter that the message lacks.

    Examples
    --------
    >>> render(Message("expected_at_least", field="k", least=0, received="-1"), "zh")
    '应为 k ≥ 0；收到 -1。'
    """
    bundle, pattern = _bundle(language), _pattern(language, message.code)
    arguments = {name: _argument(value, language) for name, value in message.parameters.items()}
    text, errors = bundle.format_pattern(pattern, arguments)
    if errors:
        raise LookupError(f"Expected {message.code} to render in {language!r}: {errors[0]}.")
    return str(text)


def read_message(mapping: Mapping[str, Any], text: str) -> Message:
    """Return a message that was stored with its text: its text, if this release has no other.

    Parameters
    ----------
    mapping : mapping
        As `Message.as_mapping` has written it, maybe in another release, whose messages have other
        codes and parameters.
    text : str

    Examples
    --------
    >>> str(read_message({"code": "of_another_release", "parameters": {}}, "Done."))
    'Done.'
    """
    message = Message.from_mapping(mapping)
    try:
        render(message)
    except LookupError:
        return Message("stored_text", text=text)
    return message


def load_catalogues() -> None:
    """Read the catalogues of all languages, so that no message has to wait for the disk."""
    for language in LANGUAGES:
        _bundle(language)
        for file in _files(language):
            _entries(language, file)


@cache
def templates(language: str, file: str) -> Mapping[str, str]:
    """Return the texts of one file of a catalogue by code, with ``{name}`` where parameters stand.

    Programs that cannot call `render`, such as scripts of a page, fill in the parameters.

    Parameters
    ----------
    language : str
        A key of `LANGUAGES`.
    file : str
        Name of the file without its suffix.

    Raises
    ------
    ValueError
        If a text of the file has more than plain parameters: a choice or a function.
    """
    codes = _entries(language, file)
    return MappingProxyType(
        {
            code: "".join(map(_as_template, _resource(source).body[0].value.elements))
            for code, source in codes.items()
        }
    )


def _as_template(element: Any) -> str:
    from fluent.syntax import ast

    if isinstance(element, ast.TextElement):
        return element.value
    inner = element.expression
    if isinstance(inner, ast.VariableReference):
        return f"{{{inner.id.name}}}"
    if isinstance(inner, ast.StringLiteral):
        return str(inner.parse()["value"])
    raise ValueError(f"Expected text and plain parameters; got {type(inner).__name__}.")


@cache
def _files(language: str) -> tuple[str, ...]:
    """Return the names of the files of a language, without suffix."""
    folder = files("messages") / language
    return tuple(sorted(each.name.removesuffix(".ftl") for each in folder.iterdir()))


@cache
def _entries(language: str, file: str) -> Mapping[str, str]:
    """Return the source of each message of a file by its code.

    Messages are parsed when they are needed: to parse all takes a quarter of a second, and a
    command prints a few. In Fluent only messages, terms and comments begin at the margin.
    """
    text = (files("messages") / language / f"{file}.ftl").read_text("utf-8")
    sources = re.split(r"^(?=[a-zA-Z#])", text, flags=re.MULTILINE)
    return {each.partition("=")[0].strip(): each for each in sources if each[:1].isalpha()}


@cache
def _pattern(language: str, code: str) -> Any:
    """Return the text of a message as `_bundle` formats it."""
    bundle = _bundle(language)
    for file in _files(language):
        if source := _entries(language, file).get(code):
            bundle.add_resource(_resource(source))
            return bundle.get_message(code).value
    raise LookupError(f"Expected a text of {code} in {language!r}; it has none.")


def _resource(source: str) -> Any:
    """Return the parsed source of one message."""
    from fluent.runtime import FluentResource
    from fluent.syntax import ast

    resource = FluentResource(source)
    if not any(isinstance(each, ast.Message) and each.value for each in resource.body):
        raise LookupError(f"Expected a message of Fluent; got {source!r}.")
    return resource


@cache
def _bundle(language: str) -> FluentBundle:
    """Return what formats patterns in the locale of a language."""
    from fluent.runtime import FluentBundle

    from .formatting import functions

    locale = _LOCALES[language]
    return FluentBundle([locale], functions=functions(locale), use_isolating=False)


def _argument(value: Parameter, language: str) -> Any:
    """Return a parameter as Fluent takes it."""
    from .formatting import WordList, shorten

    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Message):
        return shorten(render(value, language))
    if isinstance(value, tuple):
        return WordList([str(_argument(each, language)) for each in value])
    return shorten(value) if isinstance(value, str) else value
