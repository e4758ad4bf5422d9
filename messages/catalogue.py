"""The catalogues: texts of messages by language and code."""

from __future__ import annotations

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
    bundle = _bundle(language)
    pattern = bundle.get_message(message.code).value
    if pattern is None:
        raise LookupError(f"Expected a text of {message.code} in {language!r}; it has none.")
    arguments = {name: _argument(value, language) for name, value in message.parameters.items()}
    text, errors = bundle.format_pattern(pattern, arguments)
    if errors:
        raise LookupError(f"Expected {message.code} to render in {language!r}: {errors[0]}.")
    return str(text)


def load_catalogues() -> None:
    """Load the catalogues of all languages, so that no message has to wait for them."""
    for language in LANGUAGES:
        _bundle(language)


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
    from fluent.syntax import ast

    texts = {}
    for entry in _resource(language, file).body:
        if isinstance(entry, ast.Message) and entry.value is not None:
            texts[entry.id.name] = "".join(map(_as_template, entry.value.elements))
    return MappingProxyType(texts)


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
def _resource(language: str, file: str) -> Any:
    from fluent.runtime import FluentResource

    return FluentResource((files("messages") / language / f"{file}.ftl").read_text("utf-8"))


@cache
def _bundle(language: str) -> FluentBundle:
    from fluent.runtime import FluentBundle

    from .formatting import functions

    locale = _LOCALES[language]
    bundle = FluentBundle([locale], functions=functions(locale), use_isolating=False)
    for file in sorted(each.name for each in (files("messages") / language).iterdir()):
        bundle.add_resource(_resource(language, file.removesuffix(".ftl")))
    return bundle


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
