"""Every language has every message, with the same parameters; every message used is there."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

import messages
from messages import LANGUAGES, Message, render

ROOT = Path(messages.__file__).parent.parent
WINGS = ("solver", "simulator", "app")


class _Parameters(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def catalogue(language: str) -> dict[str, dict[str, set[str]]]:
    """Return the parameters of every message, by file and code."""
    found: dict[str, dict[str, set[str]]] = {}
    for file in (files("messages") / language).iterdir():
        of_file = found.setdefault(file.name, {})
        for entry in FluentResource(file.read_text("utf-8")).body:
            assert not isinstance(entry, fluent.Junk), f"{file.name}: {entry.content}"
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in of_file, f"{entry.id.name} is there twice"
                parameters = _Parameters()
                parameters.visit(entry)
                of_file[entry.id.name] = parameters.names
    return found


ENGLISH = catalogue("en")
CODES = {code: names for of_file in ENGLISH.values() for code, names in of_file.items()}


def messages_in_code() -> list[tuple[str, str, set[str] | None]]:
    """Return place, code and parameters of every `Message("code", …)` in the source."""
    found = []
    for wing in WINGS:
        for path in sorted((ROOT / wing).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id != "Message" or not isinstance(node.args[0], ast.Constant):
                    continue
                names = {each.arg for each in node.keywords}
                given = None if None in names else {name for name in names if name is not None}
                found.append((f"{path}:{node.lineno}", node.args[0].value, given))
    return found


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_language_has_the_same_messages_with_the_same_parameters(language):
    other = catalogue(language)
    assert other.keys() == ENGLISH.keys()
    for file, expected in ENGLISH.items():
        assert other[file].keys() == expected.keys(), file
        differing = {code for code in expected if other[file][code] != expected[code]}
        assert not differing, file


def test_no_code_stands_in_two_files():
    assert len(CODES) == sum(map(len, ENGLISH.values()))


def test_every_message_in_the_code_is_in_the_catalogue_with_its_parameters():
    for place, code, given in messages_in_code():
        assert code in CODES, f"{place}: no text for {code}"
        missing = set() if given is None else CODES[code] - given
        assert not missing, f"{place}: {code} lacks {missing}"


def test_a_message_survives_json():
    inner = Message("expected_at_least", field="a", least=0, received=1.5)
    message = Message("expected_at_least", field="k", least=3, received=["x", inner, True])
    assert Message.from_mapping(message.as_mapping()) == message


@pytest.mark.parametrize(
    ("words", "expected"), [(["1"], "1"), (["1", "2"], "1 and 2"), (["1", "2", "5"], "1, 2 and 5")]
)
def test_lists_are_written_in_words(words, expected):
    message = Message("expected_at_least", field="k", least=0, received=words)
    assert str(message) == f"Expected k ≥ 0; got {expected}."


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["1", "2"], "1 和 2"), (["a", "鲸鱼"], "a 和鲸鱼"), (["鲸鱼", "b", "c"], "鲸鱼、b 和 c")],
)
def test_chinese_lists_have_a_space_beside_latin_text(words, expected):
    message = Message("expected_at_least", field="k", least=0, received=words)
    assert render(message, "zh") == f"应为 k ≥ 0；收到 {expected}。"


@pytest.mark.parametrize(
    "message",
    [
        Message("no_such_message"),  # no text
        Message("expected_at_least", field="k"),  # parameters are missing
    ],
)
def test_a_message_that_cannot_be_rendered_is_an_error(message):
    with pytest.raises(LookupError):
        render(message)


def test_text_in_a_parameter_is_never_read_as_a_template():
    message = Message("expected_at_least", field="{ $least }", least=0, received="{ FORMAT(1) }")
    assert str(message) == "Expected { $least } ≥ 0; got { FORMAT(1) }."


def test_long_text_in_a_parameter_is_shortened():
    message = Message("expected_at_least", field="k", least=0, received="x" * 100_000)
    assert len(str(message)) < 2100


CJK = "\u4e00-\u9fff"


def texts_of(language: str) -> dict[str, str]:
    """Return the literal text of every message, without what stands in places."""
    found = {}
    for file in (files("messages") / language).iterdir():
        for entry in FluentResource(file.read_text("utf-8")).body:
            if isinstance(entry, fluent.Message):
                text = _Text()
                text.visit(entry)
                found[entry.id.name] = " ".join(text.parts)
    return found


class _Text(Visitor):
    def __init__(self) -> None:
        self.parts: list[str] = []

    def visit_TextElement(self, node: fluent.TextElement) -> None:  # noqa: N802
        self.parts.append(node.value)


def test_chinese_is_punctuated_as_chinese():
    for code, text in texts_of("zh").items():
        assert re.findall(rf"[{CJK}] ?[,;:()!?](?!/)|[{CJK}]\. ?$", text) == [], (code, text)


def test_chinese_texts_are_chinese():
    """A text without any Chinese says the same in both languages: a name, a number or a sign."""
    english = texts_of("en")
    for code, text in texts_of("zh").items():
        halfwidth = text.translate(str.maketrans("（）［］：；，。、", "()[]:;,.,"))
        same = "".join(halfwidth.split()) == "".join(english[code].split())
        assert re.search(f"[{CJK}]", text) or same, (code, text)
