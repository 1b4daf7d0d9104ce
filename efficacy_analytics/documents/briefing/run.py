"""From a finished run to a published page: the notebook is run, its parts are checked, the page appears whole."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from efficacy_analytics import errors
from efficacy_analytics.documents.briefing.document import Document
from efficacy_analytics.documents.briefing.parameters import BriefingParameters, checked
from efficacy_analytics.documents.content import Form
from efficacy_analytics.documents.render.forms import rendered
from efficacy_analytics.errors import CallError, EfficacyError
from efficacy_analytics.findings.runs import Run
from efficacy_analytics.settings import CHECKOUT
from efficacy_analytics.system.disk import told_of_the_disk, write_whole
from efficacy_analytics.vocabulary import Language

NOTEBOOK: Final = CHECKOUT / "notebooks" / "briefing.ipynb"


def brief(
    run: Run,
    *,
    language: Language,
    output: Path,
    given: Mapping[str, Any] | None = None,
    forms: Sequence[Form] = ("html",),
    on_progress: Callable[..., None] | None = None,
    notebook: Path = NOTEBOOK,
) -> list[Path]:
    """Runs the briefing notebook on a run and publishes the page, and the same briefing in other forms beside it.

    Args:
        run: the finished run the briefing tells of.
        language: "zh" or "en".
        output: the page's file; it is replaced in one step once all is checked.
        given: other parameters of the notebook: `edition`, `issue`, `issued_on`.
        forms: "html", "pdf", "docx", "xlsx": the forms to be made; a page is made by the notebook alone.
        on_progress: called with what is being done.
        notebook: the notebook to run.

    Returns:
        The files, in the order of the forms: `output`, and others of its name. A failed run leaves them as they were,
        and beside them the notebook, `….failed.ipynb`.

    Raises:
        ParameterError: a parameter is unknown or mistyped.
        EfficacyError: a cell failed; of the kind the cell raised, where that is one of ours.
    """
    on_progress = on_progress or (lambda *_: None)
    asked = checked({**(given or {}), "language": language, "run": str(run.path.resolve())})
    if not notebook.is_file():
        raise CallError(f"there is no notebook {notebook}.", hint="run from a checkout of the project")
    with told_of_the_disk(output, f"the briefing could not be written to {output.parent}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        made: dict[str, bytes] = {}
        steps = 3 * ("html" in forms) + len([form for form in forms if form != "html"])
        if "html" in forms:
            made["html"] = _made_page(notebook, output, run, asked, lambda what, at: on_progress(what, at, steps))
        content = Document(run, asked).content() if set(forms) - {"html"} else None
        for form in (one for one in forms if one != "html"):
            assert content is not None
            on_progress(f"making the {form}", steps - len(forms) + len(made), steps)
            made[form] = rendered(content, form)
        on_progress("publishing", steps - 1, steps)
        return [_published(file, output.with_suffix(f".{form}")) for form, file in made.items()]


def _made_page(
    notebook: Path, output: Path, run: Run, asked: BriefingParameters, on_progress: Callable[[str, int], None]
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="efficacy-briefing-") as folder:
        done = Path(folder) / "briefing.ipynb"
        on_progress("running the notebook", 0)
        _execute(notebook, done, asked.model_dump(mode="json", exclude_none=True), output)
        on_progress("making the page", 1)
        return _page(done, Document(run, asked), output).encode()


def _execute(notebook: Path, done: Path, parameters: dict[str, Any], output: Path) -> None:
    from papermill import PapermillExecutionError

    from efficacy_analytics.documents.briefing.kernel import executed

    try:
        executed(notebook, done, parameters)
    except PapermillExecutionError as fault:
        kept = _keep(done, output)
        raise _fault_of_cell(fault.ename, fault.evalue, fault.exec_count, kept) from None


def _page(done: Path, document: Document, output: Path) -> str:
    import nbformat

    from efficacy_analytics.documents.briefing.page import page

    try:
        return page(nbformat.read(done, as_version=4), document)
    except EfficacyError as fault:
        fault.hint = f"see {_keep(done, output)}"
        raise


def _keep(done: Path, output: Path) -> Path:
    kept = output.with_suffix(".failed.ipynb")
    shutil.copyfile(done, kept)
    return kept


def _fault_of_cell(name: str, text: str, number: int | None, kept: Path) -> EfficacyError:
    """An error of ours as the cell raised it; any other as a fault of the program."""
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, EfficacyError):
        problem, _, hint = text.removeprefix(f"{name}: ").partition("\nHint: ")
        return kind(problem, hint=f"{hint}; the notebook is kept as {kept}" if hint else f"see {kept}")
    first_line = text.splitlines()[0] if text else ""
    return EfficacyError(f"cell {number} of the briefing failed: {name}: {first_line}", hint=f"see {kept}")


def _published(content: bytes, output: Path) -> Path:
    write_whole(output, content)
    output.with_suffix(".failed.ipynb").unlink(missing_ok=True)
    return output
