"""Commands that speak the language of the command line: help, and mistakes in its options.

Texts of the help are in ``messages/<language>/commands.ftl``, by the names of commands and options:
to add an option, write its text there. A test walks all commands and finds what is missing.
"""

from __future__ import annotations

from typing import Any

from typer._click import core as click  # Typer does not export these types
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from app.text.language import render_for_command
from messages import DEFAULT_LANGUAGE, Message, templates


class CommandLineError(TyperException):
    """A mistake in the command line.

    Parameters
    ----------
    reason : Message
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.code)
        self.reason = reason


class _Translated(click.Command):
    """What commands and groups of commands have in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help = help_text(f"command_{self.name}")
        self.options_metavar = help_text("help_options_metavar")

    def format_usage(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, help_text("help_usage"))

    def format_help(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """Print the help."""
        from typer import rich_utils

        rich_utils.OPTIONS_PANEL_TITLE = help_text("help_options")
        rich_utils.COMMANDS_PANEL_TITLE = help_text("help_commands")
        rich_utils.DEFAULT_STRING = help_text("help_default", value="{}")
        rich_utils.ENVVAR_STRING = help_text("help_variable", value="{}")
        rich_utils.REQUIRED_LONG_STRING = help_text("help_required")
        rich_utils.highlighter = _folding_highlighter()
        self._translate_options(ctx)
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        """Return the completions of a word, with help."""
        self._translate_options(ctx)
        return super().shell_complete(ctx, incomplete)

    def _translate_options(self, ctx: click.Context) -> None:
        for option in self.get_params(ctx):
            if isinstance(option, TyperOption):
                option.help = option_help(str(option.name), str(self.name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options.

        Raises
        ------
        CommandLineError
        """
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            raise CommandLineError(self._reason(error)) from error

    def _reason(self, error: UsageError) -> Message:
        """Return the message of one of Typer's errors."""
        if isinstance(error, NoSuchOption):
            possible = sorted(error.possibilities or ())
            return Message(
                "no_such_option", option=error.option_name, count=len(possible), possible=possible
            )
        if isinstance(error, BadOptionUsage):
            flags = {name for each in self.params if _is_flag(each) for name in each.opts}
            takes_value = error.option_name not in flags
            code = "option_without_value" if takes_value else "option_takes_no_value"
            return Message(code, option=error.option_name)
        if isinstance(error, BadParameter) and error.param is not None:
            return _value_error(error, error.param)
        return _text_of(error)


class Command(_Translated, TyperCommand):
    """A command; arguments beside its options are a mistake."""

    allow_extra_args = True  # refused here, in the reader's language

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options.

        Raises
        ------
        CommandLineError
        """
        extra = super().parse_args(ctx, args)
        if extra and not ctx.resilient_parsing:
            raise CommandLineError(
                Message("unexpected_arguments", count=len(extra), arguments=extra)
            )
        return extra


class Group(_Translated, TyperGroup):
    """A group of commands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subcommand_metavar = help_text("help_command_metavar")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the command that is named.

        Raises
        ------
        CommandLineError
        """
        if self.get_command(ctx, args[0]) is None:
            raise CommandLineError(Message("no_such_command", name=args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named.

        Raises
        ------
        CommandLineError
        """
        if not ctx._protected_args:
            raise CommandLineError(Message("missing_command"))
        return super().invoke(ctx)


def _text_of(error: UsageError) -> Message:
    """Return the message of an error that no command can cause yet; it stays English."""
    return Message("usage_error", text=error.format_message())


def _is_flag(parameter: Any) -> bool:
    return isinstance(parameter, TyperOption) and bool(parameter.is_flag)


def _value_error(error: BadParameter, parameter: Any) -> Message:
    """Return what is wrong with the value of an option."""
    from pydantic import ValidationError

    from app.errors.schema_errors import message_of
    from solver.errors import quote

    option = parameter.opts[0]
    if isinstance(error, MissingParameter):
        return Message("missing_option", option=option)
    if not isinstance(error.__cause__, ValidationError):
        return _text_of(error)
    (problem,) = error.__cause__.errors()[:1]
    choices = parameter.type_descriptor.choices
    if choices is not None:
        received = quote(problem["input"])
        return Message(
            "choice_expected", field=option, choices=[*map(repr, choices)], received=received
        )
    return message_of(problem, option)


def option_help(option: str, command: str) -> str:
    """Return the help of an option: the command's own, or else that of all commands."""
    code = f"option_{option.strip('_')}"
    own = f"{code}_of_{command}".replace("-", "_")
    return help_text(own if own in templates(DEFAULT_LANGUAGE, "commands") else code)


def help_text(code: str, **parameters: str) -> str:
    """Return a text of the help in the language of the command line."""
    code = code.replace("-", "_")
    template = templates(DEFAULT_LANGUAGE, "commands")[code]
    if "_formats}" not in template:
        return render_for_command(Message(code, **parameters))
    from app.formats.registry import TABLE_LABELS, WRITERS

    return render_for_command(
        Message(
            code,
            table_formats=Message("alternatives", names=TABLE_LABELS),
            output_formats=Message("alternatives", names=[*WRITERS]),
        )
    )


def _folding_highlighter() -> Any:
    """Return Typer's highlighter, which also breaks lines between Chinese characters."""
    from rich.text import Text
    from typer.rich_utils import OptionHighlighter

    class FoldingHighlighter(OptionHighlighter):
        def __call__(self, text: str | Text) -> Text:
            highlighted = super().__call__(text)
            highlighted.overflow = "fold"
            return highlighted

    return FoldingHighlighter()
