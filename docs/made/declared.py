"""What is declared once and judged by: indicators, checks, rules, settings, layouts, schedules, schemes, documents."""

import csv
import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from efficacy_analytics.documents.kinds import KINDS
from efficacy_analytics.event_log.scheme_files import Scheme
from efficacy_analytics.findings.honesty.catalogue import CHECKS
from efficacy_analytics.findings.performance.indicator_list import INDICATORS
from efficacy_analytics.lake.contract.refusal_rules import REASONS
from efficacy_analytics.lake.layouts import keys
from efficacy_analytics.settings import CHECKOUT, Settings
from efficacy_analytics.workflows.operation.schedule_file import Schedule
from made.written import cell, code, table

COUNTS = ("open", "overdue_open", "withdrawn", "withdrawn_late", "green_lane", "extended", "refused")


def pages() -> dict[str, str]:
    """The pages of what is declared, by name."""
    return {
        "indicators": indicators(),
        "honesty_checks": checks(),
        "rules": rules(),
        "settings": settings_page(),
        "layouts": layouts(),
        "schedule": models(
            "Schedule 定时运行", "`schedule.toml`: what the keys mean is in", "../operation.md", Schedule
        ),
        "scheme_keys": models(
            "Scheme keys 考核方案的键", "A scoring scheme: what the keys mean is in", "../schemes.md", Scheme
        ),
        "documents": documents(),
    }


def indicators() -> str:
    """Every indicator."""
    rows = [(code(one.name), cell(one.zh), cell(one.en), one.unit, one.better, *(formula(one))) for one in INDICATORS]
    kinds = [(code(one.name), *(getattr(one, kind).replace("_", " ") for kind in COUNTS)) for one in INDICATORS]
    targets = [
        (code(one.name), str(one.target.value), cell(one.target.zh), cell(one.target.en))
        for one in INDICATORS if one.target
    ]  # fmt: skip
    return "\n".join(
        [
            "# Indicators 指标\n\nOne SQL expression over the cases each; the level (department, item, month) is only",
            "the `group by`. `efficacy show indicators` gives them; [definitions](../definitions.md) explains them.\n",
            table(("name", "中文", "English", "unit", "better", "aggregate, or share of the cases", "that are"), rows),
            "\n## How kinds of cases count 各类办件如何计入\n",
            "`counted`: part of the figure; `against`: counted as a failure.\n",
            table(("name", *(kind.replace("_", " ") for kind in COUNTS)), kinds),
            "\n## Targets 目标值\n",
            table(("name", "target", "依据", "source"), targets),
        ]
    )


def formula(one: Any) -> tuple[str, str]:
    """The cases a share is of and what counts as a hit; an aggregate stands in the first alone."""
    return (code(one.aggregate), "–") if one.aggregate else (code(one.of), code(one.hit))


def checks() -> str:
    """Every check of the records."""
    parts = [
        "# Honesty checks 真实性检查\n\nA check is a question, not a verdict: [why and how](../honesty.md).\n",
        table(
            ("code", "name", "中文", "English", "severity", "most points", "named by", "tolerated share", "full share"),
            [
                (one.code, code(one.name), cell(one.title["zh"]), cell(one.title["en"]), one.severity, str(one.weight),
                 one.test, str(one.tolerated_share), str(one.full_share))
                for one in CHECKS.values()
            ],
        ),
    ]  # fmt: skip
    for one in CHECKS.values():
        parts.append(
            f"\n## {one.code} {one.title['en']} {one.title['zh']}\n\n"
            f"> {cell(one.sentence['en'])}\n\n> {cell(one.sentence['zh'])}\n\n"
            f"Innocent reasons: {cell(one.innocent['en'])}\n\n无过错的可能：{cell(one.innocent['zh'])}\n"
        )
    return "\n".join(parts)


def rules() -> str:
    """Rules of refusal, and of the clock."""
    return "\n".join(
        [
            "# Rules 规则\n\n## Why a row is refused 拒收原因\n\nA row has one rule, the first that it breaks.\n",
            table(("rule", "the row is refused because"), [(code(key), cell(text)) for key, text in REASONS.items()]),
            "\n## What stops or moves the clock 停钟与延期\n\n`clock_rules.csv`, as shipped; a lake may have its own "
            "([how](../how_to/a_clock_rule.md)).\n",
            _csv("clock_rules.csv"),
            "\n## Warnings 预警\n\n`warnings.csv`, as shipped.\n",
            _csv("warnings.csv"),
            "\n## Declared rules 声明的规则\n\n`rules.csv`, as shipped: `efficacy show rules` judges by it.\n",
            _csv("rules.csv"),
        ]
    )


def _csv(name: str) -> str:
    with (CHECKOUT / "data_lake" / "reference" / name).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(line for line in file if not line.startswith("#"))
    return table([code(one) for one in head], [[cell(one) for one in row] for row in rows])


def settings_page() -> str:
    """Every key of the settings, with the comment beside it in the file."""
    said = _comments((CHECKOUT / "settings.toml").read_text(encoding="utf-8"))
    parts = ["# Settings 设置\n\n`settings.toml` in the working folder, or the file that `EFFICACY_SETTINGS` names. "
             "Every key is optional; an unknown one is an error.\n"]  # fmt: skip
    for section in dataclasses.fields(Settings):
        values = dataclasses.asdict(getattr(Settings(), section.name))
        rows = [
            (code(key), code(_written(value)), cell(said.get((section.name, key), "–")))
            for key, value in values.items()
        ]
        parts += [f"\n## [{section.name}]\n", table(("key", "default", "means"), rows)]
    return "\n".join(parts)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _comments(text: str) -> dict[tuple[str, str], str]:
    found, section = {}, ""
    for line in text.splitlines():
        if head := re.match(r"\[(\w+)\]", line):
            section = head[1]
        if entry := re.match(r"(\w+) = (?:\"[^\"]*\"|[^#\"]*)+?\s*#\s*(.*)$", line):
            found[section, entry[1]] = entry[2]
    return found


def layouts() -> str:
    """The keys, columns and formats of a layout, and the layouts that are shipped."""
    tables = [
        (code(f"table.{name}"), ", ".join(_column(name, column) for column in columns))
        for name, columns in keys.TABLE_COLUMNS.items()
    ]
    shipped = sorted((CHECKOUT / "data_lake" / "reference" / "layouts").glob("*.toml"))
    return "\n".join(
        [
            "# Layouts 导出版式\n\nWhat the keys mean is told in [the lake and its files](lake.md#writing-a-layout); "
            "a task at a time in [a new export](../how_to/a_new_export.md). Whatever is not listed here is an error.\n",
            "## Keys\n", table(("where", "keys"), [
                ("at the top", _codes(keys.TOP_KEYS)),
                ("`[table.NAME]`", _codes(keys.SOURCE_KEYS)),
                ("`format` is one of", _codes(keys.FORMATS)),
                ("`verdict_by` is one of", _codes(keys.VERDICTS)),
                ("`order` is one of", _codes(keys.ORDERS)),
                ("`[constants]` may set", _codes(keys.CONSTANTS)),
            ]),
            "\n## Columns of each table\n\n**Bold**: required.\n", table(("table", "columns"), tables),
            "\n## Shipped layouts\n",
            *(f"\n### {file.stem}\n\n```toml\n{file.read_text(encoding='utf-8').strip()}\n```\n" for file in shipped),
        ]
    )  # fmt: skip


def _codes(names: Any) -> str:
    return ", ".join(code(name) for name in names)


def _column(table_name: str, column: str) -> str:
    return f"**{code(column)}**" if column in keys.REQUIRED_COLUMNS[table_name] else code(column)


def models(title: str, said: str, place: str, top: type[BaseModel]) -> str:
    """The keys of a file that a model checks, with type and default."""
    told = f"what the keys mean is told in [{Path(place).stem}]({place})"
    parts = [f"# {title}\n\n{said}: {told}. An unknown key is an error.\n"]
    schema = top.model_json_schema()
    named = {"": schema, **schema.get("$defs", {})}
    for name, part in named.items():
        needed = part.get("required", [])
        rows = [
            (code(key), cell(_kind(value)), "required" if key in needed else code(_default(value)))
            for key, value in part.get("properties", {}).items()
        ]
        heading = f"\n## {name or 'At the top'}\n"
        parts += [heading, cell(part.get("description", "")) + "\n", table(("key", "holds", "default"), rows)]
    return "\n".join(parts)


def _default(value: Mapping[str, Any]) -> str:
    found = value.get("default", "–")
    return "–" if isinstance(found, dict) else str(found).lower() if isinstance(found, bool) else str(found) or '""'


def _kind(value: Mapping[str, Any]) -> str:
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "enum" in value:
        return "one of " + ", ".join(map(str, value["enum"]))
    if "anyOf" in value:
        return " or ".join(_kind(one) for one in value["anyOf"])
    if value.get("type") == "array":
        return f"list of {_kind(value.get('items', {}))}"
    if value.get("type") == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"table of {_kind(value['additionalProperties'])}"
    plain = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    return plain.get(value.get("type", ""), value.get("type", "any"))


def documents() -> str:
    """Every kind of document."""
    rows = [
        (code(one.name), cell(one.series["zh"]), cell(one.series["en"]), cell(one.title["zh"]), cell(one.title["en"]),
         one.edition or "both")
        for one in KINDS.values()
    ]  # fmt: skip
    return (
        "# Kinds of documents 文件种类\n\n`efficacy brief` writes the briefing, `efficacy document KIND` the others: "
        "[documents](../documents.md).\n\n" + table(("kind", "系列", "series", "标题", "title", "edition"), rows)
    )


def decisions() -> str:
    """The list of decision records."""
    files = sorted((CHECKOUT / "docs" / "decisions").glob("0*.md"))
    titles = {file.name: file.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for file in files}
    listed = "".join(f"- [{title}]({name})\n" for name, title in titles.items())
    return f"# Decisions 决定\n\nWhat would surprise a reader of the code, a page each.\n\n{listed}"
