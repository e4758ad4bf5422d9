"""Help and mistakes of the command line in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from app.cli import cli
from app.commands.translation import option_help
from app.text.language import command_language
from messages import LANGUAGES
from tests.app.conftest import Run

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    token = command_language.set(request.param)
    yield request.param
    command_language.reset(token)


def walk(command: Any) -> Iterator[Any]:
    """Yield a command and the commands of its group."""
    yield command
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name))


def test_every_command_and_option_has_help(language: str) -> None:
    texts = []
    for command in walk(get_command(cli)):
        texts.append(command.help)
        for option in command.get_params(typer.Context(command)):
            assert isinstance(option, TyperOption)
            texts.append(option_help(str(option.name), command.name))

    assert len(texts) > 100
    for text in texts:
        assert text.endswith((".", "。"))
        assert language != "zh" or CHINESE.search(text), text


@pytest.mark.parametrize("call", ["--help", "allocate --help", "experiments prune --help"])
def test_help_is_chinese_but_for_names(
    run_here: Run, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    by_option = run_here(*call.split(), "--language", "zh")
    monkeypatch.setenv("WHALE_LANGUAGE", "zh")
    by_variable = run_here(*call.split())

    assert by_option.stdout == by_variable.stdout
    assert "用法：whale-matching" in by_option.stdout
    assert "─ 选项 ─" in by_option.stdout
    text = by_option.stdout.replace("experiments prune", "")
    assert re.findall("[a-z]+ [a-z]+ [a-z]+|Usage|Options|default|env var", text) == []


MISTAKES = [
    ("allocate --output", "Option '--output' requires an argument.", "选项 --output 需要一个值。"),
    (
        "allocate --all-whales=3",
        "Option '--all-whales' does not take a value.",
        "选项 --all-whales 不接受值。",
    ),
    ("allocate", "Missing option '--output'.", "缺少选项 --output。"),
    (
        "allocate --outputt",
        "No such option: --outputt (Possible options: --output)",
        "没有选项 --outputt。您是否要用 --output？",
    ),
    ("--nothing", "No such option: --nothing", "没有选项 --nothing。"),
    ("nothing", "No such command 'nothing'.", "没有命令 nothing。"),
    ("experiments nothing", "No such command 'nothing'.", "没有命令 nothing。"),
    ("experiments", "Missing command.", "缺少命令。"),
    ("serve a b", "Got unexpected extra arguments: a b.", "多余的参数：a b。"),
    (
        "serve --port 70000",
        "Expected --port less than or equal to 65535; got '70000'.",
        "--port 应不大于 65535；收到 '70000'。",
    ),
    (
        "serve --port x",
        "Expected --port as a valid integer; got 'x'.",
        "--port 应为整数；收到 'x'。",
    ),
    (
        "curve --output a.json --k-max 1.5",
        "Expected --k-max as a valid integer; got '1.5'.",
        "--k-max 应为整数；收到 '1.5'。",
    ),
    (
        "allocate --output a.json --fill all",
        "Expected --fill as 'greedy', 'joint' or 'none'; got 'all'.",
        "--fill 应为 'greedy'、'joint' 或 'none'；收到 'all'。",
    ),
]


@pytest.mark.parametrize(("call", "english", "chinese"), MISTAKES)
def test_a_mistake_in_the_command_line_is_told_in_the_language(
    run_here: Run, call: str, english: str, chinese: str
) -> None:
    for options, sentence in ([], english), (["--language=zh"], chinese):
        done = run_here(*options, *call.split())

        assert (done.returncode, done.stderr) == (1, f"{sentence}\n")
        assert done.stdout == ""


def test_an_unknown_language_is_a_mistake(run_here: Run) -> None:
    done = run_here("compile", "--language", "fr")

    assert (done.returncode, done.stderr) == (
        1, "Expected --language as 'en' or 'zh'; got 'fr'.\n"
    )  # fmt: skip
