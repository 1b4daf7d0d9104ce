"""Which time limits could be shortened, by the cases of a quarter, and at what price.

python pipelines/quarterly_limits.py [--period 2025Q1] [--revise] [--lake data_lake]
"""

from efficacy_analytics.cli import run_file
from efficacy_analytics.workflows.operation import steps
from efficacy_analytics.workflows.operation.pipeline import Pipeline

PIPELINE = Pipeline(
    unit="quarter",
    title={"zh": "季度时限压缩分析", "en": "Quarterly review of time limits"},
    steps=(
        steps.take_in,
        steps.publish,
        steps.stop_if_made,
        steps.check_covered,
        steps.find,
        steps.write_limit_plan,
        steps.verify,
    ),
)

if __name__ == "__main__":
    run_file(__file__)
