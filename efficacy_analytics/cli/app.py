"""The command `efficacy` itself; its verbs stand in the other modules of this folder."""

import click

HELP = """Process mining for administrative efficacy (行政效能): where approvals wait, which time limits
can be shorter with a guarantee, how departments compare.

\b
A first look:    efficacy demo
Your own data:   efficacy ingest EXPORT --layout NAME
                 efficacy publish
                 efficacy brief --period 2025Q3
One question:    efficacy show bottlenecks --department D05
One case:        efficacy due 2025-01-20 5 --explain --language en

\b
Exit codes: 0 done, 1 fault of ours, 2 wrong call, 3 input refused,
4 the data cannot support the answer, 5 a check failed, 6 the lake is busy; stopped by a signal: 128 and its number.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="efficacy-analytics", message="%(version)s")
def app() -> None:
    """The verbs of the workbench."""
