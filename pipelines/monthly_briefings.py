"""The briefings of a month, in every language, each figure of them recomputed before they count as made.

python pipelines/monthly_briefings.py [--period 2025-03] [--revise] [--lake data_lake]
"""

from efficacy_analytics.cli import run_file
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.pipeline import Pipeline

PIPELINE = Pipeline(
    unit="month",
    title={"zh": "月度简报", "en": "Monthly briefings"},
    steps=(
        steps.take_in,
        steps.publish,
        steps.stop_if_made,
        steps.check_covered,
        steps.find,
        steps.write_briefings,
        steps.verify,
    ),
)

if __name__ == "__main__":
    run_file(__file__)
