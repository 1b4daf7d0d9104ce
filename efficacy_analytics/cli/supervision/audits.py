"""What an audit of a sample tells of all cases: `estimate`."""

from pathlib import Path

import click

from efficacy_analytics.cli.app import app

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@app.command("estimate")
@click.argument("audited", type=FILE)
@click.option("--confidence", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True)
@click.option("--format", "form", metavar="FORM", default="table", show_default=True, help="table, json, csv, parquet.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def estimate(*, audited: Path, confidence: float, form: str, output: Path | None) -> None:
    """Tell the share of all cases in which is so what an audit of a sample found.

    The sample is that of `audit_sample`; add a column is_found (yes, no, or nothing where a case was not looked at).

    \b
    efficacy show audit_sample --format csv --output sample.csv
    efficacy estimate sample.csv
    """
    from efficacy_analytics.findings.supervision.sampling import share_found
    from efficacy_analytics.system.tabulate import checked_format, write_table
    from efficacy_analytics.workflows.supervision import read_audited

    checked_format(form, output)
    write_table(share_found(read_audited(audited), confidence=confidence), form, output)
