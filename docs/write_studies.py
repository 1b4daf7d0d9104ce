"""Writes docs/studies.md: the studies of published figures, with the tables of this run. `make studies` runs it.

The open data are read from $EFFICACY_OPEN_DATA, else from `../shared/data` beside the checkout.
"""

import warnings
from pathlib import Path

import polars as pl

import efficacy_analytics as ea
from efficacy_analytics.workflows.studies.declared_study import study_names

STUDIES = Path(__file__).with_name("studies.md")
HEAD = """# Studies reproduced

Published figures of others, computed anew from the same open data. A figure is equal where ours rounds to it, to the
digits that were printed; where it is not, the reason is told. Written by `make studies`; do not edit by hand.

```
make studies                                        # all of them, into this file
make notebooks                                      # each as a notebook, with its charts
```

```
import efficacy_analytics as ea

study = ea.study("us_deadlines", language="en")  # data=… or $EFFICACY_OPEN_DATA: the open data
study.figures()
```

The figures are declared in `notebooks/studies`, one file a study, each with its source and the way ours is computed;
`notebooks/` has one notebook a study (`reproduce_….ipynb`). Tests run them all
(`tests/reference/test_published_studies.py`): a difference without a reason is a fault.

**Not reproduced**, for want of a source that could be read whole or of a method here: the throughput of single
municipalities and the roles in the reports to the BPI Challenge 2015 (their tables could not be read; roles are not
clustered here), the fitness of the normative model of road fines (F. Mannhardt et al., Computing 98, 2016: neither
its model nor its table could be read), batches in the log of a producer (K. Lashkevich et al.; the log is not among
the open data), and how many planning decisions of the Isle of Man kept eight and thirteen weeks (the files hold no
day of receipt).

"""


def table(frame: pl.DataFrame) -> str:
    """Rows of Markdown."""
    lines = ["| figure | unit | published | ours | difference | source |", "|---|---|---:|---:|---:|---|"]
    for row in frame.iter_rows(named=True):
        told = "equal" if row["is_equal"] else f"**{row['difference']}**"
        lines.append(
            f"| {row['figure']} | {row['unit']} | {row['published']} | {row['ours']} | {told} | {row['published_in']} |"
        )
    return "\n".join(lines)


def chapter(name: str) -> tuple[str, str, int, int]:
    """What is said of a study, its line in the overview, its figures, and how many of them are equal."""
    study = ea.study(name, language="en")
    frame = study.figures().frame
    equal = int(frame["is_equal"].sum())
    reasons = dict.fromkeys(
        f"- {row['figure']}: {row['why']}" for row in frame.filter(~pl.col("is_equal")).iter_rows(named=True)
    )
    sources = [f"- {one.text}. {one.address}" for one in study.declared.sources.values()]
    line = f"| [{study.declared.title.en}](../notebooks/reproduce_{name}.ipynb) | {frame.height} | {equal} |"
    parts = [
        f"## {study.declared.title.en}", study.declared.note.en, study.declared.get.en,
        "Sources:\n\n" + "\n".join(sources),
        table(frame), *(["Why they differ:\n\n" + "\n".join(reasons)] if reasons else []),
    ]  # fmt: skip
    return "\n\n".join(parts), line, frame.height, equal


def studies() -> str:
    """The whole document."""
    chapters = [chapter(name) for name in study_names()]
    figures, equal = sum(one[2] for one in chapters), sum(one[3] for one in chapters)
    overview = [
        "| study | figures | equal |",
        "|---|---:|---:|",
        *(one[1] for one in chapters),
        f"| all | {figures} | {equal} |",
    ]
    return HEAD + "\n".join(overview) + "\n\n" + "\n\n".join(one[0] for one in chapters) + "\n"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    STUDIES.write_text(studies(), encoding="utf-8")
