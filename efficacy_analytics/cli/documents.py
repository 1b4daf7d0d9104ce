"""Documents and the site: `brief`, `document`, `verify`, `site`, `lab`."""

from pathlib import Path
from typing import Any

import click

from efficacy_analytics.cli.app import app
from efficacy_analytics.cli.options import COHORT_OPTIONS, DOCUMENT_OPTIONS, pairs, taking
from efficacy_analytics.errors import CallError
from efficacy_analytics.system.progress import Progress


@app.command()
@click.option("--period", metavar="PERIOD", help="2025, 2025H1, 2025Q3 or 2025-03: the period of acceptance.")
@click.option(
    "--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="Another notebook parameter."
)
@click.option("--causes", "with_causes", is_flag=True, help="Tell why files wait; takes longer.")
@taking(DOCUMENT_OPTIONS, COHORT_OPTIONS)
def brief(
    *,
    lake: Path,
    progress: Progress,
    period: str | None,
    languages: tuple[str, ...],
    edition: str,
    parameters: tuple[str, ...],
    formats: tuple[str, ...],
    with_causes: bool,
    **cohort: str | None,
) -> None:
    """Run the briefing notebook; print the documents made."""
    from efficacy_analytics.workflows import steps as pipeline

    given = {key: value for key, value in cohort.items() if value is not None} | pairs(parameters)
    for document in pipeline.brief_period(
        lake, given, period=period, languages=languages, edition=edition, formats=formats, with_causes=with_causes,
        progress=progress,
    ):  # fmt: skip
        print(document)


@app.command("document")
@click.argument("kind", metavar="KIND")
@click.option("--period", metavar="PERIOD", required=True, help="2025, 2025H1, 2025Q3 or 2025-03, of acceptance.")
@click.option("--about", metavar="CODE", help="Only the one about this department, or DEPARTMENT/ITEM.")
@taking(DOCUMENT_OPTIONS)
def document(*, lake: Path, progress: Progress, kind: str, period: str, **options: Any) -> None:
    """Write another document of a period; print the files.

    \b
    department    a page for each department: how it did, why, and what would help
    card          cases past their due day (red) or near it (yellow), for each department that has any;
                  the cards are put on record, as by `efficacy warn --record`
    letter        to the superior of each department with a red card, or more late cases than its work explains
    review        which departments did best, which must act, and the rules of it
    quarterly     the quarterly report
    compression   which limits to shorten, every table whole
    certificate   the limit of each item that can be shortened, with its evidence; any other with --about
    bulletin      for the public, whatever --edition says
    """
    from efficacy_analytics.documents.kinds import kind_named
    from efficacy_analytics.workflows.documents import write_documents

    files = write_documents(lake, kind, period=period, progress=progress, **options)
    if not files:
        click.echo(f"no {kind} was written: {kind_named(kind).none_because}", err=True)
    for file in files:
        print(file)


@app.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…", type=click.Path(path_type=Path))
@click.option("--figures", "tells_figures", is_flag=True, help="Say what differs as made again: it may be internal.")
@taking()
def verify(*, lake: Path, progress: Progress, documents: tuple[Path, ...], tells_figures: bool) -> None:
    """Recompute every figure of finished documents, in any format, from the snapshot each names."""
    from efficacy_analytics.workflows import steps as pipeline

    for check in pipeline.verify(lake, documents, tells_figures=tells_figures, progress=progress):
        print(check)


@app.command()
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="The folder [default: site/ in the lake]."
)
@click.option("--edition", metavar="EDITION", help="Only internal or only public documents [default: both].")
@click.option("--serve", "is_served", is_flag=True, help="Serve it, until the command is stopped.")
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="With --serve: where to listen."
)
@click.option("--port", metavar="PORT", type=int, default=8760, show_default=True, help="With --serve: on which port.")
@click.option("--user-header", metavar="NAME", help="With --serve: the header in which a proxy names the reader.")
@click.option("--proxy", "proxies", metavar="ADDRESS", multiple=True, help="Believe that header from here [127.0.0.1].")
@click.option("--new-token", metavar="READER", help="Make a token for a reader, print it once, and end.")
@click.option("--remove-token", metavar="READER", help="Take a reader's token back, and end.")
@taking()
def site(
    *, lake: Path, progress: Progress, output: Path | None, edition: str | None, new_token: str | None,
    remove_token: str | None, **serving: Any,
) -> None:  # fmt: skip
    """Build a folder of pages: an index of all documents with a search, and the words they use.

    Open index.html from the folder, put the folder on any web server, or serve it: on this machine alone, unless told
    otherwise, and then to readers with a token or named by a proxy. Who opened an internal document is kept in the
    lake, site_log/.

    \b
    efficacy site
    efficacy site --serve
    efficacy site --new-token "Li Na"
    efficacy site --serve --host 10.0.0.5 --port 8760
    efficacy site --serve --user-header X-Remote-User
    """
    from efficacy_analytics.vocabulary import EDITIONS
    from efficacy_analytics.workflows.site import readers
    from efficacy_analytics.workflows.site.build import build_site

    if edition is not None and edition not in EDITIONS:
        raise CallError(f"there is no edition '{edition}'.", hint=f"one of: {', '.join(EDITIONS)}")
    if new_token is not None:
        print(readers.new_token(lake, new_token))
        return
    if remove_token is not None:
        readers.remove_token(lake, remove_token)
        return
    index = build_site(lake, output, editions=[edition] if edition else list(EDITIONS), progress=progress)
    print(index, flush=True)
    if serving.pop("is_served"):
        _serve(lake, index.parent, **serving)


def _serve(
    lake: Path, folder: Path, *, host: str, port: int, user_header: str | None, proxies: tuple[str, ...]
) -> None:
    """Serves a site until the command is stopped."""
    from efficacy_analytics.workflows.site.readers import Readers, is_loopback, tokens_of
    from efficacy_analytics.workflows.site.serve import SiteServer

    believed = {"proxies": frozenset(proxies)} if proxies else {}
    who = Readers(tokens_of(lake), user_header, is_local=is_loopback(host), **believed)
    with SiteServer(lake, folder, host, port, who) as server:
        print(server.address, flush=True)
        server.serve_forever()


@app.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTION OF JUPYTERLAB]…")
@click.option("--language", metavar="LANGUAGE", help="Of the notebooks, zh or en [default: as the last time, else zh].")
@taking()
def lab(*, lake: Path, progress: Progress, options: tuple[str, ...], language: str | None) -> None:
    """JupyterLab on a working copy of the notebooks, in the lake's folder lab/.

    \b
    efficacy lab
    efficacy lab --language en
    efficacy lab --no-browser --ip 127.0.0.1 --port 8899     # any option of JupyterLab
    ssh -L 8899:127.0.0.1:8899 HOST                          # then, from afar, the address that is printed

    The checkout never gets outputs, nothing outside this machine is asked, and root needs no further option.
    """
    from efficacy_analytics.workflows.lab import start_lab

    start_lab(lake, options, language=language)
