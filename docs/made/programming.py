"""What one types: every command with its options, every public name in Python, every error with its exit code."""

import inspect
from collections.abc import Iterator

import click

import efficacy_analytics as ea
from efficacy_analytics.cli import app
from efficacy_analytics.errors import EfficacyError
from made.written import cell, code, docstring, table


def pages() -> dict[str, str]:
    """The pages, by name."""
    return {"commands": commands(), "python": python()}


def every_command(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, with the words that call it."""
    for name in sorted(group.commands):
        command = group.commands[name]
        if not command.hidden:
            yield f"{words} {name}", command
        if isinstance(command, click.Group):
            yield from every_command(command, f"{words} {name}")


def commands() -> str:
    """Every command with its text of help, as it is printed."""
    parts = ["# Commands 命令\n\nAs `--help` prints them.\n", help_of("efficacy", app)]
    parts += [help_of(words, command) for words, command in every_command(app, "efficacy")]
    rows = [(str(one.exit_code), code(one.__name__), cell(inspect.getdoc(one) or "–")) for one in sorted(
        errors(EfficacyError), key=lambda one: (one.exit_code, one.__name__))]  # fmt: skip
    return "\n".join([*parts, "\n## Exit codes 退出码\n", table(("code", "error", "when"), rows)])


def help_of(words: str, command: click.Command) -> str:
    """The help of a command."""
    context = click.Context(command, info_name=words, terminal_width=100, max_content_width=100)
    return f"\n## {words}\n\n```text\n{command.get_help(context).strip()}\n```\n"


def errors(kind: type[EfficacyError]) -> Iterator[type[EfficacyError]]:
    """A kind of error and all below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from errors(below)


def python() -> str:
    """Every public name, and the methods of every public class."""
    parts = ["# Python\n\n`import efficacy_analytics as ea`; tables are `log.NAME()`, charts `log.chart.NAME()`.\n"]
    for name in ea.__all__:
        thing = getattr(ea, name)
        if name == "errors":
            parts.append("\n## ea.errors\n\nErrors and their exit codes: [commands](commands.md#exit-codes-退出码).\n")
        elif inspect.isclass(thing):
            parts += [f"\n## ea.{name}\n\n{docstring(thing)}", *(method for method in methods(name, thing))]
        else:
            parts.append(f"\n## ea.{name}\n\n{signed(f'ea.{name}', thing)}\n{docstring(thing)}")
    return "\n".join(parts)


def methods(name: str, kind: type) -> Iterator[str]:
    """The public methods and properties of a class, in their order."""
    for key, member in vars(kind).items():
        if key.startswith("_") or not (inspect.isfunction(member) or isinstance(member, (property, classmethod))):
            continue
        wanted = member.fget if isinstance(member, property) else getattr(kind, key)
        sign = "" if isinstance(member, property) else signed(f"{name}.{key}", wanted) + "\n"
        yield f"\n### {name}.{key}\n\n{sign}{docstring(wanted)}"


def signed(words: str, thing: object) -> str:
    """A call with its arguments."""
    sign = inspect.signature(thing)  # type: ignore[arg-type]
    shown = [
        one.replace(annotation=one.annotation) for one in sign.parameters.values() if one.name not in ("self", "cls")
    ]
    return f"```text\n{words}{sign.replace(parameters=shown)}\n```\n"
