"""Every night: what was delivered is taken in and published, and what it changes of published periods is marked.

python pipelines/nightly.py [--period 2025-03-14] [--lake data_lake]
"""

from efficacy_analytics.cli import run_file
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.pipeline import Pipeline

PIPELINE = Pipeline(
    unit="day",
    title={"zh": "每夜接收与发布", "en": "Nightly intake and publication"},
    steps=(
        steps.take_in,
        steps.publish,
        steps.stop_if_made,
        steps.mark_out_of_date,
        steps.tidy,
    ),
    makes_documents=False,
)

if __name__ == "__main__":
    run_file(__file__)
